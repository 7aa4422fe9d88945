"""From a codec's card to the codec."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from core.errors import ModelError
from core.latents.kl_codec import KlCodec, load_codec
from core.latents.vq_codec import load_vq_codec
from core.models.card import ModelCard

LOADERS: dict[str, Callable[[ModelCard, Path, torch.device], KlCodec]] = {
    "kl_codec": load_codec,
    "vq_codec": load_vq_codec,
}
"""By a card's network."""


def reconstructions(card: ModelCard, folder: Path, device: torch.device) -> dict[str, Callable[[Tensor], Tensor]]:
    """Ways for pictures through the codec, (B, 4, H, W) both ends, by name: whole, and with the preview's decoder.

    Raises ModelError for a card of no known codec.
    """
    if card.network not in LOADERS:
        raise ModelError(f"codec {card.id!r} has network {card.network!r}; this Noisette reads {', '.join(LOADERS)}")
    codec = LOADERS[card.network](card, folder, device)
    return {
        card.id: lambda real: codec.pictures(codec.encode(real)),
        f"{card.id} preview": lambda real: codec.quick(codec.encode(real)),
    }
