"""DPM-Solver++: exponential integrators that extrapolate the clean guess."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.noise import NoiseSource
from core.diffusion.time_grid import TimeGrid
from core.samplers.step import AT_START, Past, Step, check_start, moved


@torch.no_grad()
def dpmpp_2m(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,  # noqa: ARG001 - the contract of samplers
    *,
    past: Past = AT_START,
) -> Iterator[Step]:
    """One evaluation a step and the guess of the step before: order 2, deterministic.

    The guess is carried to the middle of the step along a line in log(alpha / sigma). The first step has no guess
    before it, the step into clean data no middle, and pure noise no place on that line: those are of first order.
    x: (B, *shape) float32, at the noise of grid[past.steps].
    Source: Lu et al. 2022 (arXiv:2211.01095), algorithm 2.
    """
    check_start(x, grid, past)
    total = len(grid) - 1
    before = past.guesses[-1] if past.guesses else None
    for index in range(past.steps, total):
        here, there = grid[index], grid[index + 1]
        x0 = denoiser(x, here).x0
        if before is None or not there.sigma or not grid[index - 1].alpha:
            x = moved(x, x0, here, there)
        else:
            kept = there.sigma / here.sigma
            gain = there.alpha - here.alpha * kept
            reach = half_reach(grid[index - 1], here, there)
            x = torch.mul(x, kept).add_(x0, alpha=gain * (1.0 + reach)).add_(before, alpha=-gain * reach)
        before = x0
        yield Step(index, total, there, x, x0)


def half_reach(before: Level, here: Level, there: Level) -> float:
    """Half the step to `there` over the step from `before`, both in log(alpha / sigma)."""
    return 0.5 * math.log(here.ratio / there.ratio) / math.log(before.ratio / here.ratio)
