"""A model of the plane looked at whole: where it moves every point, and how samplers follow it.

The solvers are `core.samplers`', the grids `core.diffusion`'s: nothing here steps by itself.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.noise import Noise, pure_noise
from core.diffusion.schedule import NoiseSchedule, schedule_named
from core.diffusion.time_grid import TimeGrid, time_grid
from core.samplers.heun import heun
from core.samplers.step import moved
from core.toy import EXTENT, SCHEDULE_OF, Process, ToyData, ToyField
from core.worlds.toy2d.exact import blurred, density_at
from core.worlds.toy2d.measures import even_straightness, sliced_wasserstein, straightness
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


def true_paths(denoiser: Denoiser, process: Process, particles: int, seed: int, steps: int = TRUE_STEPS) -> Tensor:
    """(FRAMES, B, 2) float32 states at evenly spaced times: the probability-flow equation, solved finely.

    steps: of Heun, a multiple of FRAMES - 1.
    """
    every = steps // (FRAMES - 1)
    schedule = schedule_named(SCHEDULE_OF[process])
    grid = time_grid("uniform", schedule, steps)
    start = start_of(grid, particles, seed)
    run = heun(denoiser, start, grid, noise_of(particles, seed))
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
            _levelled(blurred(drawn(crowd[at], process, level), CROWD_BLUR, _axis(CELLS)))
            for at, level in enumerate(levels)
        ]
    paths = np.stack([drawn(state, process, level).numpy() for state, level in zip(truth, levels, strict=True)])
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
    return ((drawn(after, process, there) - places) / 0.01).reshape(side, side, 2).numpy()


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


def drawn(state: Tensor, process: Process, level: Level) -> Tensor:
    """A state as the plane shows it: of unit spread where that would grow."""
    return state / _spread(process, level)


def noise_of(particles: int, seed: int) -> Noise:
    """What samplers draw from, for particles of seeds from `seed` on."""
    return Noise(range(seed, seed + particles), (2,))


def start_of(grid: TimeGrid, particles: int, seed: int) -> Tensor:
    """(B, 2) pure noise at the grid's first level; each particle has a seed of its own."""
    return pure_noise(noise_of(particles, seed), grid[0])
