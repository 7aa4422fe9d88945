"""The noise levels of a whole run: a grid, cut where a start picture or another run's path comes in."""

from __future__ import annotations

from core.diffusion.level import Level
from core.diffusion.schedule import NoiseSchedule
from core.diffusion.time_grid import TimeGrid, time_grid
from core.requests import ImageRequest

SAME_RATIO = 1e-6
"""Levels nearer than this part of their sigma / alpha are one: no step is worth making between them."""


def run_levels(request: ImageRequest, schedule: NoiseSchedule) -> TimeGrid:
    """The N + 1 levels of N steps, those that a branch has from its parents included, as far as these are told.

    Raises GridError, or a ScheduleError, for a grid that the schedule can't have.
    """
    own, branch = own_levels(request, schedule), request.branch
    if branch is None or branch.origin is None:
        return own
    return joined(request, own, branch.origin, run_levels(branch.origin, schedule), branch.step)


def own_levels(request: ImageRequest, schedule: NoiseSchedule) -> TimeGrid:
    """The request's own grid; from a start picture on it begins at the strength's noise. Raises as `run_levels`."""
    grid = time_grid(request.time_grid, schedule, request.steps, settings=request.grid)
    if request.start is None:
        return grid
    first = schedule.at_time(request.start.strength)
    # At full strength the run begins where it begins without a picture, wherever its grid has that.
    return grid if first.ratio >= grid[0].ratio else (first, *below(first, grid))


def joined(child: ImageRequest, own: TimeGrid, parent: ImageRequest, levels: TimeGrid, step: int) -> TimeGrid:
    """A branch's whole run: the parent's `levels` up to `step`, then of the child's `own` those that have less noise.

    A grid that was not changed is the parent's to its end. Some level is always left: a grid ends in clean data.
    """
    if same_grid(child, parent) or step >= len(levels):
        return levels
    return (*levels[: step + 1], *below(levels[step], own))


def same_grid(one: ImageRequest, other: ImageRequest) -> bool:
    """Whether two requests ask for one grid."""
    return (one.time_grid, one.grid, one.steps) == (other.time_grid, other.grid, other.steps)


def below(level: Level, grid: TimeGrid) -> tuple[Level, ...]:
    """The levels of a grid with less noise; never none, since a grid ends in clean data, unless `level` is that."""
    return tuple(each for each in grid if each.ratio < level.ratio * (1.0 - SAME_RATIO))
