"""What guidance costs, and what an interval saves: seconds a picture and truth score, in one run. Prints a table.

    OMP_NUM_THREADS=1 python packaging/bench/guidance_cost.py [--prompts N] [--steps N] [--interval START:END]...

The same prompts, plans, seeds and scale for all: guided by two network calls a step, by one call on both, and by one
call within each interval alone. Seconds are CPU time of the painting. The goal is an interval at no more than
`GOAL` of two calls' time whose truth score (every wish of the prompt met, by the judge) is no worse.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch

from core.diffusion.guidance import Guess, Guidable, GuidedDenoiser
from core.diffusion.level import Level
from core.diffusion.noise import Noise, pure_noise
from core.diffusion.prediction import Prediction
from core.diffusion.time_grid import time_grid
from core.evaluation.prompts import evaluation_prompts
from core.evaluation.task import rates
from core.evaluation.truth import JUDGE_ID, Judge
from core.latents.codec import to_uint8
from core.models.loader import load_model
from core.models.picture import Condition, PictureModel
from core.models.registry import SHIPPED, ModelRegistry
from core.requests import GuidanceSettings
from core.samplers.registry import sampler_named

GOAL = 0.6
BATCH = 8
INTERVALS = ("0.1:0.2", "0.2:0.3", "0.12:0.38", "0.25:0.5", "0.5:0.75")


@dataclass(frozen=True, slots=True)
class OneByOne:
    """The same guesses, each by a network call of its own."""

    model: Guidable

    def guesses(self, x: torch.Tensor, level: Level, asked: tuple[Guess, ...]) -> tuple[Prediction, ...]:
        return tuple(self.model.guesses(x, level, (guess,))[0] for guess in asked)


@dataclass(frozen=True, slots=True)
class Way:
    name: str
    settings: GuidanceSettings
    batched: bool = True


def measured(
    model: PictureModel, way: Way, said: Sequence[Condition], steps: int, sampler: str, judge: Judge
) -> tuple[float, list[tuple[object, ...]]]:
    """CPU seconds of painting, and what the judge sees in each picture."""
    grid, walk = time_grid(model.card.defaults.time_grid, model.schedule, steps), sampler_named(sampler)
    seconds, seen = 0.0, []
    for start in range(0, len(said), BATCH):
        some = said[start : start + BATCH]
        noise = Noise(range(start, start + len(some)), model.latent_shape(*model.card.sizes[0]), model.device)
        began = time.process_time()
        denoiser = model.denoiser(some, way.settings, grid)
        if not way.batched and isinstance(denoiser, GuidedDenoiser):
            denoiser = GuidedDenoiser(OneByOne(denoiser.model), way.settings, grid)
        *_, last = walk(denoiser, pure_noise(noise, grid[0]), grid, noise)
        seconds += time.process_time() - began
        with torch.inference_mode():
            seen += judge.look(to_uint8(model.codec.decode(last.x))).objects
    return seconds, seen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--prompts", type=int, default=200)
    parser.add_argument("--steps", type=int, default=None, help="[default: the model's]")
    parser.add_argument("--scale", type=float, default=None, help="[default: the model's]")
    parser.add_argument("--interval", action="append", default=[], help="of the run, noise 0 to data 1")
    options = parser.parse_args()
    torch.set_num_threads(1)
    registry = ModelRegistry((SHIPPED,))
    model = load_model(registry, "tabletop", "cpu")
    judge = Judge.load(registry.files(JUDGE_ID)["detector"])
    best = model.card.defaults
    steps, scale = options.steps or best.steps, options.scale or best.guidance_scale
    prompts = evaluation_prompts(options.prompts, 0)
    said = [
        Condition(each.caption.text, layout=model.plan(each.caption.text, seed)) for seed, each in enumerate(prompts)
    ]
    full = GuidanceSettings(scale)
    ways = [Way("two calls", full, batched=False), Way("one call", full), Way("off", GuidanceSettings())]
    for words in options.interval or INTERVALS:
        start, _, end = words.partition(":")
        ways.append(Way(f"one call in {words}", GuidanceSettings(scale, (float(start), float(end)))))
    print(f"{len(said)} prompts, {best.sampler} {steps} steps, scale {scale:g}, CPU, 1 thread")
    print(f"{'':24}{'s a picture':>12}{'of two calls':>14}{'truth':>8}{'wishes':>8}")
    first = first_truth = 0.0
    met = False
    for way in ways:
        seconds, seen = measured(model, way, said, steps, best.sampler, judge)
        found = rates(prompts, seen)
        if not first:
            first, first_truth = seconds, found.exact
        share = seconds / first
        met = met or (way.name.startswith("one call in") and share <= GOAL and found.exact >= first_truth)
        each = seconds / len(said)
        print(f"{way.name:24}{each:12.4f}{share:14.2f}{found.exact:8.3f}{found.constraints:8.3f}", flush=True)
    print(f"goal, {GOAL:g} of two calls at no worse truth: {'met' if met else 'not met'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
