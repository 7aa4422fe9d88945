"""A model of the plane looked at whole: where it moves every point, and how samplers follow it.

The solvers are `core.samplers`', the grids `core.diffusion`'s: nothing here steps by itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import torch
from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.noise import Noise, pure_noise
from core.diffusion.prediction import Prediction
from core.diffusion.schedule import NoiseSchedule, schedule_named
from core.diffusion.time_grid import TimeGrid, time_grid
from core.errors import RequestError
from core.samplers.heun import heun
from core.samplers.registry import sampler_named
from core.samplers.step import Sampler, moved
from core.toy import EXTENT, SCHEDULE_OF, Process, ToyData, ToyErrors, ToyField, ToyRequest, ToyRun
from core.worlds.toy2d.exact import blurred, density_at
from core.worlds.toy2d.measures import even_straightness, root_mean_square, sliced_wasserstein, straightness
from core.worlds.toy2d.shapes import draw_points

FRAMES = 49
TRUE_STEPS = 192
"""Heun's steps of the reference that errors are measured against."""
CROWD, CROWD_STEPS = 1000, 48
"""Particles that stand for the model's distribution, and Heun's steps they take."""
CELLS, ARROWS = 96, 19
"""A side: of the density's picture, and of the arrows' lattice."""
CROWD_BLUR = 0.09
FRESH = 1 << 40
"""Seeds of data that nothing was trained on, and that exact denoisers do not stand on."""
EVALUATION_COUNTS = (4, 6, 8, 12, 16, 24, 32, 48, 64)


class _Counted:
    """A denoiser that counts its calls, and refuses more than it has. Raises RequestError."""

    def __init__(self, denoiser: Denoiser, most: int) -> None:
        self.calls = 0
        self._denoiser, self._most = denoiser, most

    def __call__(self, x: Tensor, level: Level) -> Prediction:
        if self.calls == self._most:
            raise RequestError(
                f"{self._most} evaluations are too few for this sampler, which chooses their number by itself; "
                "give it more, or take another"
            )
        self.calls += 1
        return self._denoiser(x, level)


def true_paths(denoiser: Denoiser, process: Process, particles: int, seed: int, steps: int = TRUE_STEPS) -> Tensor:
    """(FRAMES, B, 2) float32 states at evenly spaced times: the probability-flow equation, solved finely.

    steps: of Heun, a multiple of FRAMES - 1.
    """
    every = steps // (FRAMES - 1)
    schedule = schedule_named(SCHEDULE_OF[process])
    grid = time_grid("uniform", schedule, steps)
    start = _start(grid, particles, seed)
    run = heun(denoiser, start, grid, _noise(particles, seed))
    return torch.stack([start, *(step.x for step in run if (step.index + 1) % every == 0)])


def look_at(
    denoiser: Denoiser, data: ToyData, process: Process, *, exact: bool, truth: Tensor, crowd: Tensor | None = None
) -> ToyField:
    """Everything that a view shows of a model. truth: of `true_paths`. exact: the denoiser is the data's own.

    Where it is not, the densities are those of a crowd of particles, each blurred a little.
    crowd: (FRAMES, N, 2), other particles' states; None has them made.
    """
    schedule = schedule_named(SCHEDULE_OF[process])
    levels = [schedule.at_time(1.0 - frame / (FRAMES - 1)) for frame in range(FRAMES)]
    if crowd is None:
        crowd = true_paths(denoiser, process, CROWD, FRESH, CROWD_STEPS)
    if exact:
        density = [_exact_density(data, process, level) for level in levels]
    else:
        density = [
            _levelled(blurred(_drawn(crowd[at], process, level), CROWD_BLUR, _axis(CELLS)))
            for at, level in enumerate(levels)
        ]
    paths = np.stack([_drawn(state, process, level).numpy() for state, level in zip(truth, levels, strict=True)])
    fresh, other = (draw_points(data, crowd.shape[1], FRESH + place) for place in range(2))
    return ToyField(
        times=np.array([level.t for level in levels], np.float32),
        log_snr=np.array([level.log_snr for level in levels], np.float32),
        density=np.stack(density),
        exact_density=exact,
        arrows=np.stack([arrows_at(denoiser, process, schedule, level.t) for level in levels]),
        paths=paths,
        data=fresh,
        straightness=straightness(paths),
        even_straightness=even_straightness(paths),
        distance=sliced_wasserstein(crowd[-1].numpy(), fresh),
        floor=sliced_wasserstein(other, fresh),
    )


@torch.no_grad()
def arrows_at(
    denoiser: Denoiser, process: Process, schedule: NoiseSchedule, t: float, side: int = ARROWS
) -> np.ndarray:
    """(side, side, 2) float32: how the equation moves a drawn point, a unit of t, towards data; rows from the top.

    Taken over a hundredth of a unit, by the solver's own first-order step.
    """
    here = schedule.at_time(max(t, 0.012))
    there = schedule.at_time(here.t - 0.01)
    axis = _axis(side)
    y, x = torch.meshgrid(axis.flip(0), axis, indexing="ij")
    places = torch.stack((x, y), dim=-1).reshape(-1, 2)
    state = places * _spread(process, here)
    after = moved(state, denoiser(state, here).x0, here, there)
    return ((_drawn(after, process, there) - places) / 0.01).reshape(side, side, 2).numpy()


def run_sampler(denoiser: Denoiser, request: ToyRequest, truth: Tensor) -> ToyRun:
    """One sampler's steps. truth: of the same process, particles and seed. Raises RequestError, SamplerError."""
    process = request.model.process
    sampler, grid = _paid_for(request)
    counted = _Counted(denoiser, request.evaluations)
    start = _start(grid, request.particles, request.seed)
    steps = list(sampler(counted, start, grid, _noise(request.particles, request.seed)))
    states = [start, *(step.x for step in steps)]
    paths = np.stack([_drawn(state, process, level).numpy() for state, level in zip(states, grid, strict=True)])
    fresh = draw_points(request.model.data, request.particles, FRESH)
    return ToyRun(
        times=np.array([level.t for level in grid], np.float32),
        paths=paths,
        evaluations=counted.calls,
        error=root_mean_square(paths[-1], truth[-1].numpy()),
        distance=sliced_wasserstein(paths[-1], fresh),
    )


def errors_of(
    denoiser: Denoiser, request: ToyRequest, truth: Tensor, counts: Sequence[int] = EVALUATION_COUNTS
) -> ToyErrors:
    """The sampler's error at several costs; those too low for it to take a step are left out."""
    made, errors = list[int](), list[float]()
    for count in counts:
        asked = ToyRequest(request.model, request.sampler, request.grid, count, request.particles, request.seed)
        run = run_sampler(denoiser, asked, truth)
        if not made or run.evaluations > made[-1]:
            made.append(run.evaluations)
            errors.append(run.error)
    return ToyErrors(request.sampler, tuple(made), tuple(errors))


def _paid_for(request: ToyRequest) -> tuple[Sampler, TimeGrid]:
    """The sampler and the longest grid that it can follow with so many evaluations. Raises RequestError."""
    schedule = schedule_named(SCHEDULE_OF[request.model.process])
    sampler = sampler_named(request.sampler)
    for steps in range(request.evaluations, 0, -1):
        grid = time_grid(request.grid, schedule, steps)
        # A run of one point at rest shows what the sampler would call.
        trial = _Counted(lambda x, level: Prediction(x * 0.0, x * 0.0), request.evaluations)  # noqa: ARG005
        with suppress(RequestError):
            for _ in sampler(trial, torch.zeros(1, 2), grid, _noise(1, 0)):
                pass
            return sampler, grid
    raise RequestError(f"{request.evaluations} evaluations don't pay for a step of {request.sampler}; give it more")


def _exact_density(data: ToyData, process: Process, level: Level) -> np.ndarray:
    spread = _spread(process, level)
    return _levelled(density_at(data, level, _axis(CELLS) * spread))


def _levelled(density: Tensor) -> np.ndarray:
    """uint8, the root of the density, 255 the highest; rows from the top."""
    top = float(density.max())
    return (density.flip(0) / top if top > 0.0 else density).sqrt().mul(255.0).round().to(torch.uint8).numpy()


def _axis(cells: int) -> Tensor:
    """The middles of so many cells along the plane's side."""
    return EXTENT * ((torch.arange(cells, dtype=torch.float32) + 0.5) * (2.0 / cells) - 1.0)


def _spread(process: Process, level: Level) -> float:
    """What states are divided by to be drawn: data of unit spread keep it."""
    return math.hypot(level.alpha, level.sigma) if process == "ve" else 1.0


def _drawn(state: Tensor, process: Process, level: Level) -> Tensor:
    return state / _spread(process, level)


def _noise(particles: int, seed: int) -> Noise:
    return Noise(range(seed, seed + particles), (2,))


def _start(grid: TimeGrid, particles: int, seed: int) -> Tensor:
    return pure_noise(_noise(particles, seed), grid[0])
