"""Grids that are drawn: a monotone curve in log-SNR through handles."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.diffusion.grids.grid import CEILING, TimeGrid, at_ratios, finite
from core.diffusion.monotone import monotone_curve
from core.diffusion.schedule import NoiseSchedule
from core.grid_settings import GridSettings


def custom(schedule: NoiseSchedule, steps: int, start: float, settings: GridSettings) -> TimeGrid:
    """The handles' curve read at every step, then clean data. Handles' places shrink by `start`."""
    fractions = [i / (steps - 1) for i in range(1, steps)]
    first = schedule.at_time(start * settings.handles[0][1])
    return at_ratios(schedule, first, custom_ratios(settings, schedule, fractions, start=start))


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
    logs = [math.log(finite(level.ratio)) for level in grid[:-1]]
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
