"""Euler's method on the probability-flow equation."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.noise import NoiseSource
from core.diffusion.time_grid import TimeGrid
from core.samplers.step import AT_START, Past, Step, begin, moved, without_gradients


@without_gradients
def euler(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,  # noqa: ARG001 - the contract of samplers
    *,
    past: Past = AT_START,
) -> Iterator[Step]:
    """One evaluation a step, order 1, deterministic.

    The equation is d(x / alpha) = eps d(sigma / alpha), on every schedule. A straight line there is a straight line
    in t on a flow, and DDIM with eta = 0 on a variance-preserving schedule: the three are the same step.
    x: (B, *shape) float32, at the noise of grid[past.steps].
    Source: Karras et al. 2022 (arXiv:2206.00364), eq. 4 and section 3; Song et al. 2021 (arXiv:2010.02502), eq. 14.
    """
    intervals = begin(x, grid, past)
    total = len(grid) - 1
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        x = moved(x, x0, here, there)
        yield Step(index, total, there, x, x0)
