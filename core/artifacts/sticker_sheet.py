"""Several pictures on one sheet, in a square as far as they go: 4 are two by two, 16 four by four. No torch here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from core.artifacts.atomic import write_atomically
from core.artifacts.image import COMPRESSION, Picture, PictureError, load_picture, on_clear
from core.errors import NoisetteError

GAP = 1 / 16
"""Around and between the pictures, of a cell's longer side."""
LEAST = 2
MOST_PIXELS = 160_000_000


class StickerSheetError(NoisetteError):
    """A sheet can't be drawn or written."""


def save_sheet(target: Path, sources: Sequence[Path], *, transparent: bool) -> None:
    """Draw these picture files on a sheet, in order, and write it atomically as a PNG.

    Raises StickerSheetError: for fewer than LEAST, for too many, or for files that can't be read or written.
    """
    try:
        image = draw_sheet([load_picture(source) for source in sources], transparent=transparent)
        write_atomically(target, lambda file: image.save(file, format="PNG", compress_level=COMPRESSION))
    except PictureError as error:
        raise StickerSheetError(str(error)) from error
    except OSError as error:
        raise StickerSheetError(f"{target} can't be written ({error}); choose another folder") from error


def draw_sheet(pictures: Sequence[Picture], *, transparent: bool) -> Image.Image:
    """RGBA on a clear ground, or RGB on white. Cells are as large as the largest picture, each picture in the middle of
    its own; one without alpha keeps its ground. Raises StickerSheetError."""
    if len(pictures) < LEAST:
        raise StickerSheetError(
            f"{len(pictures)} {'picture' if len(pictures) == 1 else 'pictures'} given for a sheet; it holds at least "
            f"{LEAST}, so give more, say 4 or 16"
        )
    columns = math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    across = max(picture.pixels.shape[1] for picture in pictures)
    down = max(picture.pixels.shape[0] for picture in pictures)
    gap = max(1, round(GAP * max(across, down)))
    width, height = gap + columns * (across + gap), gap + rows * (down + gap)
    if width * height > MOST_PIXELS:
        raise StickerSheetError(
            f"the sheet of {len(pictures)} pictures would be {width}x{height} pixels, more than {MOST_PIXELS // 10**6} "
            "million; take fewer of them"
        )
    sheet = np.zeros((height, width, 4), np.uint8) if transparent else np.full((height, width, 3), 255, np.uint8)
    for place, picture in enumerate(pictures):
        tall, wide = picture.pixels.shape[:2]
        top = gap + place // columns * (down + gap) + (down - tall) // 2
        left = gap + place % columns * (across + gap) + (across - wide) // 2
        sheet[top : top + tall, left : left + wide] = _clear(picture) if transparent else picture.pixels
    return Image.fromarray(sheet)


def _clear(picture: Picture) -> np.ndarray:
    alpha = picture.alpha
    return on_clear(picture.pixels, np.full(picture.pixels.shape[:2], 255, np.uint8) if alpha is None else alpha)
