"""A colour to choose, as a disc with a name."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from studio.theme import Theme

SIDE = 24


class Swatch(QAbstractButton):
    """colour: #rrggbb, of what is chosen, not of the theme. Checked, it has a ring about it."""

    def __init__(self, theme: Theme, name: str, colour: str) -> None:
        super().__init__()
        self._theme, self._colour = theme, colour
        self.setCheckable(True)
        self.setFixedSize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        self.setToolTip(name)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, centre = self._theme.tokens, QPointF(SIDE / 2, SIDE / 2)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(QColor(self._colour))
            painter.setPen(QPen(QColor(tokens.ctl), 1))
            painter.drawEllipse(centre, 7.5, 7.5)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if self.isChecked():
                painter.setPen(QPen(QColor(tokens.acc), 2))
                painter.drawEllipse(centre, 10, 10)
            if self.hasFocus():
                painter.setPen(QPen(QColor(tokens.focus), 2))
                painter.drawRoundedRect(1, 1, SIDE - 2, SIDE - 2, 6, 6)
