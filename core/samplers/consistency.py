"""For models that were distilled to guess the end of a path at once: guess, put noise back, guess again."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.noise import NoiseSource
from core.diffusion.schedule import NoiseSchedule
from core.diffusion.time_grid import TimeGrid
from core.samplers.ancestral import check_noise_scale
from core.samplers.path import path_of
from core.samplers.step import AT_START, Past, SamplerError, Step, begin, moved, without_gradients

LEAST = 0.002
"""sigma / alpha at which a consistency model's path ends (EDM's sigma_min)."""


@without_gradients
def lcm(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    noise_scale: float = 1.0,
) -> Iterator[Step]:
    """The clean guess under wholly fresh noise of the next level. One evaluation a step.

    It samples a distilled model; with another model it gives the guesses of each level, which are blurred.
    x: (B, *shape) float32, at the noise of grid[past.steps].
    Source: Luo et al. 2023 (arXiv:2310.04378), algorithm 3.
    """
    yield from _renoised(denoiser, x, grid, noise, past, noise_scale, 0.0)


@without_gradients
def consistency(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    noise_scale: float = 1.0,
) -> Iterator[Step]:
    """As `lcm`, but the guess is taken to have the noise 0.002 still, so that much less is added.

    x: (B, *shape) float32, at the noise of grid[past.steps].
    Source: Song et al. 2023 (arXiv:2303.01469), algorithm 1 (multistep consistency sampling).
    """
    yield from _renoised(denoiser, x, grid, noise, past, noise_scale, LEAST)


@without_gradients
def tcd(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    gamma: float = 0.3,
    noise_scale: float = 1.0,
    schedule: NoiseSchedule | None = None,
) -> Iterator[Step]:
    """Along the guess to time (1 - gamma) * t' without noise, then up to t' with fresh noise. One evaluation a step.

    gamma: 0 is `ddim` without noise, 1 is `lcm`. t is the schedule's own time.
    x: (B, *shape) float32, at the noise of grid[past.steps]. schedule: the grid's; untold, what the grid tells of it.
    Source: Zheng et al. 2024 (arXiv:2402.19159), algorithm 4 (strategic stochastic sampling).
    """
    intervals = begin(x, grid, past)
    check_noise_scale(noise_scale)
    if not 0.0 <= gamma <= 1.0:
        raise SamplerError(f"gamma {gamma} is out of range; it must lie in 0 to 1")
    path, total = path_of(grid, schedule), len(grid) - 1
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        below = path.at_time((1.0 - gamma) * there.t).ratio if gamma and there.sigma else there.ratio
        x = moved(x, x0, here, there, there.alpha * below)
        if below < there.ratio:
            fresh = there.alpha * math.sqrt((there.ratio - below) * (there.ratio + below))
            x.add_(noise.draw("step", index).to(x.dtype), alpha=noise_scale * fresh)
        yield Step(index, total, there, x, x0)


def _renoised(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    past: Past,
    noise_scale: float,
    least: float,
) -> Iterator[Step]:
    intervals = begin(x, grid, past)
    check_noise_scale(noise_scale)
    total = len(grid) - 1
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        x = torch.mul(x0, there.alpha)
        fresh = there.alpha * math.sqrt(max(there.ratio**2 - least**2, 0.0))
        if fresh:
            x.add_(noise.draw("step", index).to(x.dtype), alpha=noise_scale * fresh)
        yield Step(index, total, there, x, x0)
