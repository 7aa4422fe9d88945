"""The mark of a series, as a small picture of its own."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.theme import Theme
from studio.theme.tokens import Series
from studio.widgets.markers import draw_marker

SIDE = 12


def draw_series(painter: QPainter, box: QRectF, series: Series) -> None:
    """The series' marker; the reference's, which has none, is drawn as a ring."""
    colour = QColor(series.colour)
    if series.marker == "none":
        painter.setBrush(QColor(0, 0, 0, 0))
        painter.setPen(colour)
        painter.drawEllipse(box.adjusted(1, 1, -1, -1))
    else:
        draw_marker(painter, box, series.marker, colour)


class SeriesMark(QWidget):
    """Says nothing by itself: the name stands beside it."""

    def __init__(self, theme: Theme, series: int = 0) -> None:
        super().__init__()
        self._theme, self._series = theme, series
        self.setFixedSize(SIDE, SIDE)
        theme.changed.connect(self.update)

    def show_series(self, series: int) -> None:
        if series != self._series:
            self._series = series
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_series(painter, QRectF(1, 1, SIDE - 2, SIDE - 2), self._theme.tokens.series[self._series])
