"""Measuring a model of stickers: does a picture fit its caption and its style, is it real, varied, and its own."""
