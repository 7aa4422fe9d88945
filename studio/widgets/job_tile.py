"""A job's latest look as a small tile, its bar of progress, and the handle that moves it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.theme import Theme, icons
from studio.theme.tokens import RADIUS_FIELD

TILE = 38
ICON = 16.0


class JobTile(QWidget):
    """A picture, faded where its job ended without a result; an icon where there is none yet."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._image, self._faded = theme, QImage(), False
        self.setFixedSize(TILE, TILE)
        theme.changed.connect(self.update)

    def show_image(self, image: QImage, *, faded: bool) -> None:
        """image: may be null."""
        self._image, self._faded = image, faded
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        box = QRectF(self.rect())
        with QPainter(self) as painter:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
            shape = QPainterPath()
            shape.addRoundedRect(box, RADIUS_FIELD, RADIUS_FIELD)
            painter.fillPath(shape, QColor(self._theme.tokens.bg3))
            if self._image.isNull():
                corner = box.center() - QPointF(ICON / 2, ICON / 2)
                icons.paint(painter, "image", self._theme.tokens.tx3, QRectF(corner.x(), corner.y(), ICON, ICON))
                return
            painter.setClipPath(shape)
            painter.setOpacity(0.5 if self._faded else 1.0)
            side = min(self._image.width(), self._image.height())
            left, top = (self._image.width() - side) / 2, (self._image.height() - side) / 2
            painter.drawImage(box, self._image, QRectF(left, top, side, side))


class ThinBar(QWidget):
    """A bar that fills with real progress."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._fraction = theme, 0.0
        self.setFixedHeight(3)
        theme.changed.connect(self.update)

    def show_fraction(self, fraction: float) -> None:
        self._fraction = fraction
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.tokens.bg4))
            painter.drawRoundedRect(QRectF(self.rect()), 1.5, 1.5)
            painter.setBrush(QColor(self._theme.tokens.acc))
            painter.drawRoundedRect(QRectF(0, 0, self.width() * self._fraction, self.height()), 1.5, 1.5)


class Grip(QWidget):
    """Six dots that say: this can be dragged. The row that holds it takes the mouse."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self.shown = theme, False
        self.setFixedSize(12, TILE)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self.update)

    def set_shown(self, shown: bool) -> None:
        self.shown = shown
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.shown:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.tokens.tx3))
            middle = self.height() / 2
            for x in (3.0, 7.0):
                for y in (middle - 4, middle, middle + 4):
                    painter.drawEllipse(QPointF(x, y), 1.0, 1.0)
