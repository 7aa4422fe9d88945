"""Inter, bundled, in the few sizes that the studio uses, at the text scale in force."""

from __future__ import annotations

import math
from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "fonts"
FAMILY, DISPLAY_FAMILY = "Inter", "Inter Display"


def install() -> None:
    """Register the bundled faces with Qt. Needs a QGuiApplication.

    Raises FileNotFoundError where the folder holds none: the installation is damaged.
    """
    files = sorted(FOLDER.glob("*.otf"))
    if not files:
        raise FileNotFoundError(f"no fonts in {FOLDER}; install Noisette again")
    for file in files:
        QFontDatabase.addApplicationFont(str(file))


_scale = 1.0


def text_scale() -> float:
    """What all sizes are multiplied by, 1 to 1.5."""
    return _scale


def set_text_scale(scale: float) -> None:
    """Another text scale, for all faces asked for from now on. `sizes.follow` brings the widgets along."""
    global _scale
    _scale = scale


def scaled(pixels: float) -> int:
    """A length at the present text scale, in whole logical pixels."""
    return _rounded(pixels * _scale)


def unscaled(pixels: int, scale: float) -> int:
    """The size at text scale 1 that became `pixels` at `scale`, 0 for none. Scales from 1 up never merge two sizes."""
    near = _rounded(pixels / scale)
    return next((size for size in (near, near - 1, near + 1) if size > 0 and _rounded(size * scale) == pixels), 0)


def font(pixels: int, weight: int = 400) -> QFont:
    """Inter at a size in logical pixels at text scale 1; Inter Display from 15 up. Digits are tabular."""
    return _face(pixels, scaled(pixels), weight)


@cache
def _face(nominal: int, pixels: int, weight: int) -> QFont:
    face = QFont(DISPLAY_FAMILY if nominal >= 15 else FAMILY)
    face.setPixelSize(pixels)
    face.setWeight(QFont.Weight(weight))
    face.setFeature(QFont.Tag("tnum"), 1)
    face.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return face


@lru_cache(maxsize=1024)
def _rounded(length: float) -> int:
    return math.floor(length + 0.5)


def caption() -> QFont:
    """Captions and axes."""
    return font(11, 500)


def label() -> QFont:
    return font(12)


def value() -> QFont:
    return font(12, 500)


def section() -> QFont:
    """Titles of sections."""
    return font(12, 600)


def prompt() -> QFont:
    return font(13)


def card() -> QFont:
    """Titles of cards and buttons."""
    return font(13, 600)


def sheet() -> QFont:
    return font(16, 600)


def title() -> QFont:
    """The one large title of the first run."""
    return font(24, 600)
