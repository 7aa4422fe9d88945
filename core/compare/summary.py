"""What follows from a race's runs: each lane's place, its error's slope, its time, and one sentence. No torch here.

Pure: the same record gives the same summary, so a kept record tells what the window told.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from core.compare.figures import RaceRecord, RunFigures, Timing
from core.compare.findings import closest, finding
from core.compare.statistics import Estimate, fitted_slope, local_slopes, median_of, share_of

FLOOR = 4.0
"""An error below so many times its reference's own uncertainty tells of the reference as much as of the lane."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """At a budget. slope: of log error over log evaluations, None where it can't be told.

    floored: the error is too near to the reference's own to be counted in a slope.
    """

    budget: int
    evaluations: int
    steps: int
    error: Estimate
    slope: float | None
    floored: bool


@dataclass(frozen=True, slots=True)
class LaneSummary:
    """A lane at the race's own budget. order: how fast its error falls with evaluations, over all budgets that tell.

    None for a lane that draws fresh noise, and where fewer than two budgets were run. exact: the share of pictures of
    which every constraint held; wishes: the share of single constraints.
    """

    name: str
    steps: int
    evaluations: int
    error: Estimate
    seconds: Estimate
    timing: Timing
    fresh_noise: bool
    curve: tuple[CurvePoint, ...]
    slope: float | None
    order: float | None
    exact: Estimate | None
    wishes: Estimate | None


@dataclass(frozen=True, slots=True)
class RaceSummary:
    """closest: the lane with the smallest error of those that can be held against one another at the race's evaluations
    (`core.compare.findings.contenders`), None where none stands out."""

    lanes: tuple[LaneSummary | None, ...]
    closest: int | None
    finding: str


def summarise(record: RaceRecord) -> RaceSummary:
    """A lane that has not run at the race's own budget yet is None."""
    lanes = tuple(_lane(record, lane) for lane in range(len(record.request.lanes)))
    there = [lane for lane in lanes if lane is not None]
    evaluations = record.request.evaluations
    best = closest(evaluations, there)
    place = next((place for place, lane in enumerate(lanes) if lane is not None and lane is best), None)
    return RaceSummary(lanes, place, finding(evaluations, there))


def _lane(record: RaceRecord, lane: int) -> LaneSummary | None:
    runs = [run for run in record.runs if run.lane == lane]
    own = [run for run in runs if run.budget == record.request.evaluations]
    if not own:
        return None
    curve = _curve(runs, _uncertainty(record, lane))
    fresh = any(run.fresh_noise for run in runs)
    here = next(point for point in curve if point.budget == record.request.evaluations)
    usable = [(point.evaluations, point.error.value) for point in curve if not point.floored]
    slope = fitted_slope(usable) if not fresh else None
    judged = [run.wishes for run in own if run.wishes is not None]
    wishes = sum(each.of for each in judged)
    return LaneSummary(
        name=record.names[lane],
        steps=own[0].steps,
        evaluations=own[0].evaluations,
        error=here.error,
        seconds=median_of([run.timing.total for run in own]),
        timing=Timing(*(median(getattr(run.timing, part) for run in own) for part in ("network", "solver", "decode"))),
        fresh_noise=fresh,
        curve=curve,
        slope=here.slope,
        order=None if slope is None else -slope,
        exact=share_of(sum(each.exact for each in judged), len(judged)) if judged else None,
        wishes=share_of(sum(each.held for each in judged), wishes) if wishes else None,
    )


def _curve(runs: list[RunFigures], uncertainty: float) -> tuple[CurvePoint, ...]:
    by_budget = dict[int, list[RunFigures]]()
    for run in runs:
        by_budget.setdefault(run.budget, []).append(run)
    budgets = sorted(by_budget)
    errors = [median_of([run.error for run in by_budget[budget]]) for budget in budgets]
    used = [by_budget[budget][0].evaluations for budget in budgets]
    floored = [error.value < FLOOR * uncertainty for error in errors]
    telling = [place for place in range(len(budgets)) if not floored[place]]
    slopes = local_slopes([(float(used[place]), errors[place].value) for place in telling])
    slope_at = dict(zip(telling, slopes, strict=True))
    return tuple(
        CurvePoint(budget, used[place], by_budget[budget][0].steps, errors[place], slope_at.get(place), floored[place])
        for place, budget in enumerate(budgets)
    )


def _uncertainty(record: RaceRecord, lane: int) -> float:
    return median([each.uncertainty for each in record.references if lane in each.lanes] or [0.0])
