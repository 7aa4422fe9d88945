"""A small convolutional autoencoder with Gaussian latents."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from core.errors import RequestError
from core.latents.codec import to_uint8

LOG_VARIANCE = (-20.0, 10.0)
"""Bounds of a latent's log variance, so that a fresh encoder's is finite."""


@dataclass(frozen=True, slots=True)
class AutoencoderConfig:
    """factor: pixels per latent cell, each way, a power of two. width: channels at full size, doubled by each halving
    up to 4 * width. blocks: residual blocks a level.
    """

    channels: int = 4
    factor: int = 8
    width: int = 32
    blocks: int = 1

    def __post_init__(self) -> None:
        assert self.factor >= 2, f"factor {self.factor} compresses nothing"
        assert self.factor & (self.factor - 1) == 0, f"factor {self.factor} is not a power of two"

    @property
    def widths(self) -> tuple[int, ...]:
        """Of each level, from full size to the latent's."""
        return tuple(self.width * min(2**level, 4) for level in range(self.factor.bit_length()))


@dataclass(frozen=True, slots=True)
class Posterior:
    """What a picture's latents may be: independent Gaussians. mean, log_variance: (B, channels, h, w)."""

    mean: torch.Tensor
    log_variance: torch.Tensor

    def sample(self, generator: torch.Generator) -> torch.Tensor:
        noise = torch.randn(self.mean.shape, generator=generator, device=self.mean.device)
        return self.mean + (0.5 * self.log_variance).exp() * noise

    def divergence(self) -> torch.Tensor:
        """(B,): KL from the standard normal, in nats, summed over the latent.

        Source: Kingma & Welling 2014 (arXiv:1312.6114), appendix B.
        """
        return 0.5 * (self.mean.square() + self.log_variance.exp() - 1.0 - self.log_variance).flatten(1).sum(dim=1)


class Autoencoder(nn.Module):
    """A LatentCodec. Source: Rombach et al. 2022 (arXiv:2112.10752), section 3.1, the KL kind, kept small."""

    look: torch.Tensor
    gain: torch.Tensor

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        encoder: list[nn.Module] = [nn.Conv2d(3, widths[0], 3, padding=1)]
        for level, width in enumerate(widths):
            if level:
                encoder.append(nn.Conv2d(widths[level - 1], width, 3, stride=2, padding=1))
            encoder += [_Residual(width) for _ in range(config.blocks)]
        self.encoder = nn.Sequential(*encoder, *_last(widths[-1], 2 * config.channels))
        decoder: list[nn.Module] = [nn.Conv2d(config.channels, widths[-1], 3, padding=1)]
        for level in reversed(range(len(widths))):
            decoder += [_Residual(widths[level]) for _ in range(config.blocks)]
            if level:
                decoder += [nn.Upsample(scale_factor=2), nn.Conv2d(widths[level], widths[level - 1], 3, padding=1)]
        self.decoder = nn.Sequential(*decoder, *_last(widths[0], 3))
        self.register_buffer("look", torch.zeros(3, config.channels + 1))
        self.register_buffer("gain", torch.ones(()))

    @property
    def channels(self) -> int:
        return self.config.channels

    @property
    def factor(self) -> int:
        return self.config.factor

    def posterior(self, image: torch.Tensor) -> Posterior:
        """image: (B, 3, H, W) in [-1, 1]. Raises RequestError unless H and W are multiples of `factor`."""
        height, width = image.shape[2:]
        if height % self.factor or width % self.factor:
            raise RequestError(f"a picture of {width}x{height} can't be encoded; give multiples of {self.factor}")
        mean, log_variance = self.encoder(image).chunk(2, dim=1)
        return Posterior(mean, log_variance.clamp(*LOG_VARIANCE))

    def encode(self, image: torch.Tensor) -> torch.Tensor:
        """(B, 3, H, W) in [-1, 1] -> the posterior's means over `gain`, (B, channels, H / factor, W / factor)."""
        return self.posterior(image).mean / self.gain

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """(B, channels, h, w) -> (B, 3, factor * h, factor * w)."""
        return self.decoder(latent * self.gain)

    @torch.no_grad()
    def calibrate(self, images: torch.Tensor) -> None:
        """Set `gain`, so that these pictures' latents have unit deviation, and the linear look that `preview` takes."""
        self.gain.copy_(self.posterior(images).mean.std())
        latent = self.encode(images).permute(0, 2, 3, 1).flatten(0, 2).double()
        small = F.avg_pool2d(images, self.factor).permute(0, 2, 3, 1).flatten(0, 2).double()
        terms = torch.cat([latent, torch.ones_like(latent[:, :1])], dim=1)
        solution = cast("torch.Tensor", torch.linalg.lstsq(terms, small).solution)
        self.look.copy_(solution.T)

    @torch.inference_mode()
    def preview(self, latent: torch.Tensor) -> np.ndarray:
        """(B, channels, h, w) -> (B, h, w, 3) uint8 sRGB, one pixel a cell, by a linear map (see `calibrate`)."""
        colour = torch.einsum("oc,bchw->bohw", self.look[:, :-1], latent.to(self.look.dtype))
        return to_uint8(colour + self.look[:, -1, None, None])


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        groups = math.gcd(8, width)
        self.layers = nn.Sequential(
            nn.GroupNorm(groups, width),
            nn.SiLU(),
            nn.Conv2d(width, width, 3, padding=1),
            nn.GroupNorm(groups, width),
            nn.SiLU(),
            nn.Conv2d(width, width, 3, padding=1),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.layers(x)


def _last(width: int, out: int) -> list[nn.Module]:
    return [nn.GroupNorm(math.gcd(8, width), width), nn.SiLU(), nn.Conv2d(width, out, 3, padding=1)]
