"""What guidance costs, and what an interval saves: seconds a picture and truth score, in one run. Prints a table.

    OMP_NUM_THREADS=1 python packaging/bench/guidance_cost.py [--prompts N] [--steps N] [--interval START:END]...

The same prompts, plans, seeds and scale for all: guided by two network calls a step, by one call on both, and by one
call within each interval alone, in turns. Seconds are CPU time of the painting, the reading of prompt and plan
included. Truth is the share of pictures that meet every wish of their prompt, by the judge, with half the width of its
95 % score interval; beside it how many pictures meet theirs with two calls alone (lost), and in this way alone (won).
The goal is an interval at no more than `GOAL` of two calls' time that wins as many as it loses.
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

from core.compare.statistics import share_of
from core.diffusion.guidance import Guess, Guidable, GuidedDenoiser
from core.diffusion.level import Level
from core.diffusion.noise import Noise, pure_noise
from core.diffusion.prediction import Prediction
from core.diffusion.time_grid import time_grid
from core.evaluation.prompts import evaluation_prompts
from core.evaluation.truth import JUDGE_ID, Judge, judged
from core.latents.codec import to_uint8
from core.models.loader import load_model
from core.models.picture import Condition, PictureModel
from core.models.registry import SHIPPED, ModelRegistry
from core.requests import GuidanceSettings
from core.samplers.registry import sampler_named
from core.worlds.tabletop.constraints import Observed

GOAL = 0.6
BATCH = 8
INTERVALS = ("0.1:0.3", "0.2:0.4", "0.12:0.38")
"""Of 8 even steps two, two and three are guided."""


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


def painted(
    model: PictureModel, way: Way, said: Sequence[Condition], first_seed: int, steps: int, sampler: str
) -> tuple[float, torch.Tensor]:
    """CPU seconds of painting a batch, and its latents."""
    grid, walk = time_grid(model.card.defaults.time_grid, model.schedule, steps), sampler_named(sampler)
    noise = Noise(range(first_seed, first_seed + len(said)), model.latent_shape(*model.card.sizes[0]), model.device)
    began = time.process_time()
    denoiser = model.denoiser(said, way.settings, grid)
    if not way.batched and isinstance(denoiser, GuidedDenoiser):
        denoiser = GuidedDenoiser(OneByOne(denoiser.model), way.settings, grid)
    *_, last = walk(denoiser, pure_noise(noise, grid[0]), grid, noise)
    return time.process_time() - began, last.x


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
    print(f"{'':24}{'s a picture':>12}{'of two calls':>14}{'truth':>8}{'+-':>7}{'lost':>6}{'won':>5}{'wishes':>8}")
    painted(model, ways[0], said[:1], 0, steps, best.sampler)  # the first calls of a process are slower
    spent, seen = [0.0] * len(ways), [list[tuple[Observed, ...]]() for _ in ways]
    for start in range(0, len(said), BATCH):
        for place, way in enumerate(ways):
            seconds, latents = painted(model, way, said[start : start + BATCH], start, steps, best.sampler)
            spent[place] += seconds
            with torch.inference_mode():
                seen[place] += judge.look(to_uint8(model.codec.decode(latents))).objects
    first_met = [judged(items, each.caption.text).exact for each, items in zip(prompts, seen[0], strict=True)]
    met = False
    for way, seconds, objects in zip(ways, spent, seen, strict=True):
        verdicts = [judged(items, each.caption.text) for each, items in zip(prompts, objects, strict=True)]
        right = [verdict.exact for verdict in verdicts]
        wishes = [ok for verdict in verdicts for _, ok in verdict.held]
        share, truth = seconds / spent[0], share_of(sum(right), len(right))
        lost = sum(before and not now for before, now in zip(first_met, right, strict=True))
        won = sum(now and not before for before, now in zip(first_met, right, strict=True))
        met = met or (way.name.startswith("one call in") and share <= GOAL and won >= lost)
        either = ((truth.high or 1.0) - (truth.low or 0.0)) / 2.0
        print(
            f"{way.name:24}{seconds / len(said):12.4f}{share:14.3f}{truth.value:8.3f}{either:7.3f}{lost:6}{won:5}"
            f"{sum(wishes) / max(len(wishes), 1):8.3f}",
            flush=True,
        )
    print(f"goal, {GOAL:g} of two calls at no worse truth: {'met' if met else 'not met'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
