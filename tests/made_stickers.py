"""A small set of stickers in the cache's real format: coloured discs and bars, four styles of outline."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from core.datasets.stickers.cache import ENTRIES, FORMAT, MANIFEST, STYLES, pictures_name

COLOURS = {
    "red": (220, 40, 40),
    "green": (40, 180, 60),
    "blue": (40, 60, 220),
    "yellow": (240, 220, 40),
    "black": (20, 20, 20),
    "pink": (250, 140, 190),
}
SHAPES = ("disc", "bar")


def write_stickers(folder: Path) -> None:
    """Twelve concepts in four styles, 48 pictures of 64 px. "pink bar" is held out; every other one holds back a
    caption."""
    rows: list[dict[str, object]] = []
    pictures: list[np.ndarray] = []
    for style in STYLES:
        for colour in COLOURS:
            for shape in SHAPES:
                concept = f"{colour} {shape}"
                held_out = concept == "pink bar"
                rows.append(
                    {
                        "concept": concept,
                        "style": style,
                        "captions": [concept, f"{colour} thing", f"a {shape} of {colour}"],
                        "held_out_captions": [] if held_out else [f"{shape} in {colour}"],
                        "split": "held_out" if held_out else "train",
                        "source": f"made/{style}",
                    }
                )
                pictures.append(drawn(colour, shape, style))
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / pictures_name(64), np.stack(pictures))
    (folder / ENTRIES).write_text(json.dumps(rows))
    (folder / MANIFEST).write_text(json.dumps({"format": FORMAT, "digest": "d" * 64, "sizes": [64]}))


def drawn(colour: str, shape: str, style: str) -> np.ndarray:
    """(64, 64, 4) uint8. A style is the width of a dark outline."""
    y, x = np.mgrid[0:64, 0:64] - 31.5
    far = np.hypot(x, y) if shape == "disc" else np.maximum(np.abs(x), 3.0 * np.abs(y))
    outline = 2 + 4 * STYLES.index(style)
    picture = np.zeros((64, 64, 4), np.uint8)
    picture[far <= 26] = (90, 90, 90, 255)
    picture[far <= 26 - outline] = (*COLOURS[colour], 255)
    return picture
