"""What live previews cost: the same runs with them and without. Prints a table; the goal is at most 1.02.

    OMP_NUM_THREADS=1 python packaging/bench/preview_cost.py [--model ID | --fixture] [--rounds N]

Runs with and without previews alternate; each side's figure is the least CPU time of its rounds, saving included.
The share is measured directly: CPU time inside the making of previews, over all of it.
"""

from __future__ import annotations

import time
from typing import Any

from picture_runs import Bench, Timing, arguments, bench

import core.tasks.pictures as task
from core.requests import GuidanceSettings, ImageRequest
from core.tasks.preview_pace import PreviewPace

GOAL = 1.02
STEPS = (4, 8, 20, 50)


class NoPreviews(PreviewPace):
    """A pace at which no step is ever due."""

    def due(self, index: int, total: int) -> bool:  # noqa: ARG002 - the pace's signature
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


def measure(runs: Bench, request: ImageRequest, rounds: int) -> tuple[Timing, Timing, float]:
    """(with, without, share): the quickest run of each side, and the share of time that previews took."""
    shown, bare = list[Timing](), list[Timing]()
    watch = Stopwatch()
    task.look_at = watch
    for _ in range(rounds):
        task.PreviewPace = PreviewPace
        shown.append(runs.run(request))
        task.PreviewPace = NoPreviews
        bare.append(runs.run(request))
    task.PreviewPace, task.look_at = PreviewPace, watch._look
    share = watch.cpu_seconds / sum(timing.cpu_seconds for timing in shown)
    return min(shown, key=lambda timing: timing.cpu_seconds), min(bare, key=lambda timing: timing.cpu_seconds), share


def main() -> None:
    options = arguments("What live previews cost").parse_args()
    with bench(options.model, options.fixture) as (runs, model):
        prompt = "a red cube to the left of a blue sphere"
        runs.run(ImageRequest(prompt, model, steps=2))
        print(f"{model}, one picture a run, {options.rounds} rounds")
        print(
            f"{'steps':>5} {'previews':>8} {'with, ms':>9} {'without, ms':>11} {'ratio':>6} {'share':>6}  goal {GOAL}"
        )
        for steps in STEPS:
            request = ImageRequest(prompt, model, steps=steps, guidance=GuidanceSettings(2.0), seed=7)
            shown, bare, share = measure(runs, request, options.rounds)
            ratio = shown.cpu_seconds / bare.cpu_seconds
            print(
                f"{steps:5d} {shown.previews:8d} {1e3 * shown.cpu_seconds:9.1f} {1e3 * bare.cpu_seconds:11.1f} "
                f"{ratio:6.3f} {share:6.2%}  {'met' if ratio <= GOAL else 'missed'}"
            )


if __name__ == "__main__":
    main()
