"""What lies over the window while a picture hovers above it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.theme import Theme, fonts, icons

WORDS = "Drop to restore its settings"
HINT = "On “Start from” its pixels are used instead"
DIMMED = 0.72
MARGIN, RADIUS = 5, 8


class DropOverlay(QWidget):
    """Dims the window, with a dashed frame and a line of words. The drag goes through it to what lies below."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self.setAccessibleName(WORDS)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def open(self) -> None:
        """Over the whole window as it is now."""
        if self.isHidden():
            self.setGeometry(self.parentWidget().rect())
            self.show()
            self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        ground = QColor(tokens.bg0)
        ground.setAlphaF(DIMMED)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), ground)
            painter.setPen(QPen(QColor(tokens.acc), 2, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN), RADIUS, RADIUS)
            self._draw_card(painter)

    def _draw_card(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        width, height = fonts.scaled(340), fonts.scaled(132)
        card = QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)
        painter.setPen(QPen(QColor(tokens.line2), 1))
        painter.setBrush(QColor(tokens.bg1))
        painter.drawRoundedRect(card, 10, 10)
        side = fonts.scaled(28)
        icons.paint(painter, "image", tokens.acc, QRectF(card.center().x() - side / 2, card.top() + 18, side, side))
        middle = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        for face, colour, at in ((fonts.sheet(), tokens.tx1, 0.54), (fonts.label(), tokens.tx2, 0.78)):
            painter.setFont(face)
            painter.setPen(QColor(colour))
            row = QRectF(card.left(), card.top() + card.height() * at - 12, card.width(), 24)
            painter.drawText(row, middle, WORDS if colour == tokens.tx1 else HINT)
