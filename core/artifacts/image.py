"""Pictures as PNG files that carry their recipe. No torch here."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
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
ALPHA_KEY = "noisette-alpha"
"""A grey PNG in base64: how opaque each pixel is, where a model says so. Other tools show the picture on white."""

THUMBNAIL_SIDE = 192
"""Longest side of a thumbnail, pixels: a 74-pixel tile on a screen of 2.5 device pixels to one."""
COMPRESSION = 2
"""zlib level: at 1024 x 1024 a third of the default level's time, files a few per cent larger."""


class PictureError(NoisetteError):
    """A picture file is missing, damaged, or not a PNG."""


@dataclass(frozen=True, slots=True)
class Picture:
    """pixels: (H, W, 3) uint8 sRGB. alpha: (H, W) uint8, 255 opaque, of a model that draws on a clear ground; then
    pixels are on white."""

    pixels: np.ndarray
    recipe: Recipe
    alpha: np.ndarray | None = None


def save_picture(path: Path, pixels: np.ndarray, recipe: Recipe, alpha: np.ndarray | None = None) -> None:
    """Write a PNG atomically, with its recipe (`noisette`) and other tools' form of it (`parameters`).

    pixels: (H, W, 3) uint8 sRGB; alpha: as `Picture` has it. Raises OSError.
    """
    texts = _texts(recipe)
    if alpha is not None:
        packed = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(alpha)).save(packed, format="PNG", compress_level=9)
        texts.add_text(ALPHA_KEY, base64.b64encode(packed.getvalue()).decode("ascii"))
    _write(path, pixels, texts)


def save_transparent(path: Path, picture: Picture) -> None:
    """Write a PNG with an alpha channel, atomically, and the same texts. Raises PictureError for a picture without
    alpha, OSError."""
    octets = transparent_png(picture)
    write_atomically(path, lambda file: file.write(octets))


def transparent_png(picture: Picture) -> bytes:
    """A PNG with an alpha channel and the same texts. Raises PictureError for a picture without alpha."""
    if picture.alpha is None:
        request = picture.recipe.request
        raise PictureError(f"the picture has no clear ground: {request.model_id} draws none; keep it as it is")
    return export_png(picture, transparent=True)


def export_png(picture: Picture, *, transparent: bool, notes: Mapping[str, str] | None = None) -> bytes:
    """A PNG for elsewhere with the same texts. transparent: with an alpha channel, where the picture has alpha.

    notes: more texts, by key.
    """
    texts = _texts(picture.recipe)
    for key, words in (notes or {}).items():
        texts.add_itxt(key, words)
    alpha = picture.alpha if transparent else None
    pixels = picture.pixels if alpha is None else on_clear(picture.pixels, alpha)
    octets = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.save(octets, format="PNG", compress_level=COMPRESSION, pnginfo=texts)
    return octets.getvalue()


def on_clear(pixels: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 on white and (H, W) uint8 -> (H, W, 4) uint8 with straight alpha, black where clear.

    Composited on white again it is the same to a unit or two: 8 bits hold no more.
    """
    opacity = alpha[..., None].astype(np.float64) / 255.0
    white = pixels.astype(np.float64) / 255.0
    straight = np.clip((white - (1.0 - opacity)) / np.maximum(opacity, 1.0 / 255.0), 0.0, 1.0) * (opacity > 0.0)
    return np.concatenate([np.rint(255.0 * straight), alpha[..., None]], axis=2).astype(np.uint8)


def _texts(recipe: Recipe) -> PngImagePlugin.PngInfo:
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt(RECIPE_KEY, recipe.to_json())
    texts.add_itxt(INFOTEXT_KEY, infotext(recipe))
    return texts


def _write(path: Path, pixels: np.ndarray, texts: PngImagePlugin.PngInfo) -> None:
    image = Image.fromarray(np.ascontiguousarray(pixels))

    def write(file: BinaryIO) -> None:
        image.save(file, format="PNG", compress_level=COMPRESSION, pnginfo=texts)

    write_atomically(path, write)


def load_picture(path: Path) -> Picture:
    """Raises PictureError where it can't be read, RecipeError where no readable recipe is inside."""
    with _opened(path) as image:
        recipe = _recipe(image, path)
        return Picture(np.asarray(image.convert("RGB")), recipe, _alpha(image, path))


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


def _alpha(image: PngImagePlugin.PngImageFile, path: Path) -> np.ndarray | None:
    text = image.info.get(ALPHA_KEY)
    if not isinstance(text, str):
        return None
    try:
        with Image.open(io.BytesIO(base64.b64decode(text, validate=True)), formats=("PNG",)) as packed:
            if packed.mode != "L" or packed.size != image.size:
                raise ValueError(f"it is {packed.mode} of {packed.size}")
            return np.asarray(packed)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureError(f"{path} holds a damaged alpha ({error}); take another copy of it") from error


def _recipe(image: PngImagePlugin.PngImageFile, path: Path) -> Recipe:
    text = image.info.get(RECIPE_KEY)
    if not isinstance(text, str):
        raise RecipeError(f"{path} holds no recipe; give a picture that Noisette saved and no other tool rewrote")
    try:
        return Recipe.from_json(text)
    except RecipeError as error:
        raise RecipeError(f"{path}: {error}") from error
