"""EDM's stochastic sampler: a little noise is added before each Heun step, and taken away with the rest."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.noise import NoiseSource
from core.diffusion.schedule import NoiseSchedule
from core.diffusion.time_grid import TimeGrid
from core.samplers.ancestral import check_noise_scale
from core.samplers.heun import heun_step
from core.samplers.path import path_of
from core.samplers.step import AT_START, Past, SamplerError, Step, begin, without_gradients

MOST = math.sqrt(2.0) - 1.0
"""By so much at most sigma / alpha is raised: no more noise is added than is there."""


@without_gradients
def edm_stochastic(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    churn: float = 40.0,
    sigma_low: float = 0.05,
    sigma_high: float = 50.0,
    noise_scale: float = 1.0,
    schedule: NoiseSchedule | None = None,
) -> Iterator[Step]:
    """Heun's method with churn. Two evaluations a step, one in the step into clean data; stochastic, weak order 2.

    churn: S_churn, the noise added over the whole run; 0 is `heun`, to the bit. sigma_low, sigma_high: S_tmin and
        S_tmax, between which sigma / alpha is raised by churn / N. noise_scale: S_noise,
        which the paper has at 1.003.
    Noise is never raised above the schedule's most; at pure noise there is nothing to add. Step.x0 is the guess at the
    raised level.
    x: (B, *shape) float32, at the noise of grid[past.steps]. schedule: the grid's; untold, what the grid tells of it.
    Raises SamplerError for churn below 0 or sigmas that are no range.
    Source: Karras et al. 2022 (arXiv:2206.00364), algorithm 2; the defaults are those of table 5 for ImageNet.
    """
    intervals = begin(x, grid, past)
    check_churn(churn, sigma_low, sigma_high)
    check_noise_scale(noise_scale)
    path, total = path_of(grid, schedule), len(grid) - 1
    for index, here, there in intervals:
        raised = here
        if churn and sigma_low <= here.ratio <= sigma_high:
            top = min(here.ratio * (1.0 + min(churn / total, MOST)), path.largest_ratio)
            raised = path.at_ratio(top) if top > here.ratio else here
        if raised is not here:
            x = noisier(x, here, raised, noise.draw("churn", index), noise_scale)
        x, x0, evaluations = heun_step(denoiser, x, raised, there)
        yield Step(index, total, there, x, x0, evaluations)


def noisier(x: Tensor, here: Level, raised: Level, drawn: Tensor, noise_scale: float = 1.0) -> Tensor:
    """x brought from one level up to a noisier one. drawn: (B, *shape), unit normal. A new tensor."""
    fresh = raised.alpha * math.sqrt((raised.ratio - here.ratio) * (raised.ratio + here.ratio))
    return torch.mul(x, raised.alpha / here.alpha).add_(drawn.to(x.dtype), alpha=noise_scale * fresh)


def check_churn(churn: float, sigma_low: float, sigma_high: float) -> None:
    if not 0.0 <= churn < math.inf:
        raise SamplerError(f"churn {churn} is out of range; it must be 0 or more")
    if not 0.0 <= sigma_low <= sigma_high:
        raise SamplerError(f"sigma {sigma_low:g} to {sigma_high:g} is no range; give 0 <= low <= high")
