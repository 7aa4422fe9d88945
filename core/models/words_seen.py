"""What a painter's rows read of the words, put together picture by picture."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from core.diffusion.guidance import WordsSeen
from core.networks.blocks import WordLook


@torch.inference_mode()
def words_seen(
    looks: Sequence[Sequence[WordLook]], firsts: Sequence[int], words: Sequence[Sequence[tuple[str, ...]]]
) -> WordsSeen:
    """looks: of each item, one a layer, of all its rows. words: of each item, those of each row of its prompted guess;
    firsts: where these rows begin.

    Prompts joined by AND have a row each: their words stand side by side, each row's attention counting alike, so that
    a cell still adds up to 1. A row without words stands for the layout alone and is left out.
    """
    longest = max(sum(len(row) for row in rows) for rows in words)
    layers = [look.layer for look in looks[0]]
    maps = list[Tensor]()
    for layer in range(len(layers)):
        each = [_of_item(own[layer].shares, first, rows) for own, first, rows in zip(looks, firsts, words, strict=True)]
        padded = [F.pad(one, (0, 0, 0, 0, 0, 1 + longest - len(one))) for one in each]
        maps.append(torch.stack(padded).half())
    rows_of = [range(first, first + len(rows)) for first, rows in zip(firsts, words, strict=True)]
    stir = [
        torch.stack([look.stir[rows.start : rows.stop].mean() for look in own])
        for own, rows in zip(looks, rows_of, strict=True)
    ]
    said = tuple(tuple(word for row in rows for word in row) for rows in words)
    return WordsSeen(said, tuple(layers), tuple(maps), torch.stack(stir, dim=1).float())


def _of_item(shares: Tensor, first: int, rows: Sequence[tuple[str, ...]]) -> Tensor:
    """(1 + T, h, w). shares: (rows, h, w, 1 + padded words)."""
    read = [place for place, row in enumerate(rows) if row] or [0]
    nothing = torch.stack([shares[first + place, ..., 0] for place in read]).mean(dim=0)
    words = [
        shares[first + place, ..., 1 : 1 + len(rows[place])].movedim(-1, 0) / len(read) for place in read if rows[place]
    ]
    return torch.cat([nothing[None], *words])
