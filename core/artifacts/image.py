"""Pictures as PNG files that carry their recipe. No torch here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from core.artifacts.atomic import write_atomically
from core.artifacts.recipe import Recipe, RecipeError
from core.errors import NoisetteError
from core.interop.infotext import infotext

RECIPE_KEY = "noisette"
INFOTEXT_KEY = "parameters"

THUMBNAIL_SIDE = 192
"""Longest side of a thumbnail, pixels: a 74-pixel tile on a screen of 2.5 device pixels to one."""
COMPRESSION = 2
"""zlib level: at 1024 x 1024 a third of the default level's time, files a few per cent larger."""


class PictureError(NoisetteError):
    """A picture file is missing, damaged, or not a PNG."""


@dataclass(frozen=True, slots=True)
class Picture:
    """pixels: (H, W, 3) uint8 sRGB."""

    pixels: np.ndarray
    recipe: Recipe


def save_picture(path: Path, pixels: np.ndarray, recipe: Recipe) -> None:
    """Write a PNG atomically, with its recipe (`noisette`) and other tools' form of it (`parameters`).

    pixels: (H, W, 3) uint8 sRGB. Raises OSError.
    """
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt(RECIPE_KEY, recipe.to_json())
    texts.add_itxt(INFOTEXT_KEY, infotext(recipe))
    image = Image.fromarray(np.ascontiguousarray(pixels))

    def write(file: BinaryIO) -> None:
        image.save(file, format="PNG", compress_level=COMPRESSION, pnginfo=texts)

    write_atomically(path, write)


def load_picture(path: Path) -> Picture:
    """Raises PictureError where it can't be read, RecipeError where no readable recipe is inside."""
    with _opened(path) as image:
        recipe = _recipe(image, path)
        return Picture(np.asarray(image.convert("RGB")), recipe)


def load_recipe(path: Path) -> Recipe:
    """The recipe alone, without checking the pixels. Raises as `load_picture` does."""
    with _opened(path, pixels=False) as image:
        return _recipe(image, path)


def save_thumbnail(path: Path, pixels: np.ndarray) -> None:
    """Write a PNG atomically, at most `THUMBNAIL_SIDE` pixels a side, never enlarged. Raises OSError.

    It costs no wait for the disk: after a power cut it may be gone, and a start makes it again.
    """
    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    write_atomically(path, lambda file: image.save(file, format="PNG", compress_level=COMPRESSION), durable=False)


def _opened(path: Path, *, pixels: bool = True) -> PngImagePlugin.PngImageFile:
    """pixels: decode them too, so that a file cut short is found here."""
    try:
        image = Image.open(path, formats=("PNG",))
    except FileNotFoundError as error:
        raise PictureError(f"{path} does not exist; check the path") from error
    except UnidentifiedImageError as error:
        raise PictureError(f"{path} is not a PNG; give a picture that Noisette saved") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureError(f"{path} can't be read ({error}); check the file") from error
    try:
        if pixels:
            image.load()
        assert isinstance(image, PngImagePlugin.PngImageFile)
        return image
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        image.close()
        raise PictureError(f"{path} is damaged ({error}); take another copy of it") from error


def _recipe(image: PngImagePlugin.PngImageFile, path: Path) -> Recipe:
    text = image.info.get(RECIPE_KEY)
    if not isinstance(text, str):
        raise RecipeError(f"{path} holds no recipe; give a picture that Noisette saved and no other tool rewrote")
    try:
        return Recipe.from_json(text)
    except RecipeError as error:
        raise RecipeError(f"{path}: {error}") from error
