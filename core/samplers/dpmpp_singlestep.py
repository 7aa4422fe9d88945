"""DPM-Solver++, single step: a guess at the middle of each step decides it."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.noise import NoiseSource
from core.diffusion.schedule import NoiseSchedule
from core.diffusion.time_grid import TimeGrid
from core.samplers.ancestral import check_eta, check_noise_scale, fresh_pair, renew, split_noise
from core.samplers.path import middle, path_of
from core.samplers.step import AT_START, Past, Step, begin, moved, without_gradients


@without_gradients
def dpmpp_2s(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    schedule: NoiseSchedule | None = None,
) -> Iterator[Step]:
    """Two evaluations a step, the second half-way in log(alpha / sigma): order 2, deterministic.

    The step into clean data, and one out of pure noise, takes one evaluation, of first order.
    x: (B, *shape) float32, at the noise of grid[past.steps]. schedule: the grid's; untold, what the grid tells of it.
    Source: Lu et al. 2022 (arXiv:2211.01095), algorithm 1 with r = 1/2.
    """
    yield from dpmpp_2s_ancestral(denoiser, x, grid, noise, past=past, eta=0.0, schedule=schedule)


@without_gradients
def dpmpp_2s_ancestral(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    eta: float = 1.0,
    noise_scale: float = 1.0,
    brownian: bool = False,
    schedule: NoiseSchedule | None = None,
) -> Iterator[Step]:
    """`dpmpp_2s` down to less noise than the next level's, then fresh noise up to it. Weak order 2.

    x: (B, *shape) float32, at the noise of grid[past.steps]. eta, noise_scale, brownian: as of `euler_ancestral`.
    Raises SamplerError for eta outside 0 to 1.
    Source: as `dpmpp_2s`, with the noise of Song et al. 2021 (arXiv:2010.02502), eq. 16; stated on sigma by
    crowsonkb/k-diffusion, sample_dpmpp_2s_ancestral.
    """
    intervals = begin(x, grid, past)
    check_eta(eta)
    check_noise_scale(noise_scale)
    path, total = path_of(grid, schedule), len(grid) - 1
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        left, fresh = split_noise(here, there, eta)
        inner = bool(here.alpha and left)
        if inner:
            mid = middle(path, here, left / there.alpha)
            ahead = moved(x, x0, here, mid)
            x = moved(x, denoiser(ahead, mid).x0, here, there, left)
        else:
            x = moved(x, x0, here, there, left)
        renew(x, noise_scale * fresh, noise, index, here, there, brownian)
        yield Step(index, total, there, x, x0, 1 + inner)


@without_gradients
def dpmpp_sde(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    eta: float = 1.0,
    noise_scale: float = 1.0,
    brownian: bool = False,
    schedule: NoiseSchedule | None = None,
) -> Iterator[Step]:
    """Two evaluations a step, the second at a middle that has fresh noise too. Weak order 2.

    The noise up to the middle is part of the noise of the whole step, as on one Brownian path.
    x: (B, *shape) float32, at the noise of grid[past.steps]. eta, noise_scale, brownian: as of `euler_ancestral`.
    Raises SamplerError for eta outside 0 to 1.
    Source: Lu et al. 2022 (arXiv:2211.01095), section 6 and appendix on SDEs; with a middle as crowsonkb/k-diffusion,
    sample_dpmpp_sde with r = 1/2, states it on sigma.
    """
    intervals = begin(x, grid, past)
    check_eta(eta)
    check_noise_scale(noise_scale)
    path, total = path_of(grid, schedule), len(grid) - 1
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        left, fresh = split_noise(here, there, eta)
        inner = bool(here.alpha and there.sigma)
        if inner:
            mid = middle(path, here, there.ratio)
            half, whole = fresh_pair(noise, index, here, mid, there, brownian) if fresh else (None, None)
            x = _two_stages(denoiser, x, x0, (here, mid, there), eta, noise_scale, (half, whole))
        else:
            x = moved(x, x0, here, there, left)
            renew(x, noise_scale * fresh, noise, index, here, there, brownian)
        yield Step(index, total, there, x, x0, 1 + inner)


def _two_stages(
    denoiser: Denoiser,
    x: Tensor,
    x0: Tensor,
    levels: tuple[Level, Level, Level],
    eta: float,
    noise_scale: float,
    drawn: tuple[Tensor | None, Tensor | None],
) -> Tensor:
    here, mid, there = levels
    ahead = _stage(x, x0, here, mid, eta, noise_scale, drawn[0])
    # With r = 1/2 the guess at the middle alone decides the step.
    return _stage(x, denoiser(ahead, mid).x0, here, there, eta, noise_scale, drawn[1])


def _stage(
    x: Tensor, x0: Tensor, here: Level, there: Level, eta: float, noise_scale: float, drawn: Tensor | None
) -> Tensor:
    left, fresh = split_noise(here, there, eta)
    ahead = moved(x, x0, here, there, left)
    return ahead if drawn is None else ahead.add_(drawn.to(x.dtype), alpha=noise_scale * fresh)
