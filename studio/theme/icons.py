"""The icon set: SVG files on a 24 grid, drawn in the current colour at device pixels."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "icons"
GRID, DRAWN, LEAST = 24, "1.6", 1.35
"""The files' grid, the width of their strokes on it, and how thin a stroke may come out, logical pixels."""


def file(name: str) -> Path:
    """Where the icon lies, for a style sheet's url()."""
    return FOLDER / f"{name}.svg"


@cache
def _source(name: str) -> str:
    return file(name).read_text(encoding="utf-8")


@cache
def _renderer(name: str, colour: str, stroke: str = DRAWN) -> QSvgRenderer:
    source = (
        _source(name).replace("currentColor", colour).replace(f'stroke-width="{DRAWN}"', f'stroke-width="{stroke}"')
    )
    return QSvgRenderer(QByteArray(source.encode()))


def _stroke(size: float) -> str:
    """On the 24 grid: as the files have it, wider where that would come out thinner than `LEAST` pixels."""
    return f"{max(float(DRAWN), LEAST * GRID / size):.2f}"


@cache
def pixmap(name: str, colour: str, size: int = 16, ratio: float = 1.0) -> QPixmap:
    """The icon `name` in `colour` (`#rrggbb`), `size` logical pixels square, at a device pixel ratio."""
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        _renderer(name, colour, _stroke(size)).render(painter, QRectF(0, 0, size, size))
    return picture


def paint(painter: QPainter, name: str, colour: str, box: QRectF) -> None:
    """Draw the icon as vectors into `box`."""
    _renderer(name, colour, _stroke(box.width())).render(painter, box)


def icon(name: str, colour: str, size: int = 16) -> QIcon:
    """A QIcon with pictures for the screens that are there now; ask again when the window's device pixels change."""
    made = QIcon()
    for ratio in sorted({screen.devicePixelRatio() for screen in QGuiApplication.screens()}):
        made.addPixmap(pixmap(name, colour, size, ratio))
    return made


def names() -> tuple[str, ...]:
    """Every icon there is."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.svg")))
