"""Pictures and what codecs make of them, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw

from core.evaluation.codec_scores import Reconstruct
from core.latents.codec import to_uint8
from core.latents.transparency import on_white

GROUND = (255, 255, 255)
INK = (60, 60, 60)
LABEL = 14
"""Pixels of a column's title."""


def codec_sheet(
    pictures: np.ndarray, ways: Mapping[str, Reconstruct], *, enlarged: int = 2, groups: int = 2
) -> Image.Image:
    """A row a picture, first as it is and then out of each way, titled; `groups` such blocks beside each other.

    pictures: (N, H, W, 4) uint8, straight alpha. enlarged: times, each pixel a square, so that edges can be judged.
    """
    real = on_white(pictures)
    columns = {"real": real, **{name: way(real) for name, way in ways.items()}}
    shown = {name: to_uint8(value[:, :3]) for name, value in columns.items()}
    rows = -(-len(pictures) // groups)
    side = pictures.shape[1] * enlarged
    block = side * len(shown)
    sheet = Image.new("RGB", (groups * block + (groups - 1) * LABEL, LABEL + rows * side), GROUND)
    draw = ImageDraw.Draw(sheet)
    for index in range(len(pictures)):
        group, row = divmod(index, rows)
        for column, (name, looks) in enumerate(shown.items()):
            left = group * (block + LABEL) + column * side
            if row == 0:
                draw.text((left + 2, 1), name, fill=INK)
            tile = Image.fromarray(looks[index]).resize((side, side), Image.Resampling.NEAREST)
            sheet.paste(tile, (left, LABEL + row * side))
    return sheet


def spread(rows: Sequence[int], count: int) -> list[int]:
    """`count` of the rows, evenly spread."""
    few = min(count, len(rows))
    return [rows[round(place * (len(rows) - 1) / max(few - 1, 1))] for place in range(few)]
