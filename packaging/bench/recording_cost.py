"""What keeping every step costs: the same runs with it and without. Prints a table; the goal is at most 1.02.

    OMP_NUM_THREADS=1 python packaging/bench/recording_cost.py [--model ID | --fixture] [--rounds N]

Runs with and without alternate; each side's figure is the least CPU time of its rounds, saving of the pictures
included. The share is measured directly: CPU time inside the recorder's steps, over all of it.
"""

from __future__ import annotations

import time
from typing import Any

from picture_runs import Bench, Timing, arguments, bench

from core.requests import GuidanceSettings, ImageRequest
from core.tasks.recording import Recorder

GOAL = 1.02
RUNS = ((8, 1), (20, 1), (50, 1), (20, 8))
"""(steps, pictures at once)."""


class Stopwatch:
    """Times the keeping of steps, from outside."""

    def __init__(self) -> None:
        self.cpu_seconds, self.steps = 0.0, 0
        self.keep = Recorder.step

    def __call__(self, *given: Any) -> None:
        began = time.thread_time()
        self.keep(*given)
        self.cpu_seconds += time.thread_time() - began
        self.steps += 1


def measure(runs: Bench, request: ImageRequest, rounds: int) -> tuple[Timing, Timing, Stopwatch, float]:
    """(with, without, watch, share): the quickest run of each side, and the share of time that keeping steps took."""
    kept, bare, watch = list[Timing](), list[Timing](), Stopwatch()
    for _ in range(rounds):
        Recorder.step = lambda *given: watch(*given)  # type: ignore[method-assign]
        kept.append(runs.run(request))
        Recorder.step = lambda *_: None  # type: ignore[method-assign]
        bare.append(runs.run(request))
    Recorder.step = watch.keep  # type: ignore[method-assign]
    share = watch.cpu_seconds / sum(timing.cpu_seconds for timing in kept)
    least_kept = min(kept, key=lambda timing: timing.cpu_seconds)
    return least_kept, min(bare, key=lambda timing: timing.cpu_seconds), watch, share


def main() -> None:
    options = arguments("What keeping every step costs").parse_args()
    with bench(options.model, options.fixture) as (runs, model):
        prompt = "a red cube to the left of a blue sphere"
        runs.run(ImageRequest(prompt, model, steps=2))
        print(f"{model}, {options.rounds} rounds")
        print(
            f"{'steps':>5} {'pictures':>8} {'with, ms':>9} {'without, ms':>11} {'ratio':>6} {'share':>6} "
            f"{'ms a step':>9}  goal {GOAL}"
        )
        for steps, count in RUNS:
            request = ImageRequest(prompt, model, steps=steps, count=count, guidance=GuidanceSettings(2.0), seed=7)
            kept, bare, watch, share = measure(runs, request, options.rounds)
            ratio = kept.cpu_seconds / bare.cpu_seconds
            print(
                f"{steps:5d} {count:8d} {1e3 * kept.cpu_seconds:9.1f} {1e3 * bare.cpu_seconds:11.1f} "
                f"{ratio:6.3f} {share:6.2%} {1e3 * watch.cpu_seconds / watch.steps:9.2f}  "
                f"{ratio / GOAL:.3f} of the limit"
            )


if __name__ == "__main__":
    main()
