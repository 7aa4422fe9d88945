"""Restart sampling: now and then a run goes back up to more noise and comes down again."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.noise import NoiseSource
from core.diffusion.time_grid import TimeGrid
from core.samplers.ancestral import check_noise_scale
from core.samplers.churn import check_churn, noisier
from core.samplers.heun import heun_step
from core.samplers.step import AT_START, Past, SamplerError, Step, begin, without_gradients


@without_gradients
def restart(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    restarts: int = 2,
    sigma_low: float = 0.1,
    sigma_high: float = 2.0,
    noise_scale: float = 1.0,
) -> Iterator[Step]:
    """Heun's method, which from the last level not below sigma_low goes back to the first not above sigma_high.

    Back by fresh noise, and down again over the grid's own levels, `restarts` times: a draw forgets the errors made so
    far, which a deterministic run carries along. All of it belongs to the step that reaches the lower level, which
    so takes that many more evaluations. Where the grid has no two levels in the range, this is `heun`.
    x: (B, *shape) float32, at the noise of grid[past.steps].
    Source: Xu et al. 2023 (arXiv:2306.14878), algorithm 1, with one restart interval (given in sigma / alpha).
    """
    intervals = begin(x, grid, past)
    check_churn(0.0, sigma_low, sigma_high)
    check_noise_scale(noise_scale)
    if restarts < 0:
        raise SamplerError(f"{restarts} restarts asked for; give 0 or more")
    total = len(grid) - 1
    inside = [index for index, level in enumerate(grid) if sigma_low <= level.ratio <= sigma_high and level.sigma]
    for index, here, there in intervals:
        x, x0, evaluations = heun_step(denoiser, x, here, there)
        if len(inside) > 1 and index + 1 == inside[-1]:
            for again in range(restarts):
                x = noisier(x, grid[inside[-1]], grid[inside[0]], noise.draw("restart", again), noise_scale)
                for back in inside[:-1]:
                    x, _, more = heun_step(denoiser, x, grid[back], grid[back + 1])
                    evaluations += more
        yield Step(index, total, there, x, x0, evaluations)
