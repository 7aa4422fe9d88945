"""A codec without training: principal components of picture patches, partly whitened."""

from __future__ import annotations

from typing import cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from core.errors import ModelError, RequestError
from core.latents.codec import to_uint8

RMS = 0.7
"""Root mean square of the latents over the pictures a codec was fitted to."""


class PcaCodec(nn.Module):
    """Patches of factor x factor pixels <-> `channels` numbers each, by one linear map each way.

    The components are orthonormal, so decoding is the least-squares best there is for a linear code. Whitening is
    partial: a component of standard deviation s gets a latent's proportional to sqrt(s), which keeps the order of
    importance, yet leaves the faint components above the noise for longer than full-size ones would be.
    """

    encode_weight: torch.Tensor
    decode_weight: torch.Tensor
    mean: torch.Tensor

    def __init__(self, channels: int, factor: int) -> None:
        """A codec of zeros, to load a state into."""
        super().__init__()
        self.register_buffer("encode_weight", torch.zeros(channels, 3, factor, factor))
        self.register_buffer("decode_weight", torch.zeros(channels, 3, factor, factor))
        self.register_buffer("mean", torch.zeros(3, factor, factor))

    @property
    def channels(self) -> int:
        return self.encode_weight.shape[0]

    @property
    def factor(self) -> int:
        return self.encode_weight.shape[2]

    @staticmethod
    def fit(images: torch.Tensor, channels: int, factor: int) -> PcaCodec:
        """Fit to pictures, (N, 3, H, W) in [-1, 1], H and W multiples of `factor`; in float64.

        The mean and the covariance are over all the patches of all the pictures.
        """
        patches = F.pixel_unshuffle(images.double(), factor)
        patches = patches.permute(0, 2, 3, 1).reshape(-1, 3 * factor * factor)
        if not 1 <= channels <= patches.shape[1] or len(patches) <= channels:
            raise ModelError(
                f"{channels} channels from {len(patches)} patches of {patches.shape[1]} numbers; "
                "ask for fewer channels, or give more pictures"
            )
        mean = patches.mean(dim=0)
        centred = patches - mean
        variances, vectors = _symmetric_eigen(centred.T @ centred / len(centred))
        deviations = variances.flip(0)[:channels].clamp_min(1e-12).sqrt()
        components = vectors.flip(1)[:, :channels].T.reshape(channels, 3, factor, factor)
        # latent sd is gain * sqrt(deviation), whose mean square over the channels is to be RMS^2
        gain = RMS / deviations.mean().sqrt()
        scale = (gain / deviations.sqrt())[:, None, None, None]
        codec = PcaCodec(channels, factor)
        codec.encode_weight.copy_(components * scale)
        codec.decode_weight.copy_(components / scale)
        codec.mean.copy_(mean.reshape(3, factor, factor))
        return codec

    @staticmethod
    def from_tensors(tensors: dict[str, torch.Tensor]) -> PcaCodec:
        """The codec of a saved state, in float32. Raises ModelError where it isn't one."""
        weight = tensors.get("encode_weight")
        if weight is None or weight.ndim != 4:
            raise ModelError(f"these weights ({', '.join(tensors) or 'none'}) are not a PCA codec's; restore the file")
        codec = PcaCodec(weight.shape[0], weight.shape[2])
        try:
            codec.load_state_dict(tensors)
        except RuntimeError as error:
            raise ModelError(f"these weights are not a PCA codec's ({error}); restore the file") from error
        return codec

    def encode(self, image: torch.Tensor) -> torch.Tensor:
        """(B, 3, H, W) in [-1, 1] -> (B, channels, H / factor, W / factor). Raises RequestError for other sizes."""
        height, width = image.shape[2:]
        if height % self.factor or width % self.factor:
            raise RequestError(f"a picture of {width}x{height} can't be encoded; give multiples of {self.factor}")
        offset = -(self.encode_weight * self.mean).sum(dim=(1, 2, 3))
        return F.conv2d(image, self.encode_weight, offset, stride=self.factor)

    def decode(self, latent: torch.Tensor) -> torch.Tensor:
        """(B, channels, h, w) -> (B, 3, factor * h, factor * w)."""
        image = F.conv_transpose2d(latent, self.decode_weight, stride=self.factor)
        return image + self.mean.repeat(1, *latent.shape[2:])

    @torch.inference_mode()
    def preview(self, latent: torch.Tensor) -> np.ndarray:
        """(B, channels, h, w) -> (B, factor * h, factor * w, 3) uint8 sRGB: decoding is as cheap as a preview gets."""
        return to_uint8(self.decode(latent.to(self.decode_weight.dtype)))


def _symmetric_eigen(matrix: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Eigenvalues (n,), rising, and eigenvectors (n, n), in columns, of a symmetric matrix."""
    values, vectors = cast("tuple[torch.Tensor, torch.Tensor]", torch.linalg.eigh(matrix))
    return values, vectors
