"""What live previews cost: the same runs with them and without. Prints a table; the goal is at most 1.02.

    OMP_NUM_THREADS=1 python packaging/bench/preview_cost.py [--model ID | --fixture] [--rounds N]

Runs with and without previews go in pairs, each time in the other order, more of them where runs are short; a figure is
the median of its side's CPU time, saving included, the ratio that of the pairs' own ratios, with its 95 % interval. The
share is measured directly: CPU time inside the making of previews, over all of it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from picture_runs import Bench, Timing, arguments, bench

import core.tasks.pictures as task
from core.requests import GuidanceSettings, ImageRequest
from core.tasks.preview_pace import PreviewPace

GOAL = 1.02
STEPS = (4, 8, 20, 50)


class NoPreviews(PreviewPace):
    """A pace at which no step is ever due."""

    def due(self, *, last: bool) -> bool:  # noqa: ARG002 - the pace's signature
        return False


class Stopwatch:
    """Times the making of previews, from outside."""

    def __init__(self) -> None:
        self.cpu_seconds = 0.0
        self._look = task.look_at

    def __call__(self, *given: Any) -> Any:
        began = time.thread_time()
        preview = self._look(*given)
        self.cpu_seconds += time.thread_time() - began
        return preview


@dataclass(frozen=True, slots=True)
class Cost:
    """ratio: the median of the pairs' ratios within its interval. share: of the time, spent on previews."""

    shown: Sequence[Timing]
    bare: Sequence[Timing]
    share: float

    @property
    def ratio(self) -> tuple[float, float, float]:
        pairs = zip(self.shown, self.bare, strict=True)
        ratios = sorted(one.cpu_seconds / other.cpu_seconds for one, other in pairs)
        # Of a sample of n, the median of all lies between these two with 95 %, whatever their distribution.
        aside = max(round((len(ratios) - 1.96 * len(ratios) ** 0.5) / 2) - 1, 0)
        return ratios[aside], statistics.median(ratios), ratios[-1 - aside]


def measure(runs: Bench, request: ImageRequest, rounds: int) -> Cost:
    shown, bare = list[Timing](), list[Timing]()
    watch = Stopwatch()
    task.look_at = watch
    for number in range(rounds):
        sides = [(PreviewPace, shown), (NoPreviews, bare)]
        for pace, timings in sides[:: 1 if number % 2 else -1]:
            task.PreviewPace = pace
            timings.append(runs.run(request))
    task.PreviewPace, task.look_at = PreviewPace, watch._look
    return Cost(shown, bare, watch.cpu_seconds / sum(timing.cpu_seconds for timing in shown))


def main() -> None:
    options = arguments("What live previews cost; --rounds: pairs of the longest runs", rounds=60).parse_args()
    with bench(options.model, options.fixture) as (runs, model):
        prompt = "a red cube to the left of a blue sphere"
        runs.run(ImageRequest(prompt, model, steps=2))
        print(f"{model}, one picture a run")
        print(
            f"{'steps':>5} {'pairs':>5} {'previews':>8} {'with, ms':>9} {'without, ms':>11} {'ratio':>6} {'95 %':>11} "
            f"{'share':>6}  goal {GOAL}"
        )
        for steps in STEPS:
            request = ImageRequest(prompt, model, steps=steps, guidance=GuidanceSettings(2.0), seed=7)
            pairs = round(options.rounds * (STEPS[-1] / steps) ** 0.5)
            cost = measure(runs, request, pairs)
            low, ratio, high = cost.ratio
            made = statistics.median(timing.previews for timing in cost.shown)
            ms = [1e3 * statistics.median(timing.cpu_seconds for timing in side) for side in (cost.shown, cost.bare)]
            print(
                f"{steps:5d} {pairs:5d} {made:8.0f} {ms[0]:9.1f} {ms[1]:11.1f} {ratio:6.3f} {low:6.3f}-{high:.3f} "
                f"{cost.share:6.2%}  {'met' if ratio <= GOAL else 'missed'}"
            )


if __name__ == "__main__":
    main()
