"""What every family of time grids is built with."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from core.diffusion.level import Level
from core.diffusion.schedule import NoiseSchedule
from core.errors import RequestError

TimeGrid = Sequence[Level]

CEILING = 80.0
"""sigma / alpha that stands in for infinity when a ramp is laid (EDM's sigma_max)."""


class GridError(RequestError):
    """A time grid can't be made, or can't be followed."""


def finite(ratio: float) -> float:
    """The ratio, or what stands in for infinity."""
    return CEILING if math.isinf(ratio) else ratio


def at_times(schedule: NoiseSchedule, start: float, times: Iterable[float]) -> TimeGrid:
    """Levels at these times, each shrunk by `start`, then clean data."""
    return (*(schedule.at_time(start * time) for time in times), schedule.at_time(0.0))


def at_ratios(schedule: NoiseSchedule, first: Level, ratios: Iterable[float]) -> TimeGrid:
    """`first`, levels of these ratios, then clean data."""
    return (first, *(schedule.at_ratio(ratio) for ratio in ratios), schedule.at_time(0.0))


def check_grid(grid: TimeGrid) -> None:
    """Raises GridError unless the grid has a step and noise strictly falls along it."""
    if len(grid) < 2:
        raise GridError(f"{max(len(grid) - 1, 0)} steps requested; at least 1 is needed")
    before = math.inf
    for index, level in enumerate(grid):
        alpha, sigma = level.alpha, level.sigma
        if not (0.0 <= alpha < math.inf and 0.0 <= sigma < math.inf and alpha + sigma > 0.0):
            raise GridError(
                f"level {index} of the grid has alpha {alpha:g}, sigma {sigma:g}; "
                "both must be finite, at least 0, and one of them above it"
            )
        ratio = sigma / alpha if alpha else math.inf
        if index and not ratio < before:
            raise GridError(
                f"sigma/alpha goes from {before:g} to {ratio:g} in step {index - 1} of the grid; "
                "it must fall in every step"
            )
        before = ratio
