"""Emoji pictures in four styles with English captions: fetched, drawn once, read memory-mapped."""
