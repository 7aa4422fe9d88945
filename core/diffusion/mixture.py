"""The exact denoiser of a mixture of round Gaussians: a model without a network, whose every guess is right."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from core.diffusion.level import Level
from core.diffusion.prediction import Prediction


@dataclass(frozen=True, slots=True)
class GaussianMixture:
    """K components over items of any shape.

    weights: (K,), summing to 1. means: (K, *shape). spreads: (K,), standard deviations above 0.
    Guesses come in the precision of these three; the state should have it too.
    """

    weights: Tensor
    means: Tensor
    spreads: Tensor

    def __call__(self, x: Tensor, level: Level) -> Prediction:
        """The posterior means of x0 and eps given x, for x: (B, *shape). Finite at both ends of a schedule.

        Given its component, x is normal with mean alpha * mean and variance alpha^2 * spread^2 + sigma^2 (Bishop 2006,
        eqs. 2.113 to 2.117); the components are then weighted by how likely each makes x.
        """
        flat = x.reshape(len(x), 1, -1)
        off = flat - level.alpha * self.means.flatten(1)
        variance = (level.alpha * self.spreads) ** 2 + level.sigma**2
        size = flat.shape[-1]
        log_likelihood = -0.5 * ((off * off).sum(-1) / variance + size * variance.log())
        share = torch.softmax(self.weights.log() + log_likelihood, dim=-1)
        slope = (off / variance[:, None]).mul(share[..., None])
        x0 = share @ self.means.flatten(1) + level.alpha * (slope * self.spreads[:, None] ** 2).sum(1)
        eps = level.sigma * slope.sum(1)
        return Prediction(x0.reshape(x.shape), eps.reshape(x.shape))
