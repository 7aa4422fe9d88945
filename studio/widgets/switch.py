"""A switch: on or off, told by place and word."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from studio.theme import Theme, fonts

GROOVE = QRectF(3, 5, 34, 18)
KNOB = 7.0


class Switch(QAbstractButton):
    """A checkable button that holds its state."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setFont(fonts.value())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(round(GROOVE.right()) + 12 + self.fontMetrics().horizontalAdvance("Off"), 28)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, on = self._theme.tokens, self.isChecked()
        groove = GROOVE.translated(0, (self.height() - 28) / 2)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(tokens.tx2 if on else tokens.ctl), 1.4))
            painter.setBrush(QColor(tokens.tx2 if on else tokens.bg2))
            painter.drawRoundedRect(groove, groove.height() / 2, groove.height() / 2)
            middle = groove.center().y()
            place = groove.right() - KNOB - 2 if on else groove.left() + KNOB + 2
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.bg1 if on else tokens.tx2))
            painter.drawEllipse(QPointF(place, middle), KNOB - 1, KNOB - 1)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(tokens.focus), 2))
                painter.drawRoundedRect(groove.adjusted(-2, -2, 2, 2), 11, 11)
            painter.setPen(QColor(tokens.tx1))
            words = QRectF(groove.right() + 8, 0, self.width() - groove.right() - 8, self.height())
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, "On" if on else "Off")
