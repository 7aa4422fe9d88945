"""Predictor-corrector sampling: a step of the reverse diffusion, then a Langevin step at the level that it reached."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.noise import NoiseSource
from core.diffusion.time_grid import TimeGrid
from core.samplers.ancestral import check_noise_scale, renew, split_noise
from core.samplers.step import AT_START, Past, SamplerError, Step, begin, moved, noise_guess, without_gradients


@without_gradients
def langevin(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    snr: float = 0.16,
    noise_scale: float = 1.0,
    brownian: bool = False,
) -> Iterator[Step]:
    """Two evaluations a step: one where the step before ended, for the corrector; one for the predictor.

    Predictor: ancestral sampling, `ddpm`. (The paper's other, reverse diffusion, adds noise of the forward step's own
    variance, which is not the same on every schedule and far too much in a long step.) Corrector: x moves along the
    score, and noise is added; snr, the ratio of the two, sets how far. The first level, where the state is right as it
    is, needs no correction: its step takes one evaluation.
    x: (B, *shape) float32, at the noise of grid[past.steps]. noise_scale, brownian: of the predictor's noise.
    Source: Song et al. 2021 (arXiv:2011.13456), algorithm 4 and appendices F (ancestral) and G.
    """
    intervals = begin(x, grid, past)
    check_noise_scale(noise_scale)
    if not 0.0 <= snr < 1.0:
        raise SamplerError(f"snr {snr} is out of range; it must lie in 0 to below 1")
    total = len(grid) - 1
    for index, here, there in intervals:
        if index:
            x = _corrected(denoiser, x, here, snr, noise.draw("corrector", index).to(x.dtype))
        x0 = denoiser(x, here).x0
        left, fresh = split_noise(here, there, 1.0)
        x = moved(x, x0, here, there, left)
        renew(x, noise_scale * fresh, noise, index, here, there, brownian)
        yield Step(index, total, there, x, x0, 1 + bool(index))


def _corrected(denoiser: Denoiser, x: Tensor, level: Level, snr: float, drawn: Tensor) -> Tensor:
    """One Langevin step of length 2 * (snr * |noise| / |score|)^2.

    The score is the noise guess over -sigma, so that the ratio of the norms is sigma but for chance. With the
    norms themselves, as the paper has them, over a whole batch, an item would depend on its neighbours, or a small one
    be thrown far wherever its score is near 0.
    """
    reach = snr * level.sigma
    eps = noise_guess(x, denoiser(x, level).x0, level)
    return torch.add(x, eps, alpha=-2.0 * reach * snr).add_(drawn, alpha=2.0 * reach)
