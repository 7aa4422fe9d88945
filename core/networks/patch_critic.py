"""A critic that judges patches of a picture, for adversarial training."""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class PatchCritic(nn.Module):
    """(B, channels, H, W) -> (B, 1, h, w): how real each patch looks, above zero for real.

    Source: Isola et al. 2017 (arXiv:1611.07004), section 3.2.2 and appendix 6.1.2, two halvings, with group norm for
    batch norm, so that a picture's verdict hangs on it alone.
    """

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, width, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, stride=2, padding=1),
            nn.GroupNorm(8, 2 * width),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 4 * width, 3, padding=1),
            nn.GroupNorm(8, 4 * width),
            nn.LeakyReLU(0.2),
            nn.Conv2d(4 * width, 1, 3, padding=1),
        )

    def forward(self, image: Tensor) -> Tensor:
        return self.layers(image)

    def frozen(self, image: Tensor) -> Tensor:
        """The same verdict, with a gradient for the picture and none for the critic."""
        weights = {name: value.detach() for name, value in self.named_parameters()}
        return cast("Tensor", torch.func.functional_call(self, weights, (image,)))


def hinge_loss(real: Tensor, made: Tensor) -> Tensor:
    """The critic's loss. Source: Lim & Ye 2017 (arXiv:1705.02894), as in Esser et al. 2021 (arXiv:2012.09841)."""
    return 0.5 * (F.relu(1.0 - real).mean() + F.relu(1.0 + made).mean())
