"""What a codec is trained to minimise: pixels, features, a critic's verdict."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

LARGEST_WEIGHT = 1e4


def pixel_loss(made: Tensor, real: Tensor, square: float) -> Tensor:
    """Mean absolute error plus `square` times the mean square error, over every channel."""
    error = made - real
    return error.abs().mean() + square * error.square().mean()


def feature_distance(made: Sequence[Tensor], real: Sequence[Tensor]) -> Tensor:
    """Between two batches' features: squared distance of unit vectors, mean over cells, summed over layers.

    made, real: (B, C, h, w) a layer. Source: Zhang et al. 2018 (arXiv:1801.03924), eq. 1, every channel's weight 1.
    """
    parts = [
        (F.normalize(ours.float(), dim=1, eps=1e-3) - F.normalize(theirs.float(), dim=1, eps=1e-3)).square().sum(dim=1)
        for ours, theirs in zip(made, real, strict=True)
    ]
    return torch.stack([part.mean() for part in parts]).sum()


def adaptive_weight(pixels: Tensor, verdict: Tensor, made: Tensor, last: Tensor) -> Tensor:
    """How much the critic's gradient is to count: |d L_rec / d last| over |d L_GAN / d last|.

    pixels, verdict: gradients of the two losses by `made`, the pictures; last: the weights of the layer that made them.
    Source: Esser et al. 2021 (arXiv:2012.09841), eq. 7.
    """
    own, adverse = (_gradient(made, last, by_picture).square().sum().sqrt() for by_picture in (pixels, verdict))
    return (own / (adverse + 1e-4)).clamp(0.0, LARGEST_WEIGHT).detach()


def steered(made: Tensor, gradient: Tensor) -> Tensor:
    """Zero, whose gradient by `made` is the one given: losses that were taken back to the pictures go on from here."""
    pull = (made * gradient.detach()).sum()
    return pull - pull.detach()


def _gradient(made: Tensor, last: Tensor, by_picture: Tensor) -> Tensor:
    return torch.autograd.grad(made, last, by_picture, retain_graph=True)[0]
