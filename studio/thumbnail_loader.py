"""Thumbnails for a grid: decoded, cut and rounded off the GUI thread; what was scrolled past is not decoded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPixmap

from studio.background import Background
from studio.gallery import DecodeError, read_image
from studio.theme.tokens import RADIUS_FIELD

BATCH = 12
"""Files decoded in one go: few enough that what is wanted next need not wait long."""
KEPT_OCTETS = 96 * 2**20


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture for a tile. number: whose. path: its file. large: a larger file for tiles that ask more of it."""

    number: int
    path: str | Path
    large: str | Path


class ThumbnailLoader(QObject):
    """came(numbers): their thumbnails can be had from `pixmap`. Use it on the GUI thread."""

    came = Signal(object)

    def __init__(self, background: Background, large_from: int, *, cut: bool = True) -> None:
        """large_from: tiles of more device pixels than this are cut from the larger file.

        cut: off for whole pictures, fitted into the tile, in place of their middle squares.
        """
        super().__init__()
        self._background, self._large_from = background, large_from
        self._make = tile_image if cut else whole_image
        self._held: OrderedDict[tuple[int, int], QPixmap] = OrderedDict()
        self._octets = 0
        self._waiting: list[Wanted] = []
        self._pixels, self._ratio = 74, 1.0
        self._busy = False

    def pixmap(self, number: int) -> QPixmap | None:
        """Ready to draw at the size in force, or an empty one where its file can't be read; None if not at hand."""
        key = (number, self._pixels)
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
        return found

    def pixmaps(self, numbers: Sequence[int | None]) -> list[QPixmap | None]:
        """The same of many at once; None for None."""
        held, pixels = self._held, self._pixels
        keys = [(number, pixels) for number in numbers]
        for key in filter(held.__contains__, keys):
            held.move_to_end(key)
        return list(map(held.get, keys))

    def set_size(self, side: int, ratio: float) -> None:
        """Tiles of `side` logical pixels on a screen of `ratio` device pixels to one."""
        self._pixels, self._ratio = round(side * ratio), ratio

    def want(self, wanted: Sequence[Wanted]) -> None:
        """What is on show and not at hand, in order. It replaces what was wanted before."""
        self._waiting = list(wanted)
        self._go_on()

    def forget(self, numbers: Sequence[int]) -> None:
        """Their files changed."""
        gone = set(numbers)
        for key in [key for key in self._held if key[0] in gone]:
            self._octets -= _octets(self._held.pop(key))

    def _go_on(self) -> None:
        if self._busy or not self._waiting:
            return
        batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
        pixels, ratio = self._pixels, self._ratio
        large, make = pixels > self._large_from, self._make
        self._busy = True

        def work() -> list[tuple[int, QImage]]:
            return [(each.number, make(each, pixels, ratio, large=large)) for each in batch]

        self._background.run(work, lambda made: self._take(made, pixels))

    def _take(self, made: list[tuple[int, QImage]], pixels: int) -> None:
        self._busy = False
        for number, image in made:
            pixmap = QPixmap.fromImage(image)
            self._held[(number, pixels)] = pixmap
            self._octets += _octets(pixmap)
        while self._octets > KEPT_OCTETS and len(self._held) > BATCH:
            self._octets -= _octets(self._held.popitem(last=False)[1])
        self.came.emit([number for number, _ in made])
        self._go_on()


def tile_image(wanted: Wanted, pixels: int, ratio: float, *, large: bool) -> QImage:
    """The middle square of a picture, `pixels` a side, its corners rounded; a null image where no file can be read."""
    for path in (wanted.large, wanted.path) if large else (wanted.path, wanted.large):
        try:
            return rounded(read_image(path), pixels, RADIUS_FIELD * ratio, ratio)
        except DecodeError:
            continue
    return QImage()


def whole_image(wanted: Wanted, pixels: int, ratio: float, *, large: bool) -> QImage:
    """A whole picture, its longer side `pixels`; a null image where no file can be read."""
    for path in (wanted.large, wanted.path) if large else (wanted.path, wanted.large):
        try:
            image = read_image(path)
        except DecodeError:
            continue
        # Whole multiples keep a small picture's own pixels.
        whole = pixels % max(image.width(), image.height()) == 0
        mode = Qt.TransformationMode.FastTransformation if whole else Qt.TransformationMode.SmoothTransformation
        made = image.scaled(pixels, pixels, Qt.AspectRatioMode.KeepAspectRatio, mode)
        made.setDevicePixelRatio(ratio)
        return made
    return QImage()


def rounded(image: QImage, pixels: int, radius: float, ratio: float) -> QImage:
    """Any thread. radius: in device pixels."""
    side = min(image.width(), image.height())
    square = image.copy((image.width() - side) // 2, (image.height() - side) // 2, side, side)
    mode = Qt.TransformationMode.SmoothTransformation
    scaled = square.scaled(pixels, pixels, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
    made = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    made.fill(QColor(0, 0, 0, 0))
    with QPainter(made) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(0, 0, pixels, pixels), radius, radius)
        painter.fillPath(shape, QBrush(scaled))
    made.setDevicePixelRatio(ratio)
    return made


def _octets(pixmap: QPixmap) -> int:
    return 4 * pixmap.width() * pixmap.height()
