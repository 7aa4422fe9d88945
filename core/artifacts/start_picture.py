"""Pictures to begin from: kept by the hash of their pixels, so that a recipe names exactly one. No torch here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from core.artifacts.atomic import write_atomically
from core.artifacts.image import COMPRESSION, PictureError
from core.artifacts.recipe import pixels_sha256

FORMATS = ("PNG", "JPEG", "WEBP")
LONGEST_SIDE = 4096
"""Pixels: a larger picture is brought down to this before it is kept."""


def keep_start(folder: Path, picture: Path) -> str:
    """Copy a PNG, JPEG or WebP into the folder as `<sha256>.png` and return that sha256, of its pixels.

    The picture is turned as its camera noted, and laid on white where it is transparent.
    Raises PictureError where it can't be read or the copy can't be written.
    """
    pixels = _read(picture)
    digest = pixels_sha256(pixels)
    target = folder / f"{digest}.png"
    if not target.exists():
        image = Image.fromarray(pixels)
        try:
            write_atomically(target, lambda file: image.save(file, format="PNG", compress_level=COMPRESSION))
        except OSError as error:
            raise PictureError(f"{target} can't be written ({error}); free some space or check its rights") from error
    return digest


def load_start(folder: Path, sha256: str, width: int, height: int) -> np.ndarray:
    """(height, width, 3) uint8 sRGB: scaled (Lanczos) until it covers that size, the overhang cut off evenly.

    Raises PictureError where the file is gone or changed.
    """
    path = folder / f"{sha256}.png"
    if not path.is_file():
        raise PictureError(f"the start picture {path} is gone; choose it again as the picture to start from")
    pixels = _read(path)
    if pixels_sha256(pixels) != sha256:
        raise PictureError(f"the start picture {path} was changed; choose the picture to start from again")
    if pixels.shape[:2] == (height, width):
        return pixels
    return np.array(ImageOps.fit(Image.fromarray(pixels), (width, height), Image.Resampling.LANCZOS))


def _read(path: Path) -> np.ndarray:
    """(H, W, 3) uint8 sRGB, upright, no longer than LONGEST_SIDE."""
    try:
        with Image.open(path, formats=FORMATS) as opened:
            image = ImageOps.exif_transpose(opened)
            if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
                image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
            image = image.convert("RGB")
    except FileNotFoundError as error:
        raise PictureError(f"{path} does not exist; check the path") from error
    except UnidentifiedImageError as error:
        raise PictureError(f"{path} is not a picture; give a PNG, JPEG or WebP") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureError(f"{path} can't be read ({error}); check the file") from error
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return np.array(image)
