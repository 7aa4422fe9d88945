"""Classifier-free guidance, wrapped once around a conditional model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from core.diffusion.level import Level
from core.diffusion.parameterization import Parameterization, to_prediction
from core.diffusion.prediction import Prediction
from core.requests import GuidanceSettings


class Guidable(Protocol):
    """A model that can guess with its conditions, and with and without them at once."""

    def conditional(self, x: Tensor, level: Level) -> Prediction:
        """One network call on the batch of x."""
        ...

    def pair(self, x: Tensor, level: Level) -> tuple[Prediction, Prediction]:
        """(conditional, unconditional), from one network call on twice the batch of x."""
        ...


@dataclass(frozen=True, slots=True)
class GuidedDenoiser:
    """u + scale * (c - u) on x0 and eps alike, so the two still make up x.

    Where guidance is off (scale 1.0, or outside the interval) only the conditional guess is made. The run's
    fraction done, which the interval bounds, is 1 - t of the level at hand, so it means the same noise at any
    step count and on any grid. Rescaling acts on x0, item by item.
    Source: Ho and Salimans 2022 (arXiv:2207.12598), eq. 6 (there scale 0 is off); interval: Kynkäänniemi et al. 2024
    (arXiv:2404.07724), eq. 4; rescale: Lin et al. 2023 (arXiv:2305.08891), eqs. 15 and 16.
    """

    model: Guidable
    settings: GuidanceSettings

    def __call__(self, x: Tensor, level: Level) -> Prediction:
        if not guidance_acts(self.settings, level):
            return self.model.conditional(x, level)
        conditional, unconditional = self.model.pair(x, level)
        scale = self.settings.scale
        x0 = torch.lerp(unconditional.x0, conditional.x0, scale)
        if not self.settings.rescale:
            return Prediction(x0, torch.lerp(unconditional.eps, conditional.eps, scale))
        x0 = _rescaled(x0, conditional.x0, self.settings.rescale)
        return to_prediction(Parameterization.X0, x0, x, level)


def guidance_acts(settings: GuidanceSettings, level: Level) -> bool:
    """Whether guidance changes anything at this level."""
    start, end = settings.interval
    return settings.scale != 1.0 and start <= 1.0 - level.t <= end


def _rescaled(guided: Tensor, conditional: Tensor, amount: float) -> Tensor:
    """guided, conditional: (B, *shape). Each item's standard deviation moved by `amount` to the conditional one's."""
    # One reduction per item: a batched one may sum in another order for another batch size.
    pairs = zip(guided, conditional, strict=True)
    return torch.stack([item * _factor(item, aim, amount) for item, aim in pairs])


def _factor(item: Tensor, aim: Tensor, amount: float) -> float:
    spread = float(item.std(correction=0))
    return 1.0 if spread == 0.0 else 1.0 + amount * (float(aim.std(correction=0)) / spread - 1.0)
