"""A weaker painter of the same kind as another, for models that ship none."""

from __future__ import annotations

import copy
from functools import lru_cache
from typing import TypeVar, cast

import torch
from torch import nn

SPOILED = 0.1
"""Standard deviation of what is added to each weight, in units of its tensor's root mean square."""


Network = TypeVar("Network", bound=nn.Module)


def weakened(painter: Network) -> Network:
    """A copy whose weights are spoiled by noise, always the same; biases and gains stay.

    It errs where the painter does, and more: Karras et al. 2024 (arXiv:2406.02507), section 5.1, who spoil a network
    to study autoguidance. A network of less capacity and training guides better; its card says that it `serves`.
    """
    return cast("Network", spoiled_network(painter))


@lru_cache(maxsize=2)
def spoiled_network(painter: nn.Module) -> nn.Module:
    """`weakened` of a network whatever its kind; the last two are kept."""
    weak = copy.deepcopy(painter)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in weak.parameters():
            if weight.dim() >= 2:
                noise = torch.randn(weight.shape, generator=generator).to(weight.device, weight.dtype)
                weight.add_(noise * weight.square().mean().sqrt(), alpha=SPOILED)
    return weak
