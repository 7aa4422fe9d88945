"""A handful of stickers to train on: coloured discs on a clear ground."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from core.datasets.stickers.cache import STYLES, Sticker, StickerSet, pictures_name
from core.latents.kl_codec import KlCodec
from core.networks.residual_codec import ResidualCodec, ResidualCodecConfig

CONCEPTS = ("red disc", "green disc", "blue disc", "left arrow")
SMALL_CODEC = ResidualCodecConfig(coarse=8, fine=8, encoder=(1, 1), decoder=(1, 1), tiny=8)


def small_stickers(folder: Path, sizes: tuple[int, ...] = (16, 32)) -> StickerSet:
    """Each concept in each style; the blue disc is held out."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = tuple(
        Sticker(
            index,
            concept,
            style,
            (concept, f"round {concept}"),
            (),
            "held_out" if concept == "blue disc" else "train",
            "tests/discs",
        )
        for index, (concept, style) in enumerate((concept, style) for concept in CONCEPTS for style in STYLES)
    )
    for size in sizes:
        rows, columns = np.mgrid[:size, :size] + 0.5 - size / 2
        inside = rows**2 + columns**2 < (0.4 * size) ** 2
        pictures = np.zeros((len(entries), size, size, 4), np.uint8)
        for entry in entries:
            place = CONCEPTS.index(entry.concept)
            pictures[entry.index, ..., place % 3] = 255 * inside
            pictures[entry.index, :, : size // 2, (place + 1) % 3] = 90 * inside[:, : size // 2]
            pictures[entry.index, ..., 3] = 255 * inside
        np.save(folder / pictures_name(size), pictures)
    return StickerSet(folder, entries, {"digest": "d" * 64, "sizes": list(sizes), "format": 1})


def small_codec() -> KlCodec:
    torch.manual_seed(0)
    network = ResidualCodec(SMALL_CODEC)
    network.start(torch.rand(4, 4, 16, 16) * 2 - 1)
    return KlCodec(network.eval().requires_grad_(False))
