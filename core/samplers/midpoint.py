"""DPM-Solver: single steps that look at the middle, extrapolating the noise guess in log(sigma / alpha).

Its first order is DDIM without noise, which is `euler`. Its second, with the middle at half the way, is what
k-diffusion calls DPM2: there the exponentials of the paper are the differences of sigma.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.noise import NoiseSource
from core.diffusion.schedule import NoiseSchedule
from core.diffusion.time_grid import TimeGrid
from core.samplers.ancestral import check_eta, check_noise_scale, renew, split_noise
from core.samplers.path import Path, middle, path_of
from core.samplers.step import AT_START, Past, Step, begin, moved, noise_guess, weighed, without_gradients
from core.samplers.weights import phi


@without_gradients
def dpm_2(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,  # noqa: ARG001 - the contract of samplers
    *,
    past: Past = AT_START,
    schedule: NoiseSchedule | None = None,
) -> Iterator[Step]:
    """Two evaluations a step, here and half-way in log(sigma / alpha): order 2, deterministic.

    The step into clean data, and one out of pure noise, has no middle there: one evaluation, of first order.
    x: (B, *shape) float32, at the noise of grid[past.steps]. schedule: the grid's; untold, what the grid tells of it.
    Source: Lu et al. 2022 (arXiv:2206.00927), algorithm 1 with r1 = 1/2; Karras et al. 2022 (arXiv:2206.00364),
    section 3, on whose sigma crowsonkb/k-diffusion's sample_dpm_2 states the same step.
    """
    intervals = begin(x, grid, past)
    path, total = path_of(grid, schedule), len(grid) - 1
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        inner = bool(here.alpha and there.sigma)
        x = _through_middle(denoiser, x, x0, here, there, there.sigma, path) if inner else moved(x, x0, here, there)
        yield Step(index, total, there, x, x0, 1 + inner)


@without_gradients
def dpm_2_ancestral(
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
    """`dpm_2` down to less noise than the next level's, then fresh noise up to it. Weak order 2.

    x: (B, *shape) float32, at the noise of grid[past.steps]. eta, noise_scale, brownian: as of `euler_ancestral`.
    Raises SamplerError for eta outside 0 to 1.
    Source: as `dpm_2`, with the noise of Song et al. 2021 (arXiv:2010.02502), eq. 16; stated on sigma by
    crowsonkb/k-diffusion, sample_dpm_2_ancestral.
    """
    intervals = begin(x, grid, past)
    check_eta(eta)
    check_noise_scale(noise_scale)
    path, total = path_of(grid, schedule), len(grid) - 1
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        left, fresh = split_noise(here, there, eta)
        inner = bool(here.alpha and left)
        x = _through_middle(denoiser, x, x0, here, there, left, path) if inner else moved(x, x0, here, there, left)
        renew(x, noise_scale * fresh, noise, index, here, there, brownian)
        yield Step(index, total, there, x, x0, 1 + inner)


@without_gradients
def dpm_solver_3(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,  # noqa: ARG001 - the contract of samplers
    *,
    past: Past = AT_START,
    schedule: NoiseSchedule | None = None,
) -> Iterator[Step]:
    """Three evaluations a step, at 0, 1/3 and 2/3 of the way in log(sigma / alpha): order 3, deterministic.

    The step into clean data, and one out of pure noise, takes one evaluation, of first order.
    x: (B, *shape) float32, at the noise of grid[past.steps]. schedule: the grid's; untold, what the grid tells of it.
    Source: Lu et al. 2022 (arXiv:2206.00927), algorithm 2 with r1 = 1/3 and r2 = 2/3.
    """
    intervals = begin(x, grid, past)
    path, total = path_of(grid, schedule), len(grid) - 1
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        inner = bool(here.alpha and there.sigma)
        x = _by_thirds(denoiser, x, x0, here, there, path) if inner else moved(x, x0, here, there)
        yield Step(index, total, there, x, x0, 3 if inner else 1)


def _through_middle(
    denoiser: Denoiser, x: Tensor, x0: Tensor, here: Level, there: Level, left: float, path: Path
) -> Tensor:
    """To alpha' with the noise `left` along the noise guess at the middle. left: above 0."""
    down = left / there.alpha
    mid = middle(path, here, down)
    ahead = moved(x, x0, here, mid)
    eps = noise_guess(ahead, denoiser(ahead, mid).x0, mid)
    return weighed(x, there.alpha / here.alpha, (eps,), (there.alpha * (down - here.ratio),))


def _by_thirds(denoiser: Denoiser, x: Tensor, x0: Tensor, here: Level, there: Level, path: Path) -> Tensor:
    h = math.log(here.ratio / there.ratio)
    eps = noise_guess(x, x0, here)
    third, two_thirds = (middle(path, here, there.ratio, k / 3.0) for k in (1, 2))
    ahead = moved(x, x0, here, third)
    bend = noise_guess(ahead, denoiser(ahead, third).x0, third).sub_(eps)
    # r * (phi_1(h) - 1) of the paper is r * h * phi_2(h).
    weights = two_thirds.sigma - two_thirds.alpha * here.ratio, -two_thirds.sigma * 2.0 * (h / 1.5) * phi(2, h / 1.5)
    ahead = weighed(x, two_thirds.alpha / here.alpha, (eps, bend), weights)
    bend = noise_guess(ahead, denoiser(ahead, two_thirds).x0, two_thirds).sub_(eps)
    weights = there.sigma - there.alpha * here.ratio, -there.sigma * 1.5 * h * phi(2, h)
    return weighed(x, there.alpha / here.alpha, (eps, bend), weights)
