"""What a race's lanes looked like on their way: the clean guesses before the last, kept beside its record. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from core.artifacts.atomic import write_atomically
from core.artifacts.image import COMPRESSION

MOST_PIXELS = 1 << 26
"""Of a strip; a longer one is not kept."""


def lane_looks(race: Path, lane: int) -> Path:
    """Where the looks of a lane's first seed lie, beside the race's record. lane: from 0."""
    return race.with_name(f"{race.stem}-lane-{lane + 1}-steps.png")


def save_looks(path: Path, looks: Sequence[np.ndarray]) -> None:
    """As one strip, the first step at the top. looks: (H, W, 3) uint8 sRGB each. Raises OSError.

    Nothing is written for none, or for more than `MOST_PIXELS`.
    It costs no wait for the disk: after a power cut it may be gone, and the race's figures stand without it.
    """
    if not 0 < sum(look.shape[0] * look.shape[1] for look in looks) <= MOST_PIXELS:
        return
    strip = Image.fromarray(np.concatenate(looks))
    write_atomically(path, lambda file: strip.save(file, format="PNG", compress_level=COMPRESSION), durable=False)


def read_looks(path: Path, count: int) -> tuple[np.ndarray, ...]:
    """So many looks, (H, W, 3) uint8 sRGB each; none where they are gone, damaged, or of another number of steps."""
    try:
        with Image.open(path, formats=("PNG",)) as image:
            strip = np.asarray(image.convert("RGB"))
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError, Image.DecompressionBombError):
        return ()
    if count < 1 or len(strip) % count:
        return ()
    # Each of its own, so that one that is kept does not keep them all.
    return tuple(look.copy() for look in np.split(strip, count))
