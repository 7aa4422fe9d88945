"""A ring that fills with real progress, and may carry a word."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.theme import Theme, fonts
from studio.widgets.spoken import Part, Span, Spoken, tell_value


def draw_ring(painter: QPainter, box: QRectF, fraction: float, width: float, track: str, colour: str) -> None:
    """A ring inside `box`, filled clockwise from the top by `fraction`."""
    inner = box.adjusted(width / 2, width / 2, -width / 2, -width / 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(track), width))
    painter.drawEllipse(inner)
    if fraction > 0:
        painter.setPen(QPen(QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(inner, 90 * 16, -round(fraction * 360 * 16))


class Ring(QWidget):
    """side: logical pixels."""

    def __init__(self, theme: Theme, side: int, width: float) -> None:
        super().__init__()
        self._theme, self._width, self._fraction, self._words = theme, width, 0.0, ""
        self.setFixedSize(side, side)
        self.setAccessibleName("Progress")
        theme.changed.connect(self.update)

    def show_progress(self, fraction: float, words: str = "") -> None:
        self._fraction, self._words = fraction, words
        self.setAccessibleDescription(f"{words}, {fraction * 100:.0f} %" if words else f"{fraction * 100:.0f} %")
        tell_value(self, round(100 * fraction))
        self.update()

    def spoken(self) -> Spoken:
        return Spoken(Part.PROGRESS, self.accessibleDescription(), Span(round(100 * self._fraction), 0, 100, 1))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        with QPainter(self) as painter:
            draw_ring(painter, QRectF(self.rect()), self._fraction, self._width, tokens.bg4, tokens.acc)
            if self._words:
                painter.setFont(fonts.section())
                painter.setPen(QColor(tokens.tx1))
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words)
