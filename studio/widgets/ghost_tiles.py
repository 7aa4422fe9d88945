"""Where thumbnails will be: empty tiles that fade to the right."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.theme import Theme
from studio.theme.tokens import RADIUS_FIELD
from studio.widgets.thumbnails import PITCH, SIDE


class GhostTiles(QWidget):
    """As many as fit, the last ones hardly there. Decoration: screen readers and the pointer pass over it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedHeight(SIDE + 10)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        count = max((self.width() + PITCH - SIDE) // PITCH, 1)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for place in range(count):
                painter.setOpacity(1.0 - place / count)
                painter.setPen(QColor(self._theme.tokens.line))
                painter.setBrush(QColor(self._theme.tokens.bg2))
                box = QRectF(place * PITCH + 0.5, 4.5, SIDE - 1, SIDE - 1)
                painter.drawRoundedRect(box, RADIUS_FIELD, RADIUS_FIELD)
