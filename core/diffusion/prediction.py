"""A model's guess, in the one form that samplers read."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class Prediction(NamedTuple):
    """A guess at both halves of a noisy state: x = alpha * x0 + sigma * eps holds between them.

    x0: (B, *shape), the clean guess. eps: (B, *shape), the noise guess.
    """

    x0: Tensor
    eps: Tensor
