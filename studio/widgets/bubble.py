"""A figure beside a point of a plot."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.theme import Theme, fonts


class Bubble(QWidget):
    """Stands in the plot. Takes no part in what the pointer does."""

    def __init__(self, theme: Theme, plot: QWidget) -> None:
        super().__init__(plot)
        self._theme, self.words = theme, ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFont(fonts.section())
        self.hide()

    def show_at(self, point: QPointF, words: str) -> None:
        """Up and right of the point, or wherever there is room."""
        self.words = words
        size = QSize(self.fontMetrics().horizontalAdvance(words) + 16, 22)
        parent = self.parentWidget()
        left = point.x() + 12 if point.x() + 12 + size.width() <= parent.width() - 4 else point.x() - 12 - size.width()
        above = point.y() - 10 - size.height()
        top = above if above >= 3 else min(point.y() + 12, parent.height() - size.height() - 3.0)
        self.setGeometry(round(left), round(top), size.width(), size.height())
        self.show()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(tokens.line2), 1))
            painter.setBrush(QColor(tokens.bg3))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
            painter.setPen(QColor(tokens.tx1))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.words)
