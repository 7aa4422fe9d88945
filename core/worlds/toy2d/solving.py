"""Samplers in the plane, at a given cost. The solvers are `core.samplers`': nothing here steps by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.noise import Noise, NoiseSource
from core.diffusion.prediction import Prediction
from core.diffusion.schedule import NoiseSchedule, schedule_named
from core.diffusion.time_grid import TimeGrid, time_grid
from core.errors import RequestError
from core.samplers.registry import sampler_card, sampler_named
from core.samplers.step import Sampler
from core.toy import SCHEDULE_OF, ToyErrors, ToyRequest, ToyRun
from core.worlds.toy2d.field import FRESH, drawn, noise_of, start_of
from core.worlds.toy2d.measures import root_mean_square, sliced_wasserstein
from core.worlds.toy2d.shapes import draw_points

EVALUATION_COUNTS = (4, 6, 8, 12, 16, 24, 32, 48, 64)
ALONE, ALONE_ERRORS = 60, 16
"""Particles at most of a sampler that takes steps of its own for each: of a run, and of a run for its error alone."""


class TooDearError(RequestError):
    """A sampler asked for more evaluations than it has."""


class _Counted:
    """A denoiser that counts its calls, and refuses more than it has. Raises TooDearError."""

    def __init__(self, denoiser: Denoiser, most: int) -> None:
        self.calls = 0
        self._denoiser, self._most = denoiser, most

    def __call__(self, x: Tensor, level: Level) -> Prediction:
        if self.calls == self._most:
            raise TooDearError(
                f"{self._most} evaluations are too few for this sampler, which chooses their number by itself; "
                "give it more, loosen its tolerance, or take another"
            )
        self.calls += 1
        return self._denoiser(x, level)


@dataclass(slots=True)
class _Watched:
    """Noise that tells whether it was drawn from."""

    noise: NoiseSource
    drawn: bool = False

    def draw(self, stream: str, key: int) -> Tensor:
        self.drawn = True
        return self.noise.draw(stream, key)

    def between(self, a: Level, b: Level) -> Tensor:
        self.drawn = True
        return self.noise.between(a, b)


@dataclass(frozen=True, slots=True)
class _Solved:
    """states: (S + 1, B, 2) with the start; calls: of the particle that took the most."""

    grid: TimeGrid
    states: Tensor
    calls: int
    fresh: bool


def run_sampler(denoiser: Denoiser, request: ToyRequest, truth: Tensor, *, alone: int = ALONE) -> ToyRun:
    """One sampler's steps. truth: of `true_paths`, for the same process, particles and seed.

    alone: particles at most of a sampler that takes them one by one. Raises RequestError, SamplerError, GridError.
    """
    process = request.model.process
    solved = _solve(denoiser, request, alone)
    levels = zip(solved.states, solved.grid, strict=True)
    paths = np.stack([drawn(state, process, level).numpy() for state, level in levels])
    fresh = draw_points(request.model.data, paths.shape[1], FRESH)
    return ToyRun(
        times=np.array([level.t for level in solved.grid], np.float32),
        paths=paths,
        evaluations=solved.calls,
        error=root_mean_square(paths[-1], truth[-1, : paths.shape[1]].numpy()),
        distance=sliced_wasserstein(paths[-1], fresh),
        fresh_noise=solved.fresh,
    )


def errors_of(
    denoiser: Denoiser, request: ToyRequest, truth: Tensor, counts: Sequence[int] = EVALUATION_COUNTS
) -> ToyErrors:
    """The sampler's error at several costs; those too low for it to take a step are left out."""
    made, steps, errors, fresh = list[int](), list[int](), list[float](), False
    for count in counts:
        with suppress(TooDearError):
            run = run_sampler(denoiser, request.at(count), truth, alone=ALONE_ERRORS)
            if not made or run.evaluations > made[-1]:
                made.append(run.evaluations)
                steps.append(run.steps)
                errors.append(run.error)
                fresh |= run.fresh_noise
    return ToyErrors(tuple(made), tuple(steps), tuple(errors), fresh)


def _solve(denoiser: Denoiser, request: ToyRequest, alone: int) -> _Solved:
    schedule = schedule_named(SCHEDULE_OF[request.model.process])
    solver, card = request.solver, sampler_card(request.solver.sampler)
    sampler = sampler_named(
        solver.sampler,
        eta=solver.eta,
        noise_scale=solver.noise_scale,
        solver=solver.options,
        schedule=schedule,
    )
    steps = _paid_for(sampler, request, schedule, card.evaluations_per_step)
    while True:
        grid = time_grid(request.grid, schedule, steps, settings=request.bends)
        try:
            if card.alone:
                return _one_by_one(denoiser, sampler, grid, request, min(request.particles, alone))
            return _together(denoiser, sampler, grid, request, range(request.particles))
        except TooDearError:
            # It takes more where the model bends than on the blank that it was counted on.
            if steps == 1:
                raise
            steps = max(min(steps - 1, steps * 2 // 3), 1)


def _together(denoiser: Denoiser, sampler: Sampler, grid: TimeGrid, request: ToyRequest, particles: range) -> _Solved:
    counted = _Counted(denoiser, request.evaluations)
    start = start_of(grid, len(particles), request.seed + particles.start)
    noise = _Watched(noise_of(len(particles), request.seed + particles.start))
    states = [start, *(step.x for step in sampler(counted, start, grid, noise))]
    return _Solved(grid, torch.stack(states), counted.calls, noise.drawn)


def _one_by_one(denoiser: Denoiser, sampler: Sampler, grid: TimeGrid, request: ToyRequest, count: int) -> _Solved:
    parts = [_together(denoiser, sampler, grid, request, range(each, each + 1)) for each in range(count)]
    states = torch.cat([part.states for part in parts], dim=1)
    return _Solved(grid, states, max(part.calls for part in parts), any(part.fresh for part in parts))


def _paid_for(sampler: Sampler, request: ToyRequest, schedule: NoiseSchedule, each: int) -> int:
    """The most steps that so many evaluations pay for, where guesses are blank. each: what a step usually takes.

    The ends of a grid may take a sampler fewer than its other steps.
    """
    most = request.evaluations
    steps = max(most // each, 1)
    while steps > 1 and not _affordable(sampler, request, schedule, steps):
        steps -= 1
    while steps < most and _affordable(sampler, request, schedule, steps + 1):
        steps += 1
    if steps == 1 and not _affordable(sampler, request, schedule, 1):
        name = sampler_card(request.solver.sampler).title
        raise TooDearError(f"{most} evaluations don't pay for a step of {name}; give it more")
    return steps


def _affordable(sampler: Sampler, request: ToyRequest, schedule: NoiseSchedule, steps: int) -> bool:
    """A run of one point at rest shows what the sampler would call."""
    trial = _Counted(lambda x, level: Prediction(x * 0.0, x * 0.0), request.evaluations)  # noqa: ARG005
    grid = time_grid(request.grid, schedule, steps, settings=request.bends)
    run: Iterator[object] = sampler(trial, torch.zeros(1, 2), grid, Noise([0], (2,)))
    try:
        for _ in run:
            pass
    except TooDearError:
        return False
    return True
