"""The record of what was made, and of what waits to be."""
