"""Levels of noise and the models that remove it: schedules, grids, parameterizations, guidance, noise."""
