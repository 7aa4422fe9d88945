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
"""A lane that used less of what another one did is not held against it."""


def contenders(evaluations: int, lanes: Sequence[LaneSummary]) -> list[LaneSummary]:
    """The lanes that can be held against one another at so many evaluations.

    Left out: lanes that draw fresh noise, for they solve another equation; that took more evaluations than granted; and
    that could use far fewer than another, unless such a lane is the closest all the same.
    """
    within = [lane for lane in lanes if not lane.fresh_noise and lane.evaluations <= evaluations]
    if not within:
        return []
    most = max(lane.evaluations for lane in within)
    best = min(within, key=lambda lane: lane.error.value)
    return [lane for lane in within if lane is best or lane.evaluations >= LEAST_SPENT * most]


def closest(evaluations: int, lanes: Sequence[LaneSummary]) -> LaneSummary | None:
    """The contender with the smallest error; None where none stands out, or it has nobody to be held against."""
    rivals = sorted(contenders(evaluations, lanes), key=lambda lane: lane.error.value)
    return rivals[0] if len(rivals) > 1 and rivals[0].error.value < rivals[1].error.value else None


def finding(evaluations: int, lanes: Sequence[LaneSummary]) -> str:
    """ "" for fewer than two lanes. Whoever used fewer evaluations than granted is named with those it used."""
    solvers = [lane for lane in lanes if not lane.fresh_noise]
    if len(lanes) < 2:
        return ""
    if len(solvers) < 2:
        noisy = _listed([lane.name for lane in lanes if lane.fresh_noise])
        return f"{noisy} {_draw(len(lanes) - len(solvers))}, so distance from the reference says little here."
    rivals = contenders(evaluations, lanes)
    aside = _aside(evaluations, [lane for lane in solvers if lane not in rivals]) + _fresh(lanes)
    if not rivals:
        return f"No lane can be held to {evaluations} evaluations{aside}."
    if len(rivals) < 2:
        return f"At {evaluations} evaluations {rivals[0].name} has no lane to be held against{aside}."
    best, worst = (choose(rivals, key=lambda lane: lane.error.value) for choose in (min, max))
    if worst.error.value <= ALIKE * best.error.value:
        who = (
            _listed([_with_used(evaluations, lane) for lane in rivals])
            if aside or _short(evaluations, rivals)
            else "all"
        )
        return f"At {evaluations} evaluations {who} are about equally close to the reference{aside}."
    first, last = (_with_used(evaluations, lane) for lane in (best, worst))
    if not best.error.value:
        return f"At {evaluations} evaluations {first} is at the reference to the last digit{aside}."
    times = worst.error.value / best.error.value
    sentence = f"At {evaluations} evaluations {first} is {_factor(times)} closer to the reference than {last}"
    sentence += f", {_time(best, worst)}"
    if _overlap(best.error, worst.error):
        sentence += f", but their intervals over {best.error.count} seeds overlap"
    return f"{sentence}{aside}."


def _with_used(evaluations: int, lane: LaneSummary) -> str:
    """ "Heun (23 used)", the bare name where it used all."""
    return lane.name if lane.evaluations == evaluations else f"{lane.name} ({lane.evaluations} used)"


def _short(evaluations: int, lanes: Sequence[LaneSummary]) -> bool:
    return any(lane.evaluations < evaluations for lane in lanes)


def _aside(evaluations: int, lanes: Sequence[LaneSummary]) -> str:
    """Of solvers that are no contenders."""
    told = [
        f"{lane.name} {'could use only' if lane.evaluations < evaluations else 'took'} {lane.evaluations}"
        for lane in lanes
    ]
    return f"; {_listed(told)}" if told else ""


def _factor(times: float) -> str:
    if times >= 9.5:
        return f"{times:,.0f} times".replace(",", "\u202f")
    return f"{times:.1f} times"


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
