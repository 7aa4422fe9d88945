"""A set of stickers as latents, at every size of a recipe, as they are and mirrored, encoded once and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from core.datasets.stickers.cache import StickerSet
from core.latents.codec import LatentCodec
from core.latents.transparency import on_white
from core.training.data import Column, build_cache, open_cache
from core.training.loop import multiplies_bf16

Size = tuple[int, int]
"""(width, height), pixels."""
AT_ONCE = 64


def placed(pictures: NDArray[np.uint8], size: Size) -> Tensor:
    """Stickers as large as fit, in the middle of a clear ground: (B, 4, height, width) in [-1, 1], RGB on white, alpha.

    pictures: (B, S, S, 4) uint8, straight alpha.
    """
    width, height = size
    side = min(size)
    whole = on_white(pictures)
    if whole.shape[-1] != side:
        whole = F.interpolate(whole, (side, side), mode="bilinear", antialias=True)
    ground = torch.tensor([1.0, 1.0, 1.0, -1.0])[None, :, None, None].repeat(len(whole), 1, height, width)
    top, left = (height - side) // 2, (width - side) // 2
    ground[:, :, top : top + side, left : left + side] = whole
    return ground


def drawn_at(stickers: StickerSet, size: Size) -> int:
    """The side at which stickers for this size are to be read: the least that need not be enlarged."""
    enough = [side for side in sorted(stickers.sizes) if side >= min(size)]
    return enough[0] if enough else max(stickers.sizes)


def latents(
    codec: LatentCodec, codec_id: str, stickers: StickerSet, rows: Sequence[int], size: Size, folder: Path
) -> NDArray[np.float16]:
    """(N, 2, channels, height / factor, width / factor) float16, mapped: each row as it is, then mirrored.

    codec_id: names the codec's weights. The work of a call that was broken off is kept.
    """
    pictures = stickers.pictures(drawn_at(stickers, size))
    width, height = size
    shape = (2, codec.channels, height // codec.factor, width // codec.factor)
    named = f"{codec_id} {stickers.digest} {width}x{height} {hashlib.sha256(repr(list(rows)).encode()).hexdigest()}"
    home = folder / f"latents-{width}x{height}-{hashlib.sha256(named.encode()).hexdigest()[:12]}"

    @torch.no_grad()
    def encoded(start: int, stop: int) -> dict[str, np.ndarray]:
        made = list[np.ndarray]()
        for first in range(start, stop, AT_ONCE):
            own = placed(pictures[list(rows[first : min(first + AT_ONCE, stop)])], size)
            # three times as quick, and the latents differ by less than a thousandth of their spread
            with torch.autocast("cpu", torch.bfloat16, enabled=multiplies_bf16(torch.device("cpu"))):
                both = torch.stack([codec.encode(own), codec.encode(own.flip(3))], dim=1)
            made.append(both.float().numpy().astype(np.float16))
        return {"latent": np.concatenate(made)}

    for _ in build_cache(home, (Column("latent", shape, "float16"),), len(rows), named, encoded, AT_ONCE * 8):
        pass
    return open_cache(home, named, len(rows))["latent"]
