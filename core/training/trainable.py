"""What the loop asks of a thing that can be trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import nn

Batch = Mapping[str, torch.Tensor]
"""Named tensors, the items of the batch along the first axis of each."""


@dataclass(frozen=True, slots=True)
class Loss:
    """total: the scalar to minimise. parts: detached scalars for the log, by name."""

    total: torch.Tensor
    parts: Mapping[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class Summary:
    """How a call of the loop ended. seconds: of training, over all calls. finished: the schedule ran to its end."""

    recipe: str
    step: int
    items: int
    seconds: float
    loss: float
    finished: bool
    device: str
    threads: int


class Trainable(Protocol):
    """Weights, where their batches come from, and what to minimise.

    Resuming is exact to the bit as long as `batch` is a pure function of the step and every random draw of `loss`
    comes from its generator; so networks here use no `nn.Dropout`.
    """

    @property
    def module(self) -> nn.Module:
        """All the weights that train, in one module. The loop moves it to its device."""
        ...

    def batch(self, step: int) -> Batch:
        """The step's batch on the CPU (the loop moves it): a pure function of the recipe's seed and `step`."""
        ...

    def loss(self, batch: Batch, generator: torch.Generator) -> Loss:
        """The loss of `module` on a batch. generator: seeded from (recipe seed, step), on the batch's device."""
        ...

    def sample_grid(self, module: nn.Module) -> np.ndarray | None:
        """A look at how far the averaged weights are: (H, W, 3) uint8 sRGB, or None where there is nothing to see."""
        ...

    def finish(self, module: nn.Module, summary: Summary) -> Sequence[Path]:
        """Write the averaged weights and their card; the files written. Called at the end of each call of the loop."""
        ...
