"""An exponential moving average of a network's weights."""

from __future__ import annotations

import copy
from typing import cast

import torch
from torch import nn


class WeightAverage:
    """Keeps `module`, a copy whose weights trail those of the network that trains.

    The decay warms up as (1 + n) / (10 + n) over the updates n, so that the first steps are forgotten soon.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        assert 0.0 <= decay < 1.0, f"decay {decay}"
        self.module = copy.deepcopy(network).eval().requires_grad_(False)
        self.decay = decay
        self.updates = 0

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        """Move the average towards the network's present weights. Buffers are copied as they are."""
        decay = min(self.decay, (1.0 + self.updates) / (10.0 + self.updates))
        self.updates += 1
        ours = [cast("torch.Tensor", value) for value in self.module.parameters()]
        theirs = [cast("torch.Tensor", value) for value in network.parameters()]
        torch._foreach_lerp_(ours, theirs, 1.0 - decay)  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]
        for mine, other in zip(self.module.buffers(), network.buffers(), strict=True):
            mine.copy_(other)
