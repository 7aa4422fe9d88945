"""Text scale: fonts and the sizes that hold text grow together, live.

Sizes are written down at text scale 1. A widget whose size holds text takes it from here instead of Qt's own calls, and
follows every later change of the scale; one that paints itself asks for `scaled` lengths as it paints.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from studio.theme import fonts

_SIDES = ("fixedWidth", "fixedHeight", "leastWidth", "leastHeight", "mostWidth")


def scaled(pixels: float) -> int:
    """A length at the present text scale, in whole logical pixels."""
    return fonts.scaled(pixels)


def fix(widget: QWidget, *, width: int = 0, height: int = 0) -> None:
    """Fix a side, or both; 0 leaves it free. A later call replaces the sides that it names."""
    for name, pixels in (("fixedWidth", width), ("fixedHeight", height)):
        if pixels:
            widget.setProperty(name, pixels)
    _apply(widget)


def bound(widget: QWidget, *, least_width: int = 0, least_height: int = 0, most_width: int = 0) -> None:
    """Bound a side; 0 leaves the bound as it is."""
    for name, pixels in (("leastWidth", least_width), ("leastHeight", least_height), ("mostWidth", most_width)):
        if pixels:
            widget.setProperty(name, pixels)
    _apply(widget)


def follow(before: float) -> None:
    """Bring every widget from the text scale `before` to the present one."""
    for widget in QApplication.allWidgets():
        if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont):
            face = widget.font()
            size = fonts.unscaled(face.pixelSize(), before)
            widget.setFont(fonts.font(size, face.weight()))
        _apply(widget)
        widget.updateGeometry()


def _apply(widget: QWidget) -> None:
    setters = (
        widget.setFixedWidth,
        widget.setFixedHeight,
        widget.setMinimumWidth,
        widget.setMinimumHeight,
        widget.setMaximumWidth,
    )
    for name, put in zip(_SIDES, setters, strict=True):
        pixels = widget.property(name)
        if pixels:
            put(scaled(pixels))
