"""Small changes to stickers, so that what learns of them trusts neither place, size, light nor sharpness too far."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F

from core.training.augmentation import softened

TURN_RAD = math.radians(12.0)
SHIFT = 0.08
"""Of the picture's half side."""
GROWTH = 0.15


def changed(image: torch.Tensor, sided: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Turn, shift, grow or shrink each a little; mirror half of those that have no side; change light and tint;
    soften a third; add slight noise.

    image: (B, 3, H, W) in [-1, 1], on white, which also fills what comes into view. sided: (B,) bool.
    """
    batch, device = len(image), image.device

    def chance(*shape: int) -> torch.Tensor:
        return torch.rand(batch, *shape, generator=generator, device=device)

    angle = TURN_RAD * (2.0 * chance() - 1.0)
    grown = 1.0 + GROWTH * (2.0 * chance() - 1.0)
    mirror = torch.where((chance() < 0.5) & ~sided, -1.0, 1.0)
    cosine, sine = angle.cos() * grown, angle.sin() * grown
    right, down = (SHIFT * (2.0 * chance() - 1.0) for _ in range(2))
    places = torch.stack([cosine * mirror, -sine, right, sine * mirror, cosine, down], dim=1).view(batch, 2, 3)
    grid = F.affine_grid(places, list(image.shape), align_corners=False)
    # grid_sample fills with 0, which is white once white is taken off
    moved = F.grid_sample(image - 1.0, grid, align_corners=False) + 1.0

    gain = 1.0 + 0.2 * (chance(1, 1, 1) - 0.5) + 0.1 * (chance(3, 1, 1) - 0.5)
    # white stays white: the ground is no part of the sticker
    moved = 1.0 - (1.0 - moved) * gain
    softness = chance(1, 1, 1) * (chance(1, 1, 1) < 0.35)
    moved = torch.lerp(moved, softened(moved), softness)
    noise = torch.randn(moved.shape, generator=generator, device=device)
    return (moved + 0.08 * chance(1, 1, 1).square() * noise).clamp(-1.0, 1.0)
