"""Several curves worked out and laid over one another: named grids, a drawn one, and lists. No torch here."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.diffusion.schedule import NoiseSchedule, schedule_named
from core.diffusion.time_grid import CEILING
from core.errors import NoisetteError
from core.grid_settings import CUSTOM, LISTED, GridSettings
from core.microscope.curve import GridCurve, curve_of
from core.microscope.plot import Across, Plot, Quantity, lay_out
from core.microscope.reading import Imported

DRAWN, LIST = "drawn", "list/"
"""Names that stand for the drawn grid, and what those of lists begin with."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be laid over one another.

    names: of grids, in the order of their pens; `DRAWN` is the grid of these handles, `LIST` and a name that list.
    base: the name of the curve that differences are from.
    """

    schedule: str
    steps: int
    names: tuple[str, ...]
    base: str = ""
    quantity: Quantity = Quantity.SIGMA
    across: Across = Across.STEP
    handles: tuple[tuple[float, float], ...] = ()
    lists: tuple[Imported, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlay:
    """curves: those that could be made, in the order wanted. problems: by the names of the others, a sentence each."""

    wanted: Wanted
    curves: tuple[GridCurve, ...]
    problems: tuple[tuple[str, str], ...]
    plot: Plot
    difference: Plot

    def curve(self, name: str) -> GridCurve | None:
        return next((curve for curve in self.curves if curve.name == name), None)


def overlay(wanted: Wanted) -> Overlay:
    """Work the curves out; one that can't be is a problem. Raises ScheduleError for a schedule that is not known."""
    schedule = schedule_named(wanted.schedule)
    curves, problems = list[GridCurve](), list[tuple[str, str]]()
    for name in wanted.names:
        try:
            curves.append(_curve(name, schedule, wanted))
        except NoisetteError as error:
            problems.append((name, str(error)))
    base = next((curve for curve in curves if curve.name == wanted.base), curves[0] if curves else None)
    span = range_of_sigma(schedule)
    plot = lay_out(curves, wanted.quantity, wanted.across, base, span)
    difference = lay_out(curves, Quantity.DIFFERENCE, wanted.across, base)
    return Overlay(wanted, tuple(curves), tuple(problems), plot, difference)


def range_of_sigma(schedule: NoiseSchedule) -> tuple[float, float]:
    """Smallest and largest sigma / alpha that an axis shows."""
    return schedule.smallest_ratio, CEILING if math.isinf(schedule.largest_ratio) else schedule.largest_ratio


def as_listed(curve: GridCurve, schedule: NoiseSchedule) -> tuple[GridSettings, int]:
    """Settings of a listed grid with this curve's levels on a schedule, and its steps.

    A curve that ends before clean data gets one step more. Raises NoisetteError where the schedule lacks a level.
    """
    levels = [level for level in curve.levels if level.sigma]
    if any(math.isinf(level.ratio) for level in levels):
        times = tuple(schedule.at_ratio(level.ratio).t for level in levels)
        return GridSettings(levels=times, levels_as="time"), len(levels)
    return GridSettings(levels=tuple(level.ratio for level in levels)), len(levels)


def _curve(name: str, schedule: NoiseSchedule, wanted: Wanted) -> GridCurve:
    if name == DRAWN:
        made = curve_of(CUSTOM, schedule, wanted.steps, GridSettings(handles=wanted.handles), "Drawn")
        return GridCurve(DRAWN, made.title, made.levels)
    if name.startswith(LIST):
        found = next(each for each in wanted.lists if LIST + each.name == name)
        made = curve_of(LISTED, schedule, found.steps, found.settings, found.name)
        return GridCurve(name, found.name, made.levels)
    return curve_of(name, schedule, wanted.steps)
