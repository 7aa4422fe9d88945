"""Inter, bundled, in the few sizes that the studio uses."""

from __future__ import annotations

from functools import cache
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


@cache
def font(pixels: int, weight: int = 400) -> QFont:
    """Inter at a size in logical pixels; Inter Display from 15 up. Digits are tabular."""
    face = QFont(DISPLAY_FAMILY if pixels >= 15 else FAMILY)
    face.setPixelSize(pixels)
    face.setWeight(QFont.Weight(weight))
    face.setFeature(QFont.Tag("tnum"), 1)
    face.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return face


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
