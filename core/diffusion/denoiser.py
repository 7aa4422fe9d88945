"""What a sampler sees of a model, and all that it sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from core.diffusion.level import Level
from core.diffusion.parameterization import Parameterization, to_prediction
from core.diffusion.prediction import Prediction

__all__ = ["Denoiser", "Network", "NetworkDenoiser", "Prediction"]


class Denoiser(Protocol):
    """A model with its conditions, guidance and parameterization settled."""

    def __call__(self, x: Tensor, level: Level) -> Prediction:
        """x: (B, *shape) at the noise of `level`."""
        ...


Network = Callable[[Tensor, Level], Tensor]
"""(x, level) -> the raw output of a network, shaped as x."""


@dataclass(frozen=True, slots=True)
class NetworkDenoiser:
    """A raw network read under its parameterization."""

    network: Network
    parameterization: Parameterization

    def __call__(self, x: Tensor, level: Level) -> Prediction:
        return to_prediction(self.parameterization, self.network(x, level), x, level)
