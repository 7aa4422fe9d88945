"""How faithful a codec of pictures with transparency is, and how well it keeps edges."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from core.latents.transparency import alpha_of, on_white

EDGE_PIXELS = 2
"""How far from a jump of alpha a pixel still counts as the edge's."""
JUMP = 0.25
"""A change of alpha between neighbours that counts as an edge."""
AT_ONCE = 64

Reconstruct = Callable[[Tensor], Tensor]
"""(B, 4, H, W) in [-1, 1] -> the same, out of a codec."""


def codec_scores(reconstruct: Reconstruct, pictures: np.ndarray) -> dict[str, float]:
    """psnr_rgb, psnr_alpha, psnr_edges: decibels, each the mean over the pictures; 8 bits, colour on white.

    pictures: (N, H, W, 4) uint8, straight alpha. psnr_edges: of the colours within EDGE_PIXELS of an edge of alpha,
    over the pictures that have one.
    """
    found: dict[str, list[Tensor]] = {"psnr_rgb": [], "psnr_alpha": [], "psnr_edges": []}
    for start in range(0, len(pictures), AT_ONCE):
        real = on_white(pictures[start : start + AT_ONCE])
        error = (_bytes(reconstruct(real)) - _bytes(real)).square()
        found["psnr_rgb"].append(decibels(error[:, :3].flatten(1).mean(dim=1)))
        found["psnr_alpha"].append(decibels(error[:, 3:].flatten(1).mean(dim=1)))
        near = edges(alpha_of(real)).float()
        size = near.flatten(1).sum(dim=1)
        at_edges = (error[:, :3] * near).flatten(1).sum(dim=1) / (3.0 * size.clamp_min(1.0))
        found["psnr_edges"].append(decibels(at_edges)[size > 0])
    return {name: float(torch.cat(values).mean()) for name, values in found.items()}


def edges(alpha: Tensor) -> Tensor:
    """alpha: (B, 1, H, W) in [0, 1] -> bool: within EDGE_PIXELS of where it changes by JUMP over 3x3 pixels."""
    padded = F.pad(alpha, (1, 1, 1, 1), mode="replicate")
    spread = F.max_pool2d(padded, 3, stride=1) + F.max_pool2d(-padded, 3, stride=1)
    return F.max_pool2d((spread > JUMP).float(), 2 * EDGE_PIXELS - 1, stride=1, padding=EDGE_PIXELS - 1) > 0


def decibels(square: Tensor) -> Tensor:
    """Peak signal-to-noise ratio of a mean square error of 8-bit values; at most that of a hundredth of a level."""
    return 10.0 * (255.0**2 / square.clamp_min(1e-4)).log10()


def _bytes(pictures: Tensor) -> Tensor:
    return ((pictures.float() + 1.0) * 127.5).round().clamp(0.0, 255.0)
