"""What a sticker training leaves behind: weights in files that a repository takes, and the model's card."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from core.datasets.stickers.cache import STYLES
from core.latents.codec import LatentCodec
from core.models.card import ModelCard, ModelDefaults, write_card
from core.models.stickers import ROLE
from core.networks.captioned import CaptionedNetwork
from core.networks.weights import save_weights, sha256_of
from core.training.trainable import Summary

ID = "stickers"
MOST_BYTES = 16 << 20
"""Of a file of weights."""
HEADER_BYTES = 1 << 16
DEFAULTS = ModelDefaults(sampler="euler", time_grid="uniform", steps=12, guidance_scale=3.0)


@dataclass(frozen=True, slots=True)
class ShippedCodec:
    """A codec with its card's id, its file's name and what names its weights."""

    codec: LatentCodec
    id: str
    sha256: str
    file: str


def write_stickers(
    folder: Path,
    network: CaptionedNetwork,
    shipped: ShippedCodec,
    sizes: Sequence[tuple[int, int]],
    summary: Summary,
    planned: int,
    measured: Mapping[str, str | float],
) -> list[Path]:
    """stickers.safetensors (stickers-2.safetensors, ...) in fp16, stickers.json; their paths.

    planned: pictures of the recipe's whole run; a model that saw not half as many is said to be early.
    """
    shards = shards_of(network.state_dict())
    told = {"config": json.dumps(asdict(network.config)), "training": json.dumps(asdict(summary))}
    files = {"codec": shipped.file}
    sums = {"codec": shipped.sha256}
    written = list[Path]()
    for number, tensors in enumerate(shards, 1):
        ending = "" if number == 1 else f"-{number}"
        path = folder / f"{ID}{ending}.safetensors"
        save_weights(path, tensors, told, dtype=torch.float16)
        files[f"{ROLE}{ending}"], sums[f"{ROLE}{ending}"] = path.name, sha256_of(path)
        written.append(path)
    early = 2 * summary.items < planned
    own = [size for size in sizes if size[0] == size[1]] or list(sizes)
    card = ModelCard(
        id=ID,
        title=f"Stickers {max(own[0])}{', early' if early else ''}",
        summary="What a prompt in open English says, as a sticker in one of four styles, on a clear ground."
        + (f" Early: trained on {summary.items:,} pictures of {planned:,}." if early else ""),
        network=ID,
        parameterization="velocity",
        schedule="flow",
        codec=shipped.id,
        conditioning=("text", "style", "size"),
        sizes=tuple(sizes),
        styles=STYLES,
        parameters=sum(value.numel() for value in network.parameters()),
        license="Apache-2.0",
        source="from scratch on Fluent Emoji (MIT) and Noto Emoji (Apache-2.0), captions of emojibase and emojilib "
        f"(MIT); recipe {summary.recipe}",
        files=files,
        sha256=sums,
        defaults=DEFAULTS,
        training={name: value for name, value in asdict(summary).items() if not isinstance(value, bool)}
        | {"finished": str(summary.finished).lower(), "network": network.config.network, **measured},
    )
    path = folder / f"{ID}.json"
    write_card(card, path)
    return [*written, path]


def shards_of(tensors: Mapping[str, Tensor]) -> list[dict[str, Tensor]]:
    """The tensors, in order, in as many parts as stay under MOST_BYTES in fp16."""
    parts: list[dict[str, Tensor]] = [{}]
    room = MOST_BYTES - HEADER_BYTES
    for name, value in tensors.items():
        size = 2 * value.numel()
        if size > room and parts[-1]:
            parts.append({})
            room = MOST_BYTES - HEADER_BYTES
        parts[-1][name] = value
        room -= size
    return parts
