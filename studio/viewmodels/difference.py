"""Two pictures' difference, as figures and as a map of colours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

CIVIDIS = ("#00224E", "#123570", "#434E6C", "#5F636E", "#7C7B78", "#9B9476", "#BCAF6F", "#DECB5D", "#FEE838")
"""Blue to yellow in even steps of lightness, for every eye. Source: Nuñez, Anderton and Renslow 2018, "Optimizing
colormaps with consideration for color vision deficiency", the map named cividis."""


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """mapped: (H, W, 3) uint8, the scale's colours. top: the difference (1 is black to white) at the scale's end.

    psnr: in dB, infinite where the pictures are the same.
    """

    mapped: np.ndarray
    top: float
    psnr: float

    @property
    def words(self) -> str:
        return "identical" if math.isinf(self.psnr) else f"PSNR {self.psnr:.1f} dB"


def difference_of(a: np.ndarray, b: np.ndarray, gain: float) -> Difference:
    """a, b: (H, W, 3) uint8 of one size. gain: how much darker differences reach the scale's end: 1 / gain does."""
    import numpy as np

    apart = np.abs(a.astype(np.float32) - b.astype(np.float32)) / 255.0
    mean_square = float(np.mean(np.square(apart, dtype=np.float64)))
    psnr = math.inf if mean_square == 0.0 else -10.0 * math.log10(mean_square)
    places = np.clip(apart.mean(axis=-1) * gain * 255.0, 0.0, 255.0).astype(np.uint8)
    return Difference(np.array(scale(), dtype=np.uint8)[places], 1.0 / gain, psnr)


def fitting_gain(a: np.ndarray, b: np.ndarray) -> float:
    """A power of 2 from 1 to 64 at which the largest differences come near to the scale's end, and not beyond."""
    import numpy as np

    apart = np.abs(a.astype(np.float32) - b.astype(np.float32)).mean(axis=-1) / 255.0
    peak = float(np.quantile(apart, 0.999))
    return 64.0 if peak <= 1.0 / 64.0 else 2.0 ** math.floor(-math.log2(peak))


@cache
def scale() -> tuple[tuple[int, int, int], ...]:
    """256 colours, from no difference to all of it."""
    anchors = [tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5)) for colour in CIVIDIS]
    made = list[tuple[int, int, int]]()
    for step in range(256):
        place = step / 255 * (len(anchors) - 1)
        low = min(int(place), len(anchors) - 2)
        part = place - low
        red, green, blue = (round((1 - part) * anchors[low][axis] + part * anchors[low + 1][axis]) for axis in range(3))
        made.append((red, green, blue))
    return tuple(made)
