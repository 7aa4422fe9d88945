"""Exponential Adams methods: the polynomial through the latest clean guesses, integrated exactly."""

from __future__ import annotations

import math
from collections.abc import Iterator

from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.noise import NoiseSource
from core.diffusion.time_grid import TimeGrid
from core.samplers.ancestral import check_eta, check_noise_scale, renew, split_noise
from core.samplers.linear_multistep import check_order
from core.samplers.step import AT_START, Past, Step, begin, moved, weighed, without_gradients
from core.samplers.weights import log_gap, polynomial_weights, rising_moments, usable


@without_gradients
def res_multistep(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    order: int = 2,
) -> Iterator[Step]:
    """The refined exponential solver's multistep form. One evaluation a step, deterministic.

    order: 1 to 3, that of convergence too; the first steps make do with the guesses that there are. Steps out of pure
    noise and into clean data are of first order.
    x: (B, *shape) float32, at the noise of grid[past.steps].
    Source: Zhang et al. 2023 (arXiv:2308.02157), section 3 and its multistep algorithm; the order conditions are those
    of Hochbruck and Ostermann 2005 (doi:10.1137/040611434).
    """
    yield from res_multistep_ancestral(denoiser, x, grid, noise, past=past, eta=0.0, order=order)


@without_gradients
def res_multistep_ancestral(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    eta: float = 1.0,
    noise_scale: float = 1.0,
    brownian: bool = False,
    order: int = 2,
) -> Iterator[Step]:
    """`res_multistep` down to less noise than the next level's, then fresh noise up to it. Weak order 1.

    x: (B, *shape) float32, at the noise of grid[past.steps]. eta, noise_scale, brownian: as of `euler_ancestral`.
    Raises SamplerError for eta outside 0 to 1, or order outside 1 to 3.
    Source: as `res_multistep`, with the noise of Song et al. 2021 (arXiv:2010.02502), eq. 16.
    """
    intervals = begin(x, grid, past)
    check_eta(eta)
    check_noise_scale(noise_scale)
    check_order(order, 3)
    total = len(grid) - 1
    held = list(reversed(past.guesses))[: order - 1]
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        held = [x0, *held[: order - 1]]
        left, fresh = split_noise(here, there, eta)
        if here.alpha and left:
            count = usable(grid, index, len(held), order)
            h = math.log(here.ratio * there.alpha / left)
            places = [-log_gap(grid, index - back, index) for back in range(count)]
            weights = polynomial_weights(places, rising_moments(h, 1.0, count))
            x = weighed(x, left / here.sigma, held[:count], [there.alpha * weight for weight in weights])
        else:
            x = moved(x, x0, here, there, left)
        renew(x, noise_scale * fresh, noise, index, here, there, brownian)
        yield Step(index, total, there, x, x0)
