"""The sticker codec with a codebook: pictures as grids of whole numbers."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from core.latents.kl_codec import KlCodec, codec_network, codec_weights
from core.latents.transparency import opaque
from core.models.card import ModelCard
from core.networks.quantiser import VectorQuantiser
from core.networks.residual_codec import ResidualCodec


class VqCodec(KlCodec):
    """A LatentCodec whose latents are entries of a codebook, normalised as KlCodec's are.

    Source: van den Oord et al. 2017 (arXiv:1711.00937).
    """

    def __init__(self, network: ResidualCodec, quantiser: VectorQuantiser) -> None:
        super().__init__(network)
        self.quantiser = quantiser

    @property
    def entries(self) -> int:
        return len(self.quantiser.codebook)

    @torch.no_grad()
    def tokens(self, image: Tensor) -> Tensor:
        """(B, 4 or 3, H, W) in [-1, 1] -> (B, H/4, W/4) int64, each below `entries`. Raises as `encode` does."""
        whole = opaque(image) if image.shape[1] == 3 else image
        return self.quantiser.tokens(self.network.posterior(whole).mean)

    def from_tokens(self, tokens: Tensor) -> Tensor:
        """Tokens -> the latents that `decode` takes."""
        return self.network.normalised(self.quantiser.vectors(tokens))

    def encode(self, image: Tensor) -> Tensor:
        """The latents of the picture's tokens. Raises RequestError unless H and W are multiples of `factor`."""
        return self.from_tokens(self.tokens(image))


def load_vq_codec(card: ModelCard, folder: Path, device: torch.device) -> VqCodec:
    """The codec of a card of kind "codec" whose network is "vq_codec". Raises ModelError."""
    kept = codec_weights(card, folder, "vq_codec")
    codebook = kept.part("quantiser.")["codebook"]
    quantiser = VectorQuantiser(*codebook.shape)
    quantiser.codebook.copy_(codebook)
    return VqCodec(codec_network(kept, "network.").to(device), quantiser.to(device))
