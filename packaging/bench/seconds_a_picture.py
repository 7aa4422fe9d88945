"""Seconds a picture, from prompt to kept file, at 4, 8 and 20 network evaluations. Prints a table.

    OMP_NUM_THREADS=1 python packaging/bench/seconds_a_picture.py [--model ID | --fixture] [--rounds N]

One picture at a time on a loaded model, previews on, DPM++ 2M (one evaluation a step). Median over rounds, by the
clock; the solver's part is from the first step to the last, the rest is planning, decoding and saving.
"""

from __future__ import annotations

import statistics

from picture_runs import arguments, bench

from core.requests import GuidanceSettings, ImageRequest

EVALUATIONS = (4, 8, 20)
SCALES = (1.0, 2.0)


def main() -> None:
    options = arguments("Seconds a picture").parse_args()
    with bench(options.model, options.fixture) as (runs, model):
        prompt = "a red cube to the left of a blue sphere"
        runs.run(ImageRequest(prompt, model, steps=2))
        card = runs.registry.card(model)
        width, height = card.sizes[0]
        print(f"{model}, {width}x{height}, {card.parameters / 1e6:.2f} M weights, {options.rounds} rounds")
        print(f"{'evaluations':>11} {'guidance':>8} {'ms a picture':>12} {'solver, ms':>10} {'the rest, ms':>12}")
        for evaluations in EVALUATIONS:
            for scale in SCALES:
                request = ImageRequest(prompt, model, steps=evaluations, guidance=GuidanceSettings(scale), seed=7)
                timings = [runs.run(request) for _ in range(options.rounds)]
                seconds = statistics.median(timing.seconds for timing in timings)
                solving = statistics.median(timing.solving for timing in timings)
                print(
                    f"{evaluations:11d} {scale:8g} {1e3 * seconds:12.1f} {1e3 * solving:10.1f} "
                    f"{1e3 * (seconds - solving):12.1f}"
                )


if __name__ == "__main__":
    main()
