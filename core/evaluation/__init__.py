"""Measuring models: whether pictures show what was asked (`truth`), and how near they are to real ones (`frechet`)."""
