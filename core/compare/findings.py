"""One sentence on a race, made from its numbers alone. No torch here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.compare.statistics import Estimate
    from core.compare.summary import LaneSummary

ALIKE = 1.05
"""Errors within this factor of each other are called alike."""
LEAST_SPENT = 0.75
"""A lane that could use less of its evaluations is not held against the others."""


def finding(evaluations: int, lanes: Sequence[LaneSummary]) -> str:
    """ "" for fewer than two lanes. Lanes that draw fresh noise solve another equation, and are told apart."""
    solvers = [lane for lane in lanes if not lane.fresh_noise]
    if len(lanes) < 2:
        return ""
    if len(solvers) < 2:
        noisy = _listed([lane.name for lane in lanes if lane.fresh_noise])
        return f"{noisy} {_draw(len(lanes) - len(solvers))}, so distance from the reference says little here."
    spent = [lane for lane in solvers if lane.evaluations >= LEAST_SPENT * evaluations]
    solvers = spent if len(spent) > 1 else solvers
    best, worst = (choose(solvers, key=lambda lane: lane.error.value) for choose in (min, max))
    if worst.error.value <= ALIKE * best.error.value:
        return f"At {evaluations} evaluations all are about equally close to the reference{_fresh(lanes)}."
    if not best.error.value:
        return f"At {evaluations} evaluations {best.name} is at the reference to the last digit{_fresh(lanes)}."
    times = worst.error.value / best.error.value
    sentence = f"At {evaluations} evaluations {best.name} is {_factor(times)} closer to the reference than {worst.name}"
    sentence += f", {_time(best, worst)}"
    if _overlap(best.error, worst.error):
        sentence += f", but their intervals over {best.error.count} seeds overlap"
    return f"{sentence}{_fresh(lanes)}."


def _factor(times: float) -> str:
    if times >= 9.5:
        return f"{times:,.0f} times".replace(",", "\u202f")
    return f"{times:.1f} times" if times >= 2.0 else f"{100.0 * (times - 1.0):.0f} %"


def _time(best: LaneSummary, worst: LaneSummary) -> str:
    share = best.seconds.value / worst.seconds.value - 1.0 if worst.seconds.value else 0.0
    if abs(share) < 0.015:
        return "in the same time"
    if share > 1.0:
        return f"in {1.0 + share:.1f} times the time"
    return f"for {abs(share):.0%} {'more' if share > 0 else 'less'} time".replace("%", " %")


def _overlap(one: Estimate, other: Estimate) -> bool:
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.high >= other.low and other.high >= one.low


def _fresh(lanes: Sequence[LaneSummary]) -> str:
    noisy = [lane.name for lane in lanes if lane.fresh_noise]
    return f"; {_listed(noisy)} {_draw(len(noisy))} and can't come close" if noisy else ""


def _draw(count: int) -> str:
    return "draws fresh noise" if count == 1 else "draw fresh noise"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
