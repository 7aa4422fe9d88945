"""Time grids: the levels a sampler visits, noisiest first. No torch here.

N steps need N + 1 levels; the last is clean data (sigma = 0). The first is the schedule's level at `start`, even
where that is pure noise (sigma / alpha infinite): a ramp laid in sigma / alpha then aims from a finite
`CEILING` and only its first level is moved to the true start.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from core.diffusion.level import Level
from core.diffusion.schedule import NoiseSchedule
from core.errors import NoisetteError

TimeGrid = Sequence[Level]

GRIDS = ("uniform", "karras", "exponential", "log_snr")

CEILING = 80.0
"""sigma / alpha that stands in for infinity when a ramp is laid (EDM's sigma_max)."""
EARLIEST = 1e-3
"""The least `start`: below it there is no noise left to speak of."""


class GridError(NoisetteError):
    """A time grid can't be made, or can't be followed."""


def time_grid(
    name: str,
    schedule: NoiseSchedule,
    steps: int,
    *,
    start: float = 1.0,
    rho: float = 7.0,
) -> TimeGrid:
    """steps + 1 levels of the schedule, from time `start` to clean data.

    uniform: equal steps in t.
    karras: equal steps in (sigma/alpha)^(1/rho) down to the schedule's smallest ratio, then clean data.
    exponential: the same, equal in log(sigma/alpha).
    log_snr: equal steps in log-SNR all the way; the last lands on clean data in place of the smallest ratio.
    start: below 1 the run begins with part of the picture still there (image to image).
    Raises GridError: value, rule, remedy.
    Source: Karras et al. 2022 (arXiv:2206.00364), eq. 5; Lu et al. 2022 (arXiv:2206.00927), section 3.4.
    """
    if steps < 1:
        raise GridError(f"{steps} steps requested; at least 1 is needed")
    if not EARLIEST <= start <= 1.0:
        raise GridError(f"start {start:g} is out of range; it must lie in {EARLIEST:g} to 1")
    if name == "uniform":
        grid = tuple(schedule.at_time(start * (steps - i) / steps) for i in range(steps + 1))
    elif name == "karras":
        if not rho > 0.0:
            raise GridError(f"rho {rho:g} is out of range; it must be above 0")
        grid = _ramp(schedule, start, steps, steps - 1, lambda r: r ** (1.0 / rho), lambda u: u**rho)
    elif name == "exponential":
        grid = _ramp(schedule, start, steps, steps - 1, math.log, math.exp)
    elif name == "log_snr":
        grid = _ramp(schedule, start, steps, steps, math.log, math.exp)
    else:
        raise GridError(f"{name!r} is not a time grid; choose one of {', '.join(GRIDS)}")
    check_grid(grid)
    return grid


def check_grid(grid: TimeGrid) -> None:
    """Raises GridError unless the grid has a step and noise strictly falls along it."""
    if len(grid) < 2:
        raise GridError(f"{max(len(grid) - 1, 0)} steps requested; at least 1 is needed")
    for index, level in enumerate(grid):
        if not (0.0 <= level.alpha < math.inf and 0.0 <= level.sigma < math.inf and level.alpha + level.sigma > 0.0):
            raise GridError(
                f"level {index} of the grid has alpha {level.alpha:g}, sigma {level.sigma:g}; "
                "both must be finite, at least 0, and one of them above it"
            )
    for index in range(len(grid) - 1):
        here, there = grid[index].ratio, grid[index + 1].ratio
        if not there < here:
            raise GridError(
                f"sigma/alpha goes from {here:g} to {there:g} in step {index} of the grid; it must fall in every step"
            )


def _ramp(
    schedule: NoiseSchedule,
    start: float,
    steps: int,
    intervals: int,
    warp: Callable[[float], float],
    unwarp: Callable[[float], float],
) -> TimeGrid:
    """Level 0 at `start`, levels 1 to steps - 1 equally spaced under `warp`, then clean data.

    intervals: how many equal intervals lie between the first level and the smallest ratio.
    """
    first = schedule.at_time(start)
    # Starting below the smallest ratio still needs room to fall.
    low = min(schedule.smallest_ratio, 0.5 * first.ratio)
    top, bottom = warp(CEILING if math.isinf(first.ratio) else first.ratio), warp(low)
    between = (schedule.at_ratio(unwarp(top + (bottom - top) * i / intervals)) for i in range(1, steps))
    return (first, *between, schedule.at_time(0.0))
