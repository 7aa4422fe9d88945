"""Families of time grids; `core.diffusion.time_grid` is the door to them."""
