"""How alike pictures are that should differ, beside real ones of other things; and what a codec makes of real ones."""

from __future__ import annotations

from itertools import combinations
from typing import cast

import numpy as np
import torch

from core.datasets.stickers.cache import TRAIN, StickerSet
from core.evaluation.ssim import ms_ssim
from core.evaluation.stickers.looking import on_white
from core.latents.codec import LatentCodec, to_uint8
from core.latents.transparency import on_white as with_alpha_on_white

PAIRS = 200
"""Of real pictures, for what MS-SSIM is between different things."""


def likeness_of_each(pictures: np.ndarray, seeds: int) -> float:
    """The mean MS-SSIM of all pairs of one prompt, over the prompts. pictures: (prompts * seeds, H, W, 3) uint8."""
    first, second = zip(*combinations(range(seeds), 2), strict=True)
    groups = pictures.reshape(-1, seeds, *pictures.shape[1:])
    return float(np.mean([_likeness(group[list(first)], group[list(second)]) for group in groups]))


def likeness_of_real(stickers: StickerSet, size: int, seed: int) -> float:
    """The same of pairs of training pictures in one style, drawn by the seed: mostly different things."""
    rng = np.random.default_rng((seed, 3))
    pictures, values = stickers.pictures(size), list[float]()
    by_style: dict[str, list[int]] = {}
    for entry in stickers.entries:
        if entry.split == TRAIN:
            by_style.setdefault(entry.style, []).append(entry.index)
    for rows in by_style.values():
        pairs = rng.choice(rows, (PAIRS // len(by_style), 2))
        values += _likeness(on_white(pictures[pairs[:, 0]]), on_white(pictures[pairs[:, 1]]))
    return float(np.mean(values))


@torch.inference_mode()
def through_codec(codec: LatentCodec, pictures: np.ndarray) -> np.ndarray:
    """(N, H, W, 4) uint8 straight-alpha -> (N, H, W, 3) uint8 on white, after encoding and decoding."""
    parts = [pictures[start : start + 64] for start in range(0, len(pictures), 64)]
    return np.concatenate([to_uint8(codec.decode(codec.encode(with_alpha_on_white(part)))) for part in parts])


def _likeness(first: np.ndarray, second: np.ndarray) -> list[float]:
    """MS-SSIM of each pair. (B, H, W, 3) uint8."""
    a, b = (torch.from_numpy(side).permute(0, 3, 1, 2).float() / 255.0 for side in (first, second))
    return cast("list[float]", ms_ssim(a, b).tolist())
