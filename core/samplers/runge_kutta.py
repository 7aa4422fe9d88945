"""Runge-Kutta methods of high order, on a form of the equation that is finite at pure noise.

With z = x / (alpha + sigma) and u = sigma / (alpha + sigma) the probability-flow equation of every schedule is
dz/du = (z - x0) / u: the straight-line flow's own, whose velocity is eps - x0 (Lipman et al. 2023, arXiv:2210.02747).
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.noise import NoiseSource
from core.diffusion.schedule import NoiseSchedule
from core.diffusion.time_grid import TimeGrid
from core.samplers.path import path_of, share
from core.samplers.step import AT_START, Past, Step, begin, moved, without_gradients


@without_gradients
def rk4(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,  # noqa: ARG001 - the contract of samplers
    *,
    past: Past = AT_START,
    schedule: NoiseSchedule | None = None,
) -> Iterator[Step]:
    """The classical Runge-Kutta method: four evaluations a step, order 4, deterministic.

    The step into clean data, where its last slope is not defined, takes one evaluation, of first order.
    x: (B, *shape) float32, at the noise of grid[past.steps]. schedule: the grid's; untold, what the grid tells of it.
    Source: Hairer, Norsett and Wanner 1993, section II.1, table 1.2.
    """
    intervals = begin(x, grid, past)
    path, total = path_of(grid, schedule), len(grid) - 1
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        if there.sigma:
            u, u_there = share(here), share(there)
            h, mid = u_there - u, path.at_ratio((u + u_there) / (2.0 - u - u_there))
            z, size_mid, size_there = x / (here.alpha + here.sigma), mid.alpha + mid.sigma, there.alpha + there.sigma
            first = (z - x0) / u
            at = torch.add(z, first, alpha=0.5 * h)
            second = (at - denoiser(at * size_mid, mid).x0).div_(share(mid))
            at = torch.add(z, second, alpha=0.5 * h)
            third = (at - denoiser(at * size_mid, mid).x0).div_(share(mid))
            at = torch.add(z, third, alpha=h)
            fourth = (at - denoiser(at * size_there, there).x0).div_(u_there)
            slope = first.add_(second, alpha=2.0).add_(third, alpha=2.0).add_(fourth)
            x = z.add_(slope, alpha=h / 6.0).mul_(size_there)
        else:
            x = moved(x, x0, here, there)
        yield Step(index, total, there, x, x0, 4 if there.sigma else 1)
