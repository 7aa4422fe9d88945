"""Live mode's arithmetic: how many steps a sketch may have, how fast pictures come. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.requests import ImageRequest
from studio.viewmodels import wording

LADDER = (2, 4, 8)
"""The steps a sketch may have. One alone, under guidance, burns out: a green cone comes out black."""
FIRST_STEPS = 2
"""Before anything is measured."""
BUDGET_S = 0.12
"""A sketch takes at most so long where the ladder allows it: eight pictures a second read as following."""
WINDOW_S = 2.0
"""Over how long the rate is measured."""


@dataclass(frozen=True, slots=True)
class LiveInputs:
    """finished: when sketches ended, seconds, rising; now: on the same clock. steps: of the latest one.

    waiting: a job of the queue is in the way. problem: why there is no picture, "" where there is.
    """

    on: bool = False
    finished: tuple[float, ...] = ()
    now: float = 0.0
    steps: int = 0
    waiting: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class LiveView:
    on: bool
    words: str


def derive_live(inputs: LiveInputs) -> LiveView:
    """What the header says of live mode, "" while it is off."""
    if not inputs.on:
        return LiveView(False, "")
    if inputs.problem:
        return LiveView(True, inputs.problem)
    if inputs.waiting:
        return LiveView(True, "Live, waits for the running job")
    if not inputs.steps:
        return LiveView(True, "Live")
    steps = wording.count(inputs.steps, "step")
    pace = rate(inputs.finished, inputs.now)
    return LiveView(True, f"Live, {steps}, {pace:.1f} / s" if pace else f"Live, {steps}")


def rate(finished: Sequence[float], now: float) -> float:
    """Pictures a second over the last `WINDOW_S`; 0 below two of them."""
    recent = [moment for moment in finished if now - moment <= WINDOW_S]
    return (len(recent) - 1) / (recent[-1] - recent[0]) if len(recent) > 1 and recent[-1] > recent[0] else 0.0


def sketch_steps(most: int, evaluations_per_step: int, seconds_per_evaluation: float | None) -> int:
    """The most steps of the ladder that fit the budget, never more than the settings ask for.

    seconds_per_evaluation: of whole sketches on this machine, everything included; None before the first.
    """
    if seconds_per_evaluation is None:
        return min(FIRST_STEPS, most)
    cost = seconds_per_evaluation * evaluations_per_step
    fitting = [steps for steps in LADDER if steps * cost <= BUDGET_S and steps <= most]
    return max(fitting, default=min(LADDER[0], most))


def sketch(request: ImageRequest, steps: int) -> ImageRequest:
    """One picture of the request, in so many steps, that leaves neither a file nor a row."""
    return replace(request, steps=steps, count=1, neighbours=0.0, keep_trajectory=False, kept=False)
