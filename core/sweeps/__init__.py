"""Sweeps: pictures over up to three settings, each cell a picture of its own. No torch here."""
