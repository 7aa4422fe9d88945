"""An autoencoder that starts as a linear patch code and learns what a linear code can't."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.errors import ModelError, RequestError
from core.networks.autoencoder import LOG_VARIANCE, Posterior

LEAST_VARIANCE = 1e-4
"""Of a component that latents are scaled by: the pictures may have fewer components than the latents channels."""


@dataclass(frozen=True, slots=True)
class ResidualCodecConfig:
    """factor: pixels per latent cell, each way: 4, by two halvings. pixels: channels of a picture.

    coarse, fine: channels at a quarter and at half the picture's size. encoder, decoder: residual blocks (coarse,
    fine). tiny: channels of the preview's decoder.
    """

    channels: int = 8
    pixels: int = 4
    coarse: int = 128
    fine: int = 48
    encoder: tuple[int, int] = (2, 1)
    decoder: tuple[int, int] = (3, 2)
    tiny: int = 32

    @property
    def factor(self) -> int:
        return 4


class ResidualCodec(nn.Module):
    """Both ways a linear map of patches plus a convolutional residual whose last layer starts at zero.

    `start` puts the patches' principal components into the linear maps, so step 0 has the best linear code there is.
    The blocks hold no normalisation, as in EDSR (Lim et al. 2017, arXiv:1707.02921, section 3.1): a picture's code
    depends on nothing farther away than its convolutions reach, at any size.
    """

    shift: Tensor
    scale: Tensor
    look: Tensor

    def __init__(self, config: ResidualCodecConfig) -> None:
        super().__init__()
        self.config = config
        cell = config.pixels * config.factor**2
        self.to_latent = nn.Conv2d(cell, config.channels, 1)
        self.to_pixels = nn.Conv2d(config.channels, cell, 1)
        self.encoder = _Encoder(config)
        self.decoder = _Decoder(config)
        self.tiny = TinyDecoder(config)
        self.register_buffer("shift", torch.zeros(config.channels))
        self.register_buffer("scale", torch.ones(config.channels))
        self.register_buffer("look", torch.zeros(3, config.channels + 1))

    @torch.no_grad()
    def start(self, images: Tensor) -> None:
        """Take the principal components of these pictures' patches, each latent of unit variance, in float64.

        images: (N, pixels, H, W) in [-1, 1].
        """
        patches = F.pixel_unshuffle(images.double(), self.config.factor).permute(0, 2, 3, 1).flatten(0, 2)
        mean = patches.mean(dim=0)
        variances, vectors = cast(
            "tuple[Tensor, Tensor]", torch.linalg.eigh((patches - mean).T @ (patches - mean) / len(patches))
        )
        deviations = variances.flip(0)[: self.config.channels].clamp_min(LEAST_VARIANCE).sqrt()
        components = vectors.flip(1)[:, : self.config.channels].T
        into = components / deviations[:, None]
        _set(self.to_latent, into, -(into @ mean))
        _set(self.to_pixels, (components * deviations[:, None]).T, mean)
        self.tiny.start(self.to_pixels)

    def posterior(self, image: Tensor) -> Posterior:
        """image: (B, pixels, H, W) in [-1, 1]. Raises RequestError unless H and W are multiples of the factor."""
        height, width = image.shape[2:]
        factor = self.config.factor
        if height % factor or width % factor:
            raise RequestError(f"a picture of {width}x{height} can't be encoded; give multiples of {factor}")
        change, log_variance = self.encoder(image).float().chunk(2, dim=1)
        mean = _exact(self.to_latent, F.pixel_unshuffle(image, factor)) + change
        return Posterior(mean, log_variance.clamp(*LOG_VARIANCE))

    def pictures(self, latent: Tensor) -> Tensor:
        """Latents as `posterior` gives them -> (B, pixels, factor * h, factor * w), nominally in [-1, 1]."""
        linear = F.pixel_shuffle(_exact(self.to_pixels, latent), self.config.factor)
        return linear + self.decoder(latent).float()

    def normalised(self, latent: Tensor) -> Tensor:
        """Raw latents -> latents of zero mean and unit variance per channel: see `calibrate`."""
        return (latent - self.shift[:, None, None]) / self.scale[:, None, None]

    def raw(self, latent: Tensor) -> Tensor:
        """What `normalised` undoes."""
        return latent * self.scale[:, None, None] + self.shift[:, None, None]

    def shown(self, latent: Tensor) -> Tensor:
        """Normalised latents -> (B, 3, h, w) in [-1, 1], one pixel a cell, by a linear map: see `calibrate`."""
        look = self.look.to(latent.dtype)
        return torch.einsum("oc,bchw->bohw", look[:, :-1], latent) + look[:, -1, None, None]

    @torch.no_grad()
    def calibrate(self, images: Tensor, latents: Tensor) -> None:
        """Measure `shift` and `scale` on these raw latents, and fit `look` to the pictures by least squares.

        images: (N, pixels, H, W) in [-1, 1], the first three channels colour. latents: (N, channels, h, w), theirs.
        """
        flat = latents.double().permute(1, 0, 2, 3).flatten(1)
        self.shift.copy_(flat.mean(dim=1))
        self.scale.copy_(flat.std(dim=1).clamp_min(1e-6))
        terms = self.normalised(latents).double().permute(0, 2, 3, 1).flatten(0, 2)
        terms = torch.cat([terms, torch.ones_like(terms[:, :1])], dim=1)
        small = F.avg_pool2d(images[:, :3], self.config.factor).double().permute(0, 2, 3, 1).flatten(0, 2)
        solution = cast("Tensor", torch.linalg.lstsq(terms, small).solution)
        self.look.copy_(solution.T)

    @staticmethod
    def from_tensors(config: ResidualCodecConfig, tensors: dict[str, Tensor]) -> ResidualCodec:
        """The codec of a saved state, in float32, ready to use. Raises ModelError where it isn't one."""
        codec = ResidualCodec(config)
        try:
            codec.load_state_dict(tensors)
        except RuntimeError as error:
            raise ModelError(f"these weights are not a sticker codec's ({error}); restore the file") from error
        return codec.eval().requires_grad_(False).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue, reportUnknownVariableType]


class TinyDecoder(nn.Module):
    """Latents -> pictures for previews: the linear map and one hidden layer at the latents' size."""

    def __init__(self, config: ResidualCodecConfig) -> None:
        super().__init__()
        cell = config.pixels * config.factor**2
        self.factor = config.factor
        self.linear = nn.Conv2d(config.channels, cell, 1)
        self.near = nn.Conv2d(config.channels, config.tiny, 3, padding=1)
        self.out = _zero(nn.Conv2d(config.tiny, cell, 3, padding=1))

    @torch.no_grad()
    def start(self, linear: nn.Conv2d) -> None:
        self.linear.load_state_dict(linear.state_dict())

    def forward(self, latent: Tensor) -> Tensor:
        return F.pixel_shuffle(self.linear(latent) + self.out(F.relu(self.near(latent))), self.factor)


class _Encoder(nn.Module):
    """A picture's latents' correction and their log variances, (B, 2 * channels, h, w)."""

    def __init__(self, config: ResidualCodecConfig) -> None:
        super().__init__()
        coarse, fine = config.encoder
        self.layers = nn.Sequential(
            nn.PixelUnshuffle(2),
            nn.Conv2d(4 * config.pixels, config.fine, 3, padding=1),
            *(_Block(config.fine) for _ in range(fine)),
            nn.Conv2d(config.fine, config.coarse, 3, stride=2, padding=1),
            *(_Block(config.coarse) for _ in range(coarse)),
        )
        self.out = _zero(nn.Conv2d(config.coarse, 2 * config.channels, 3, padding=1))
        with torch.no_grad():
            assert self.out.bias is not None
            # a posterior's deviation starts at e^-3: 5 % of the latents' own
            self.out.bias[config.channels :] = -6.0

    def forward(self, image: Tensor) -> Tensor:
        return self.out(F.relu(self.layers(image)))


class _Decoder(nn.Module):
    """What the linear decoding lacks, (B, pixels, H, W)."""

    def __init__(self, config: ResidualCodecConfig) -> None:
        super().__init__()
        coarse, fine = config.decoder
        self.coarse = nn.Sequential(
            nn.Conv2d(config.channels, config.coarse, 3, padding=1),
            *(_Block(config.coarse) for _ in range(coarse)),
            nn.Conv2d(config.coarse, 4 * config.fine, 1),
        )
        self.fine = nn.Sequential(*(_Block(config.fine) for _ in range(fine)))
        self.out = _zero(nn.Conv2d(config.fine, 4 * config.pixels, 3, padding=1))

    def forward(self, latent: Tensor) -> Tensor:
        wide = F.pixel_shuffle(self.coarse(latent), 2).contiguous(memory_format=torch.channels_last)
        return F.pixel_shuffle(self.out(F.relu(self.fine(wide))), 2)


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        with torch.no_grad():
            # without a norm a deep sum of blocks would grow: start each a small change
            self.second.weight.mul_(0.3)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(F.relu(self.first(F.relu(x))))


def _exact(layer: nn.Conv2d, x: Tensor) -> Tensor:
    """The layer in float32, whatever autocast is on: the linear path carries most of the picture."""
    with torch.autocast(x.device.type, enabled=False):
        return layer(x.float())


def _zero(layer: nn.Conv2d) -> nn.Conv2d:
    nn.init.zeros_(layer.weight)
    assert layer.bias is not None
    nn.init.zeros_(layer.bias)
    return layer


def _set(layer: nn.Conv2d, weight: Tensor, bias: Tensor) -> None:
    assert layer.bias is not None
    layer.weight.copy_(weight[:, :, None, None])
    layer.bias.copy_(bias)
