"""The difference of two pictures, with its scale as a labelled bar beside it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.pixels import to_image
from studio.theme import Theme, fonts, sizes
from studio.viewmodels.difference import CIVIDIS, Difference
from studio.widgets.spoken import Part, Spoken

BAR, FIGURES, GAP = 10, 32, 8


class DifferenceMap(QWidget):
    """Shows a Difference; empty without one."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._image: QImage | None = None
        self._top = 0.25
        self.setAccessibleName("Difference, A minus B")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(80)
        theme.changed.connect(self.update)

    def show_difference(self, difference: Difference | None) -> None:
        self._image = None if difference is None else to_image(difference.mapped)
        if difference is not None:
            self._top = difference.top
        self.setAccessibleDescription("" if difference is None else f"{difference.words}, up to {self._top:.2g}")
        self.update()

    def spoken(self) -> Spoken:
        return Spoken(Part.PICTURE, self.accessibleDescription())

    def sizeHint(self) -> QSize:
        return QSize(276, 190)

    def square(self) -> int:
        """How high a square difference is at the present width."""
        return self.width() - BAR - sizes.wide(FIGURES) - GAP

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        right = BAR + sizes.wide(FIGURES)
        with QPainter(self) as painter:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
            area = QRectF(0, 0, self.width() - right - GAP, self.height())
            if self._image is None:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tokens.bg2))
                painter.drawRoundedRect(area, 3, 3)
                return
            scale = min(area.width() / self._image.width(), area.height() / self._image.height())
            wide, tall = self._image.width() * scale, self._image.height() * scale
            place = QRectF(0, 0, wide, tall)
            painter.drawImage(place, self._image)
            self._paint_bar(painter, QRectF(wide + GAP, 0, BAR, max(tall, 60)))

    def _paint_bar(self, painter: QPainter, box: QRectF) -> None:
        gradient = QLinearGradient(box.bottomLeft(), box.topLeft())
        for at, colour in enumerate(CIVIDIS):
            gradient.setColorAt(at / (len(CIVIDIS) - 1), QColor(colour))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(box, 3, 3)
        painter.setFont(fonts.caption())
        painter.setPen(QColor(self._theme.tokens.tx3))
        tall = sizes.tall(14)
        for part in (1.0, 0.5, 0.0):
            # Three figures where two would round the middle away.
            words = f"{part * self._top:.{2 if self._top >= 0.1 else 3}f}".removeprefix("0") if part else "0"
            y = min(max(box.bottom() - part * box.height() - tall / 2, box.top()), box.bottom() - tall)
            painter.drawText(QRectF(box.right() + 6, y, 40, tall), Qt.AlignmentFlag.AlignVCenter, words)
