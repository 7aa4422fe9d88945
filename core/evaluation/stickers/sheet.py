"""Pictures on a sheet with words below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.artifacts.atomic import write_atomically
from core.evaluation.stickers.report import StickersMeasured

FONTS = Path(__file__).resolve().parents[3] / "assets" / "fonts"
GAP, LINES, LINE, FONT_SIZE = 8, 3, 12, 9
INK, QUIET = "#1A1A1E", "#6B6B76"


@dataclass(frozen=True, slots=True)
class Cell:
    """pictures: (H, W, 3) uint8 each, side by side. words: below them; faint: words that follow, lighter."""

    pictures: tuple[np.ndarray, ...]
    words: str
    faint: str = ""


def draw_sheet(cells: Sequence[Cell], columns: int, scale: int = 1, title: str = "") -> Image.Image:
    """Cells in rows from the left; pictures enlarged by whole multiples. All cells are of the first one's size."""
    first = cells[0].pictures
    wide, high = sum(part.shape[1] for part in first) * scale, first[0].shape[0] * scale
    cell_width, cell_height = wide + GAP, high + LINES * LINE + GAP
    head = 2 * LINE if title else 0
    rows = -(-len(cells) // columns)
    sheet = Image.new("RGB", (columns * cell_width + GAP, rows * cell_height + head + GAP), "white")
    draw = ImageDraw.Draw(sheet)
    draw.text((GAP, GAP // 2), title, fill=INK, font=_font(FONT_SIZE + 3))
    for number, cell in enumerate(cells):
        x, y = GAP + number % columns * cell_width, GAP + head + number // columns * cell_height
        across = x
        for part in cell.pictures:
            shown = Image.fromarray(part).resize((part.shape[1] * scale, high), Image.Resampling.NEAREST)
            sheet.paste(shown, (across, y))
            across += shown.width
        lines = [(line, INK) for line in _wrapped(cell.words, wide)] + [
            (line, QUIET) for line in _wrapped(cell.faint, wide)
        ]
        for place, (line, ink) in enumerate(lines[:LINES]):
            draw.text((x, y + high + 1 + place * LINE), line, fill=ink, font=_font(FONT_SIZE))
    return sheet


def neighbours_sheet(model_id: str, entry: StickersMeasured, samples: np.ndarray, trained: np.ndarray) -> Image.Image:
    """Each sample beside its nearest training picture. samples, trained: (N, H, W, 3) uint8, as entry.neighbours."""
    cells = [
        Cell(
            (sample, beside),
            f"{told.caption}, {told.style}",
            f"{told.nearest_concept}, {told.nearest_style}: {told.distance:.3f}",
        )
        for sample, beside, told in zip(samples, trained, entry.neighbours, strict=True)
    ]
    settings = f"{entry.steps} steps, guidance {entry.guidance_scale:g}"
    return draw_sheet(cells, 8, title=f"{model_id}, {settings}: samples, and the training picture nearest to each")


def write_sheet(path: Path, sheet: Image.Image) -> Path:
    """As PNG, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, lambda file: sheet.save(file, format="PNG", optimize=True))
    return path


def _wrapped(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _font(FONT_SIZE).getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


@lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / "Inter-Regular.otf"), size)
