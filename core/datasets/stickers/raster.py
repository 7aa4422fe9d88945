"""One emoji, however it was published, as square RGBA pictures of our sizes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.errors import NoisetteError

SIZES = (64, 128)
DRAWN = 256
"""Everything is drawn at, or comes at, this size and is then made smaller."""
EDITION = 1
"""Raised when the same source comes out as other pixels: drawings of older editions are made anew."""

Pixels = NDArray[np.uint8]


class DrawingError(NoisetteError):
    """A picture can't be drawn."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is to be drawn. name: of the file or icon, for errors. data: a WebP file, or an SVG as UTF-8."""

    name: str
    data: bytes
    is_svg: bool


def rasterise(drawings: Sequence[Drawing]) -> list[tuple[Pixels, ...]]:
    """For each, (size, size, 4) straight-alpha sRGB of each of SIZES. Raises DrawingError."""
    return [smaller(_drawn(drawing)) for drawing in drawings]


def smaller(picture: Pixels) -> tuple[Pixels, ...]:
    """(D, D, 4) -> that of each of SIZES, filtered with the colours weighted by their alpha.

    The Hamming filter has no negative lobes, so an edge gets no halo. Where nothing is left the colour is 0.
    """
    values = picture.astype(np.float32)
    values[..., :3] *= values[..., 3:] / 255
    planes = [Image.fromarray(np.ascontiguousarray(values[..., channel])) for channel in range(4)]
    made: list[Pixels] = []
    for size in SIZES:
        small = np.stack([np.asarray(plane.resize((size, size), Image.Resampling.HAMMING)) for plane in planes], -1)
        alpha = np.clip(small[..., 3:], 0, 255)
        covered = alpha >= 0.5
        colour = np.where(covered, small[..., :3] * 255 / np.where(covered, alpha, 255), 0)
        made.append(np.concatenate([colour, alpha * covered], -1).clip(0, 255).round().astype(np.uint8))
    return tuple(made)


def svg(body: str, width: float, height: float, *, left: float = 0, top: float = 0, mirrored: bool = False) -> bytes:
    """A square SVG around an icon's body, centred where it is not square itself."""
    side = max(width, height)
    x, y = left - (side - width) / 2, top - (side - height) / 2
    if mirrored:
        body = f'<g transform="translate({2 * left + width:g} 0) scale(-1 1)">{body}</g>'
    head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'{head} viewBox="{x:g} {y:g} {side:g} {side:g}">{body}</svg>'.encode()


def _drawn(drawing: Drawing) -> Pixels:
    data = _svg_to_png(drawing) if drawing.is_svg else drawing.data
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "WEBP")) as file:
            picture = file.convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise DrawingError(
            f"{drawing.name} is no readable picture ({error}); delete its package and fetch it anew"
        ) from error
    if min(picture.size) < max(SIZES):
        raise DrawingError(
            f"{drawing.name} has {picture.width}x{picture.height} pixels; at least {max(SIZES)} either way are needed"
        )
    return _squared(np.asarray(picture))


def _squared(picture: Pixels) -> Pixels:
    """(H, W, 4) in the middle of a transparent square."""
    height, width = picture.shape[:2]
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    return np.pad(picture, ((top, side - height - top), (left, side - width - left), (0, 0)))


def require_svg() -> None:
    """Raises DrawingError where the library that draws SVG is missing."""
    if find_spec("resvg_py") is None:
        raise DrawingError(
            "resvg-py is not installed, and it draws the stickers' SVG files; "
            "run `pip install -c packaging/constraints.txt -e '.[train]'`"
        )


def _svg_to_png(drawing: Drawing) -> bytes:
    import resvg_py

    try:
        return resvg_py.svg_to_bytes(
            svg_string=drawing.data.decode(), width=DRAWN, height=DRAWN, skip_system_fonts=True
        )
    except ValueError as error:
        raise DrawingError(f"{drawing.name} is no SVG that can be drawn ({error})") from error
