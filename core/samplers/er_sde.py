"""ER-SDE: the reverse diffusion with a noise schedule of its own, its clean guesses extended as a Taylor series."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.noise import NoiseSource
from core.diffusion.time_grid import TimeGrid
from core.samplers.ancestral import check_noise_scale, renew
from core.samplers.linear_multistep import check_order
from core.samplers.step import AT_START, Past, Step, begin, moved, weighed, without_gradients
from core.samplers.weights import usable

NODES, NODE_WEIGHTS = (values.tolist() for values in np.polynomial.legendre.leggauss(24))
"""Gauss-Legendre's on -1 to 1: exact to rounding for integrands this smooth."""


@without_gradients
def er_sde(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    noise_scale: float = 1.0,
    brownian: bool = False,
    order: int = 3,
) -> Iterator[Step]:
    """One evaluation a step; stochastic, with less noise than the reverse diffusion has.

    Over a step x / alpha keeps the part phi(r') / phi(r), with r = sigma / alpha and phi(r) = r * (exp(r^0.3) + 10).
    order: of the Taylor series, 1 to 3; the first steps make do with the guesses that there are.
    x: (B, *shape) float32, at the noise of grid[past.steps]. noise_scale, brownian: as of `euler_ancestral`.
    Source: Cui et al. 2023 (arXiv:2309.06169), algorithms 1 to 3 (VE form) with the noise scale function of ER SDE 5.
    """
    intervals = begin(x, grid, past)
    check_noise_scale(noise_scale)
    check_order(order, 3)
    total = len(grid) - 1
    held = list(reversed(past.guesses))[: order - 1]
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        held = [x0, *held[: order - 1]]
        fresh = there.sigma
        if here.alpha and there.sigma:
            left = math.exp(_log_phi(there.ratio) - _log_phi(here.ratio))
            count = usable(grid, index, len(held), order)
            weights = [there.alpha * weight for weight in _weights(grid, index, count, left)]
            x = weighed(x, there.alpha * left / here.alpha, held[:count], weights)
            fresh = there.alpha * math.sqrt(there.ratio**2 - (left * here.ratio) ** 2)
        else:
            # phi(r') / phi(r) falls to 0 as r grows, and as r' falls: nothing of x is left.
            x = moved(x, x0, here, there, 0.0)
        renew(x, noise_scale * fresh, noise, index, here, there, brownian)
        yield Step(index, total, there, x, x0)


def _weights(grid: TimeGrid, index: int, count: int, left: float) -> list[float]:
    """Of the latest guesses, in units of the data, the latest first."""
    here, there = grid[index].ratio, grid[index + 1].ratio
    weights = [1.0 - left, 0.0, 0.0]
    if count > 1:
        zeroth, first = _integrals(there, here)
        near = 1.0 / (here - grid[index - 1].ratio)
        slope = there - here + math.exp(_log_phi(there)) * zeroth
        _add(weights, (near, -near, 0.0), slope)
        if count > 2:
            far = 1.0 / (grid[index - 1].ratio - grid[index - 2].ratio)
            half = 2.0 / (here - grid[index - 2].ratio)
            bend = 0.5 * (there - here) ** 2 + math.exp(_log_phi(there)) * first
            _add(weights, (half * near, -half * (near + far), half * far), bend)
    return weights[:count]


def _add(weights: list[float], difference: tuple[float, float, float], times: float) -> None:
    for place, part in enumerate(difference):
        weights[place] += times * part


def _log_phi(ratio: float) -> float:
    rise = ratio**0.3
    return math.log(ratio) + rise + math.log1p(10.0 * math.exp(-rise))


def _integrals(low: float, high: float) -> tuple[float, float]:
    """Over sigma / alpha from low to high, of 1 / phi and of (itself - high) / phi; by Gauss-Legendre in its log."""
    middle, half = 0.5 * math.log(high * low), 0.5 * math.log(high / low)
    zeroth = first = 0.0
    for node, weight in zip(NODES, NODE_WEIGHTS, strict=True):
        ratio = math.exp(middle + half * node)
        part = half * weight * math.exp(math.log(ratio) - _log_phi(ratio))
        zeroth += part
        first += part * (ratio - high)
    return zeroth, first
