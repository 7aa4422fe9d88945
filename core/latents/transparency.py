"""Pictures with transparency as networks take them: colour on white, then alpha."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def on_white(pictures: np.ndarray) -> Tensor:
    """(B, H, W, 4) uint8, straight alpha, sRGB -> (B, 4, H, W) float32 in [-1, 1]: RGB over white, then alpha."""
    values = torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float() / 255.0
    colour, alpha = values[:, :3], values[:, 3:]
    return torch.cat([colour * alpha + (1.0 - alpha), alpha], dim=1) * 2.0 - 1.0


def opaque(image: Tensor) -> Tensor:
    """(B, 3, H, W) in [-1, 1] -> (B, 4, H, W): the same picture, nowhere transparent."""
    return torch.cat([image, torch.ones_like(image[:, :1])], dim=1)


def alpha_of(pictures: Tensor) -> Tensor:
    """(B, 4, H, W) in [-1, 1] -> (B, 1, H, W) in [0, 1], clipped."""
    return ((pictures[:, 3:4] + 1.0) / 2.0).clamp(0.0, 1.0)


def straight(pictures: Tensor) -> np.ndarray:
    """What `on_white` undoes, as far as 8 bits allow: (B, 4, H, W) -> (B, H, W, 4) uint8, colour black where clear."""
    alpha = alpha_of(pictures)
    white = (pictures[:, :3] + 1.0) / 2.0
    colour = ((white - (1.0 - alpha)) / alpha.clamp_min(1.0 / 255.0)).clamp(0.0, 1.0)
    whole = torch.cat([colour * (alpha > 0), alpha], dim=1)
    return (whole * 255.0).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu().numpy()
