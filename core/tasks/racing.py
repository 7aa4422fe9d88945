"""One run of a race: a lane's picture with its clock, its evaluations counted, and its error at every step."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor

from core.artifacts.recipe import pixels_sha256
from core.artifacts.trajectory import RunItem
from core.compare.figures import RunFigures, StepFigures, Timing
from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.noise import Noise, NoiseSource
from core.diffusion.prediction import Prediction
from core.diffusion.run_levels import own_levels
from core.errors import RequestError
from core.jobs.context import JobContext
from core.latents.grading import graded
from core.models.picture import Condition
from core.requests import MAX_STEPS, ImageRequest
from core.samplers.registry import sampler_card
from core.samplers.step import Step
from core.tasks.beginning import beginning
from core.tasks.denoising import check_finite, decoded
from core.tasks.preparing import Plan, item_of, prepare
from core.tasks.references import Reference, error_at


class TimedDenoiser:
    """Counts and times a denoiser's calls; each is a pause point first, whose wait is told apart."""

    def __init__(self, denoiser: Denoiser, context: JobContext, device: torch.device) -> None:
        self._denoiser, self._context, self._device = denoiser, context, device
        self.seconds, self.waited = 0.0, 0.0
        self.levels: list[Level] = []

    def __call__(self, x: Tensor, level: Level) -> Prediction:
        clock = self._context.clock
        arrived = clock()
        self._context.pause_point()
        began = clock()
        x0, eps = self._denoiser(x, level)
        prediction = Prediction(x0.contiguous(), eps)
        settle(self._device)
        self.seconds += clock() - began
        self.waited += began - arrived
        self.levels.append(level)
        return prediction


@dataclass(slots=True)
class CountedNoise:
    """Counts what a sampler draws on its way."""

    noise: NoiseSource
    draws: int = 0

    def draw(self, stream: str, key: int) -> Tensor:
        self.draws += 1
        return self.noise.draw(stream, key)

    def between(self, a: Level, b: Level) -> Tensor:
        self.draws += 1
        return self.noise.between(a, b)


@dataclass(slots=True)
class Entrant:
    """A lane on one seed, before its steps are known. request: its steps count for nothing."""

    lane: int
    request: ImageRequest
    plan: Plan
    item: RunItem
    begin: Callable[[], Tensor]
    denoiser: Denoiser


@dataclass(frozen=True, slots=True)
class RunStep:
    """A step of a run as it happens. error: at its level; None where the run's path is not followed."""

    step: Step
    error: float | None
    evaluated: tuple[float | None, ...]


@dataclass(slots=True)
class RunEnd:
    """What a run came to. pixels: (H, W, 3) uint8 sRGB, None where it was not decoded."""

    figures: RunFigures
    pixels: np.ndarray | None = field(default=None)


def entrant(lane: int, request: ImageRequest, context: JobContext) -> Entrant:
    """Everything that can be wrong with a lane is found here. Raises NoisetteError kinds."""
    plan = prepare(request, context)
    item = item_of(0, request, plan.model, context)
    condition = Condition(item.prompt, item.negative_prompt, item.layout, request.style)
    denoiser = plan.model.denoiser([condition], request.guidance)
    return Entrant(lane, request, plan, item, lambda: beginning(request, [0], plan, context), denoiser)


def warm_up(runner: Entrant) -> None:
    """One evaluation that counts for nothing: the first of a process is slower than any after it."""
    runner.denoiser(runner.begin(), runner.plan.grid[0])
    settle(runner.plan.model.device)


def run_lane(
    runner: Entrant, budget: int, steps: int, reference: Reference, context: JobContext, *, shown: bool
) -> Generator[RunStep, None, RunEnd]:
    """Make the picture in so many steps; yields each. shown: follow the path's error and decode the end."""
    plan, device, clock = runner.plan, runner.plan.model.device, context.clock
    request = replace(runner.request, steps=steps)
    grid = own_levels(request, plan.model.schedule)
    watch = TimedDenoiser(runner.denoiser, context, device)
    noise = CountedNoise(Noise([runner.item.seed], plan.shape, device))
    path, inside, latent = list[StepFigures](), 0.0, runner.begin()
    events = plan.sampler(watch, latent, grid, noise)
    while True:
        began = clock()
        step = next(events, None)
        settle(device)
        inside += clock() - began
        if step is None:
            break
        check_finite(step)
        latent = step.x
        error = None
        if shown:
            error = error_at(step.x[0], step.level, reference)
            log_snr = step.level.log_snr if step.level.sigma else None
            path.append(StepFigures(step.index + 1, len(watch.levels), log_snr, error))
        yield RunStep(step, error, _log_snrs(watch.levels))
    began = clock()
    pixels = None
    if shown:
        pixels = graded(decoded(plan.model.codec, latent), request.colour)[0]
        settle(device)
    decode = clock() - began if shown else 0.0
    figures = RunFigures(
        lane=runner.lane,
        seed=runner.item.seed,
        budget=budget,
        steps=len(grid) - 1,
        evaluations=len(watch.levels),
        error=error_at(latent[0], grid[-1], reference),
        timing=Timing(watch.seconds, max(inside - watch.seconds - watch.waited, 0.0), decode),
        fresh_noise=noise.draws > 0,
        pixels_sha256="" if pixels is None else pixels_sha256(pixels),
        path=tuple(path),
        evaluated=_log_snrs(watch.levels) if shown else (),
    )
    return RunEnd(figures, pixels)


def steps_within(request: ImageRequest, plan: Plan, budget: int) -> int:
    """The most steps of a lane that take no more than `budget` evaluations; at least 1.

    It is counted on a denoiser that guesses 0, since the ends of a grid may take a sampler fewer evaluations than its
    other steps: Heun, of two a step, makes 13 of 24 where the run begins at pure noise.
    """
    each = sampler_card(request.sampler).evaluations_per_step
    steps = min(max(budget // each, 1), MAX_STEPS)
    while steps > 1 and evaluations_made(request, plan, steps) > budget:
        steps -= 1
    while steps < min(budget, MAX_STEPS) and evaluations_made(request, plan, steps + 1) <= budget:
        steps += 1
    return steps


def settle(device: torch.device) -> None:
    """Wait until a graphics card has done what it was given, so that the clock tells of it."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def evaluations_made(request: ImageRequest, plan: Plan, steps: int) -> int:
    """Network calls of a run in so many steps, counted on a denoiser that guesses 0."""
    asked = replace(request, steps=steps)
    grid, blank, made = own_levels(asked, plan.model.schedule), torch.zeros(1, 1), 0

    def guess(x: Tensor, level: Level) -> Prediction:
        nonlocal made
        made += 1
        return Prediction(torch.zeros_like(x), x / level.sigma)

    run: Iterator[Step] = plan.sampler(guess, blank, grid, Noise([0], (1,)))
    for _ in run:
        if made > 4 * MAX_STEPS:
            raise RequestError(f"{request.sampler} takes more than {4 * MAX_STEPS} evaluations; choose another sampler")
    return made


def _log_snrs(levels: list[Level]) -> tuple[float | None, ...]:
    return tuple(level.log_snr if level.alpha else None for level in levels)
