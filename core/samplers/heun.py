"""Heun's method on the probability-flow equation: predict, look again at the far end, average the slopes."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from core.diffusion.combination import combined
from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.noise import NoiseSource
from core.diffusion.time_grid import TimeGrid
from core.samplers.step import AT_START, Past, Step, begin, moved, without_gradients


@without_gradients
def heun(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,  # noqa: ARG001 - the contract of samplers
    *,
    past: Past = AT_START,
) -> Iterator[Step]:
    """Two evaluations a step, order 2, deterministic.

    The equation is d(x / alpha) = eps d(sigma / alpha), on every schedule. The step into clean data takes one
    evaluation, since eps is not defined there; so does a step out of pure noise, where x / alpha is not.
    x: (B, *shape) float32, at the noise of grid[past.steps]. Step.x0 is the guess at the near end.
    Source: Karras et al. 2022 (arXiv:2206.00364), algorithm 1.
    """
    intervals = begin(x, grid, past)
    total = len(grid) - 1
    for index, here, there in intervals:
        x, x0, evaluations = heun_step(denoiser, x, here, there)
        yield Step(index, total, there, x, x0, evaluations)


def heun_step(denoiser: Denoiser, x: Tensor, here: Level, there: Level) -> tuple[Tensor, Tensor, int]:
    """(x', the guess at `here`, evaluations made): one step; see `heun`."""
    x0 = denoiser(x, here).x0
    ahead = moved(x, x0, here, there)
    if not (here.alpha and there.sigma):
        return ahead, x0, 1
    x0_ahead = denoiser(ahead, there).x0
    # The slopes are (x - alpha * x0) / sigma; in x, ahead and the two guesses every coefficient is finite.
    reach = there.sigma - there.alpha * here.ratio
    kept = there.alpha / here.alpha + 0.5 * reach / here.sigma
    x = combined(x, kept, x0, -0.5 * reach * here.alpha / here.sigma)
    x = x.add_(ahead, alpha=0.5 * reach / there.sigma)
    x = x.add_(x0_ahead, alpha=-0.5 * reach * there.alpha / there.sigma)
    return x, x0, 2
