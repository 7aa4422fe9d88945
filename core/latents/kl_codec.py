"""The sticker codecs as a denoiser sees them: normalised latents, colour and alpha apart."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.errors import ModelError, NoisetteError
from core.latents.codec import to_uint8
from core.latents.transparency import alpha_of, opaque
from core.models.card import ModelCard
from core.networks.residual_codec import ResidualCodec, ResidualCodecConfig
from core.networks.weights import Weights, load_weights
from core.plain import from_plain

ROLE = "codec"


class KlCodec:
    """A LatentCodec. Latents have about zero mean and unit variance per channel over the training pictures.

    Source: Rombach et al. 2022 (arXiv:2112.10752), section 3.1, the KL kind.
    """

    def __init__(self, network: ResidualCodec) -> None:
        self.network = network

    @property
    def channels(self) -> int:
        return self.network.config.channels

    @property
    def factor(self) -> int:
        return self.network.config.factor

    @torch.no_grad()
    def encode(self, image: Tensor) -> Tensor:
        """(B, 4, H, W) in [-1, 1], colour on white and alpha -> the posterior's means, (B, channels, H/4, W/4).

        A picture of 3 channels counts as opaque. Raises RequestError unless H and W are multiples of `factor`.
        """
        whole = opaque(image) if image.shape[1] == 3 else image
        return self.network.normalised(self.network.posterior(whole).mean)

    @torch.no_grad()
    def pictures(self, latent: Tensor) -> Tensor:
        """Latents -> (B, 4, H, W), nominally in [-1, 1]: colour on white, then alpha."""
        return self.network.pictures(self.network.raw(latent))

    def decode(self, latent: Tensor) -> Tensor:
        """Latents -> colour on white, (B, 3, H, W), nominally in [-1, 1]."""
        return self.pictures(latent)[:, :3]

    def decode_alpha(self, latent: Tensor) -> Tensor:
        """Latents -> alpha, (B, 1, H, W) in [0, 1]. Where colour is wanted too, take `pictures`: one pass for both."""
        return alpha_of(self.pictures(latent))

    @torch.no_grad()
    def quick(self, latent: Tensor) -> Tensor:
        """As `pictures`, by the tiny decoder: coarser, and many times as fast."""
        return self.network.tiny(self.network.raw(latent.float()))

    @torch.inference_mode()
    def preview(self, latent: Tensor) -> np.ndarray:
        """Latents -> (B, H, W, 3) uint8 sRGB on white, by the tiny decoder."""
        return to_uint8(self.quick(latent)[:, :3])

    @torch.inference_mode()
    def look(self, latent: Tensor) -> np.ndarray:
        """Latents -> (B, h, w, 3) uint8 sRGB, one pixel a cell, by the linear map."""
        return to_uint8(self.network.shown(latent.float()))


def load_codec(card: ModelCard, folder: Path, device: torch.device) -> KlCodec:
    """The codec of a card of kind "codec" whose network is "kl_codec". Raises ModelError."""
    kept = codec_weights(card, folder, "kl_codec")
    return KlCodec(codec_network(kept, "").to(device))


def codec_weights(card: ModelCard, folder: Path, network: str) -> Weights:
    """The weights of a codec's card. Raises ModelError for a card of something else."""
    if card.kind != "codec" or card.network != network or ROLE not in card.files:
        raise ModelError(f"model {card.id!r} is a {card.kind} of network {card.network!r}; choose a codec, {network!r}")
    return load_weights(folder / card.files[ROLE])


def codec_network(kept: Weights, prefix: str) -> ResidualCodec:
    """The network whose tensors lie under the prefix. Raises ModelError."""
    try:
        config = from_plain(ResidualCodecConfig, json.loads(kept.metadata["config"]), "the codec's header")
    except (KeyError, ValueError, NoisetteError) as error:
        raise ModelError(f"these weights don't say which codec they are ({error}); restore the file") from error
    return ResidualCodec.from_tensors(config, kept.part(prefix))


def codec_header(config: ResidualCodecConfig) -> dict[str, str]:
    """What `codec_network` reads: for the weights' file."""
    return {"config": json.dumps(asdict(config))}
