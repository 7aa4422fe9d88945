"""Between pictures and the space a model denoises in."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
import torch


class LatentCodec(Protocol):
    """channels: latent channels. factor: picture pixels per latent cell, each way."""

    @property
    def channels(self) -> int: ...

    @property
    def factor(self) -> int: ...

    def encode(self, image: torch.Tensor) -> torch.Tensor:
        """image: (B, 3, H, W) float32 in [-1, 1], sRGB -> latents (B, channels, H/factor, W/factor)."""
        ...

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """Latents -> (B, 3, H, W) float32, nominally in [-1, 1]."""
        ...

    def preview(self, latent: torch.Tensor) -> np.ndarray:
        """Latents -> a cheap (B, H, W, 3) uint8 sRGB look on the CPU; may be coarser than `decode`."""
        ...


@runtime_checkable
class ClearGround(LatentCodec, Protocol):
    """A codec whose pictures stand on a clear ground."""

    def pictures(self, latent: torch.Tensor) -> torch.Tensor:
        """Latents -> (B, 4, H, W) float32, nominally in [-1, 1]: what `decode` gives, on white, then alpha."""
        ...


def to_uint8(image: torch.Tensor) -> np.ndarray:
    """(B, 3, H, W) in [-1, 1] -> (B, H, W, 3) uint8 sRGB on the CPU, clipped, rounded to nearest."""
    pixels = ((image.detach().float() + 1.0) * 127.5).round().clamp(0, 255)
    return pixels.to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu().numpy()
