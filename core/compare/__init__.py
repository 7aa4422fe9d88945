"""Races between samplers and other settings: what is measured, what follows from it, how it is written down."""
