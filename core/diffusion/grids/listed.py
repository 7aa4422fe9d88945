"""Grids that are lists of levels: published tables, and lists that a user brings or a measurement makes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.diffusion.grids.grid import CEILING, GridError, TimeGrid, at_ratios, finite
from core.diffusion.schedule import NoiseSchedule
from core.grid_settings import GridSettings

ALIGN_YOUR_STEPS: dict[str, tuple[float, ...]] = {
    "ays_sd15": (14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029),
    "ays_sdxl": (14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029),
    "ays_svd": (700.0, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002),
}
"""sigma / alpha of the 11 levels of 10 steps, each optimised for that model and no other.

Source: Sabour et al. 2024 (arXiv:2404.14507) and its page's howto, which interpolates them for other counts.
"""


ROUNDED = 1e-3
"""How far above the schedule a list's level may lie, as a part of it, for the digits that a file leaves out."""


def align_your_steps(name: str, schedule: NoiseSchedule, steps: int, start: float) -> TimeGrid:
    """A published table, even in log(sigma / alpha) between its entries; the last is clean data instead.

    What of the table has more noise than the run's start is cut off, and its steps spread over the rest. On a flow
    the first level is pure noise.
    """
    table, first = ALIGN_YOUR_STEPS[name], schedule.at_time(start)
    top = min(table[0], first.ratio)
    if not table[-1] < top:
        raise GridError(f"start {start:g} has less noise than all of {name}; begin with more, or choose another grid")
    # The table's first has fewer digits than the schedule's largest, which it is.
    beginning = 0.0 if table[0] <= top * (1.0 + ROUNDED) else _fraction_at(table, top)
    ratios = (_between(table, beginning + (1.0 - beginning) * i / steps) for i in range(1, steps))
    return at_ratios(schedule, first if math.isinf(first.ratio) else schedule.at_ratio(top), ratios)


def listed(schedule: NoiseSchedule, steps: int, start: float, settings: GridSettings) -> TimeGrid:
    """The levels as they are given where there are as many as steps; else the curve through them, even in its steps.

    The curve is straight in log(sigma / alpha). Levels above the run's start are left out. Pure noise is only a first
    level. Raises GridError for a level that the schedule does not have, or a single one for several steps.
    """
    first = schedule.at_time(start)
    ratios = [_ratio(schedule, level, settings) for level in settings.levels if level]
    inside = [ratio for ratio in ratios if ratio <= first.ratio * (1.0 + 1e-9)]
    if not inside:
        raise GridError(f"all {len(ratios)} levels have more noise than the run begins with; give lower ones")
    if len(inside) != steps:
        if len(inside) == 1 and steps > 1:
            raise GridError(f"1 level is listed for {steps} steps; list at least 2, or ask for 1 step")
        whole = (
            [max(CEILING, 2.0 * inside[1]) if math.isinf(inside[0]) else inside[0], *inside[1:]] if steps > 1 else []
        )
        between = [_between(whole, i / (steps - 1)) for i in range(1, steps)]
        inside = [inside[0], *between]
    return at_ratios(schedule, schedule.at_ratio(min(inside[0], first.ratio)), inside[1:])


def _ratio(schedule: NoiseSchedule, level: float, settings: GridSettings) -> float:
    if settings.levels_as == "time":
        return schedule.at_time(level).ratio
    if level > schedule.largest_ratio * (1.0 + ROUNDED):
        raise GridError(
            f"sigma {level:g} of the list is off the {schedule.name} schedule; "
            f"give at most {schedule.largest_ratio:.6g}"
        )
    return min(level, schedule.largest_ratio)


def _between(ratios: Sequence[float], fraction: float) -> float:
    """A place on the curve, 0 at the first ratio and 1 at the last, straight in the logarithm."""
    place = fraction * (len(ratios) - 1)
    below = min(int(place), len(ratios) - 2)
    if place == below:
        return ratios[below]
    low, high = math.log(finite(ratios[below])), math.log(ratios[below + 1])
    return math.exp(low + (place - below) * (high - low))


def _fraction_at(ratios: Sequence[float], ratio: float) -> float:
    """The place of a ratio on that curve."""
    below = max(i for i in range(len(ratios) - 1) if ratio <= ratios[i])
    high, low = math.log(ratios[below]), math.log(ratios[below + 1])
    return (below + (high - math.log(ratio)) / (high - low)) / (len(ratios) - 1)
