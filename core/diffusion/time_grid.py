"""Time grids: the levels a sampler visits, noisiest first. No torch here.

N steps need N + 1 levels; the last is clean data (sigma = 0). The first is the schedule's level at `start`, even
where that is pure noise (sigma / alpha infinite): a ramp laid in sigma / alpha then aims from a finite
`CEILING` and only its first level is moved to the true start.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from core.diffusion.level import Level
from core.diffusion.monotone import monotone_curve
from core.diffusion.schedule import NoiseSchedule
from core.errors import RequestError
from core.requests import CUSTOM, GRID_OPTIONS, GridSettings, check_grid_options

TimeGrid = Sequence[Level]

GRIDS = tuple(name for name in GRID_OPTIONS if name != CUSTOM)
"""Those with a name of their own; CUSTOM is the one that handles draw."""

CEILING = 80.0
"""sigma / alpha that stands in for infinity when a ramp is laid (EDM's sigma_max)."""
EARLIEST = 1e-3
"""The least `start`: below it there is no noise left to speak of."""
RHO = 7.0
"""Karras et al.'s own."""


class GridError(RequestError):
    """A time grid can't be made, or can't be followed."""


def time_grid(
    name: str,
    schedule: NoiseSchedule,
    steps: int,
    *,
    start: float = 1.0,
    settings: GridSettings | None = None,
) -> TimeGrid:
    """steps + 1 levels of the schedule, from time `start` to clean data.

    uniform: equal steps in t.
    karras: equal steps in (sigma/alpha)^(1/rho) down to the smallest ratio, then clean data.
    exponential: the same, equal in log(sigma/alpha).
    log_snr: equal steps in log-SNR all the way; the last lands on clean data in place of the smallest ratio.
    custom: a monotone curve in log-SNR through the handles, read at every step, then clean data.
    start: below 1 the run begins with part of the picture still there (image to image). Handles' places shrink by it.
    settings: a `largest` below the noise at `start` begins the run there instead.
    Raises GridError or RequestError: value, rule, remedy.
    Source: Karras et al. 2022 (arXiv:2206.00364), eq. 5; Lu et al. 2022 (arXiv:2206.00927), section 3.4.
    """
    settings = settings or GridSettings()
    if steps < 1:
        raise GridError(f"{steps} steps requested; at least 1 is needed")
    if not EARLIEST <= start <= 1.0:
        raise GridError(f"start {start:g} is out of range; it must lie in {EARLIEST:g} to 1")
    check_grid_options(name, settings)
    if name == "uniform":
        grid = tuple(schedule.at_time(start * (steps - i) / steps) for i in range(steps + 1))
    elif name == "karras":
        rho = RHO if settings.rho is None else settings.rho
        ends = _ends(schedule, start, settings)
        grid = _ramp(schedule, *ends, steps, steps - 1, lambda r: r ** (1.0 / rho), lambda u: u**rho)
    elif name == "exponential":
        grid = _ramp(schedule, *_ends(schedule, start, settings), steps, steps - 1, math.log, math.exp)
    elif name == "log_snr":
        grid = _ramp(schedule, *_ends(schedule, start, settings), steps, steps, math.log, math.exp)
    elif name == CUSTOM:
        fractions = [i / (steps - 1) for i in range(1, steps)]
        between = (schedule.at_ratio(ratio) for ratio in custom_ratios(settings, schedule, fractions, start=start))
        grid = (schedule.at_time(start * settings.handles[0][1]), *between, schedule.at_time(0.0))
    else:
        raise GridError(f"{name!r} is not a time grid; choose one of {', '.join(GRID_OPTIONS)}")
    check_grid(grid)
    return grid


def custom_ratios(
    settings: GridSettings, schedule: NoiseSchedule, fractions: Sequence[float], *, start: float = 1.0
) -> tuple[float, ...]:
    """sigma / alpha on the handles' curve at each fraction of the way from the first step (0) to the last (1).

    Where the first handle is pure noise the curve aims from `CEILING`, or from twice the second's where that is higher.
    """
    levels = [schedule.at_time(start * place) for _, place in settings.handles]
    ratios = [level.ratio for level in levels]
    if math.isinf(ratios[0]):
        ratios[0] = max(CEILING, 2.0 * ratios[1])
    if ratios[-1] == 0.0:
        ratios[-1] = min(schedule.smallest_ratio, 0.5 * ratios[-2])
    curve = monotone_curve([handle[0] for handle in settings.handles], [math.log(r) for r in ratios], fractions)
    return tuple(math.exp(min(value, math.log(ratios[0]))) for value in curve)


def handles_along(grid: TimeGrid, schedule: NoiseSchedule, count: int) -> tuple[tuple[float, float], ...]:
    """Handles of a custom grid that follows this one: `count` of them, evenly spread over its steps.

    grid: of at least 2 steps. count: at least 2.
    """
    logs = [math.log(level.ratio if level.alpha else CEILING) for level in grid[:-1]]
    handles = list[tuple[float, float]]()
    for fraction in (i / (count - 1) for i in range(count)):
        place = fraction * (len(logs) - 1)
        below = min(int(place), len(logs) - 2)
        ratio = math.exp(logs[below] + (place - below) * (logs[below + 1] - logs[below]))
        handles.append((round(fraction, 6), round(schedule.at_ratio(ratio).t, 6)))
    handles[0] = (0.0, round(grid[0].t, 6))
    if grid[-2].ratio <= schedule.smallest_ratio * (1.0 + 1e-9):
        handles[-1] = (1.0, 0.0)
    return tuple(handles)


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


def _ends(schedule: NoiseSchedule, start: float, settings: GridSettings) -> tuple[Level, float]:
    """Where a ramp begins, and the smallest sigma / alpha it aims at."""
    first = schedule.at_time(start)
    if settings.largest is not None:
        if settings.largest > schedule.largest_ratio * (1.0 + 1e-9):
            raise GridError(
                f"sigma largest {settings.largest:g} is off the {schedule.name} schedule; "
                f"give at most {schedule.largest_ratio:.6g}",
                "largest",
            )
        if settings.largest < first.ratio:
            first = schedule.at_ratio(settings.largest)
    if settings.smallest is None:
        # Starting below the smallest ratio still needs room to fall.
        return first, min(schedule.smallest_ratio, 0.5 * first.ratio)
    top = CEILING if math.isinf(first.ratio) else first.ratio
    if not settings.smallest < top:
        sentence = f"sigma smallest {settings.smallest:g} is not below {top:g}, where the grid begins; lower it"
        raise GridError(sentence, "smallest")
    return first, settings.smallest


def _ramp(
    schedule: NoiseSchedule,
    first: Level,
    low: float,
    steps: int,
    intervals: int,
    warp: Callable[[float], float],
    unwarp: Callable[[float], float],
) -> TimeGrid:
    """Level 0 is `first`, levels 1 to steps - 1 lie equally spaced under `warp`, then comes clean data.

    low: the smallest ratio. intervals: how many equal intervals lie between the first level and that.
    """
    top, bottom = warp(CEILING if math.isinf(first.ratio) else first.ratio), warp(low)
    between = (schedule.at_ratio(unwarp(top + (bottom - top) * i / intervals)) for i in range(1, steps))
    return (first, *between, schedule.at_time(0.0))
