"""A small network for points of the plane: position and time in, two numbers out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn

from core.diffusion.parameterization import NoiseLevel

WAVES = 4
"""Frequencies of the time, each as a sine and a cosine."""


@dataclass(frozen=True, slots=True)
class ToyMlpConfig:
    """width: of each hidden layer. layers: how many of them."""

    width: int = 128
    layers: int = 3


class ToyMlp(nn.Module):
    """Sees x brought to unit spread, so one network serves every schedule; begins as the constant 0."""

    def __init__(self, config: ToyMlpConfig) -> None:
        super().__init__()
        self.config = config
        widths = [2 + 1 + 2 * WAVES, *(config.width for _ in range(config.layers))]
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.out = nn.Linear(config.width, 2)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)
        self._waves = math.pi * 2.0 ** torch.arange(WAVES, dtype=torch.float32)

    def forward(self, x: Tensor, level: NoiseLevel) -> Tensor:
        """x: (B, 2) at the noise of `level`, one Level or a LevelBatch of B. Returns (B, 2)."""
        t = torch.as_tensor(getattr(level, "t"), dtype=x.dtype, device=x.device).reshape(-1, 1).expand(len(x), 1)  # noqa: B009
        angles = t * self._waves.to(x)
        spread = (level.alpha * level.alpha + level.sigma * level.sigma) ** 0.5
        state = torch.cat((x / spread, t, torch.sin(angles), torch.cos(angles)), dim=1)
        for layer in self.hidden:
            state = nn.functional.silu(cast("Tensor", layer(state)))
        return cast("Tensor", self.out(state))
