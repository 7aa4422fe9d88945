"""Text scale: fonts and the sizes that hold text grow together, live.

Sizes are written down at text scale 1. A widget whose size holds text takes it from here instead of Qt's own calls, and
follows every later change of the scale; one that paints itself asks for `wide` and `tall` as it paints. Widths grow as
text does; heights grow by what their lines of text do, so that the space around text stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from studio.theme import fonts

LINE = 15
"""Height of a line of the usual text at text scale 1."""
_SIDES = ("fixedWidth", "leastWidth", "mostWidth", "fixedHeight", "leastHeight")


def wide(pixels: float) -> int:
    """A width at the present text scale, in whole logical pixels."""
    return fonts.scaled(pixels)


def tall(pixels: float, lines: int = 1) -> int:
    """A height that holds so many lines of text, at the present text scale."""
    return round(pixels) + fonts.scaled(lines * LINE) - lines * LINE


def fix(widget: QWidget, *, width: int = 0, height: int = 0, lines: int = 1) -> None:
    """Fix a side, or both; 0 leaves it free. lines: of text, which the height holds."""
    _note(widget, fixedWidth=width, fixedHeight=height, lines=lines)


def bound(widget: QWidget, *, least_width: int = 0, least_height: int = 0, most_width: int = 0, lines: int = 1) -> None:
    """Bound a side; 0 leaves the bound as it is."""
    _note(widget, leastWidth=least_width, leastHeight=least_height, mostWidth=most_width, lines=lines)


def follow(before: float) -> None:
    """Bring every widget from the text scale `before` to the present one."""
    widgets = QApplication.allWidgets()
    # Read first: some widgets hand a new face on to their inner parts.
    faces = [(each, each.font()) for each in widgets if each.testAttribute(Qt.WidgetAttribute.WA_SetFont)]
    for widget, face in faces:
        size = fonts.unscaled(face.pixelSize(), before)
        if size:
            widget.setFont(fonts.font(size, face.weight()))
    for widget in widgets:
        _apply(widget)
        widget.updateGeometry()
        if (layout := widget.layout()) is not None:
            # A grid remembers the heights that its lines had at a width.
            layout.invalidate()


@contextmanager
def faces_kept() -> Iterator[None]:
    """Put another style sheet on within this: Qt gives widgets back the faces that they had under the last one."""
    own = Qt.WidgetAttribute.WA_SetFont
    faces = [(widget, widget.font()) for widget in QApplication.allWidgets() if widget.testAttribute(own)]
    yield
    for widget, face in faces:
        if widget.font() != face:
            widget.setFont(face)


def _note(widget: QWidget, **sides: int) -> None:
    lines = sides["lines"]
    for name, pixels in sides.items():
        if pixels:
            widget.setProperty(name, pixels)
            _put(widget, name, pixels, lines)


def _apply(widget: QWidget) -> None:
    lines = widget.property("lines")
    if not lines:
        return
    for name in _SIDES:
        if pixels := widget.property(name):
            _put(widget, name, pixels, lines)


def _put(widget: QWidget, name: str, pixels: int, lines: int) -> None:
    match name:
        case "fixedWidth":
            widget.setFixedWidth(wide(pixels))
        case "leastWidth":
            widget.setMinimumWidth(wide(pixels))
        case "mostWidth":
            widget.setMaximumWidth(wide(pixels))
        case "fixedHeight":
            widget.setFixedHeight(tall(pixels, lines))
        case "leastHeight":
            widget.setMinimumHeight(tall(pixels, lines))
