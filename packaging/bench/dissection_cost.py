"""What telling what guidance did costs: the same runs with it and without. Prints a table.

    OMP_NUM_THREADS=1 python packaging/bench/dissection_cost.py [--model ID | --fixture] [--rounds N]

Runs with and without alternate in one process; each side's figure is the least CPU time of its rounds, and the ratio
that of the two. Off, an evaluation asks one flag: see `DissectingDenoiser`.
"""

from __future__ import annotations

from picture_runs import Timing, arguments, bench

from core.requests import GuidanceSettings, ImageRequest

RUNS = ((8, 1), (20, 1), (50, 1), (20, 8))
"""(steps, pictures at once)."""


def main() -> None:
    options = arguments("What dissecting guidance costs").parse_args()
    with bench(options.model, options.fixture) as (runs, model):
        prompt = "a red cube to the left of a blue sphere"
        runs.run(ImageRequest(prompt, model, steps=2))
        print(f"{model}, {options.rounds} rounds")
        print(f"{'steps':>5} {'pictures':>8} {'with, ms':>9} {'without, ms':>11} {'ratio':>6} {'ms more a step':>14}")
        for steps, count in RUNS:
            request = ImageRequest(prompt, model, steps=steps, count=count, guidance=GuidanceSettings(3.0), seed=7)
            seen, plain = list[Timing](), list[Timing]()
            for _ in range(options.rounds):
                seen.append(runs.run(request, dissected=True))
                plain.append(runs.run(request))
            on, off = (1e3 * min(timing.cpu_seconds for timing in side) for side in (seen, plain))
            print(f"{steps:5d} {count:8d} {on:9.1f} {off:11.1f} {on / off:6.3f} {(on - off) / steps:14.2f}")


if __name__ == "__main__":
    main()
