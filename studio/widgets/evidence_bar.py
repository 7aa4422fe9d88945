"""Needed against free: a bar that is filled as far as there was room, and hatched where there was none."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.theme import Theme, fonts
from studio.widgets.text import wrapped

BAR = 9.0


class _Bar(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self.part = theme, 0.0
        self.setFixedHeight(17)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        box = QRectF(0, (self.height() - BAR) / 2, self.width(), BAR)
        edge = self.width() * self.part
        shape = QPainterPath()
        shape.addRoundedRect(box, BAR / 2, BAR / 2)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipPath(shape)
            painter.fillRect(box, QColor(tokens.err_bg))
            painter.fillRect(box, QBrush(QColor(tokens.err), Qt.BrushStyle.BDiagPattern))
            painter.fillRect(QRectF(0, box.top(), edge, BAR), QColor(tokens.tx2))
            painter.setClipping(False)
            painter.setPen(QPen(QColor(tokens.tx1), 2))
            painter.drawLine(round(edge), 0, round(edge), self.height())


class EvidenceBar(QWidget):
    """Two figures over the bar; screen readers get them in words."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._needed, self._free = wrapped("", "tx1", fonts.section()), wrapped("", "tx2", fonts.value())
        self._free.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
        self._bar = _Bar(theme)
        figures = QHBoxLayout()
        figures.setSpacing(14)
        figures.addWidget(self._needed, 1)
        figures.addWidget(self._free, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(figures)
        column.addWidget(self._bar)

    def show_figures(self, needed: str, free: str, part: float) -> None:
        """part: free of needed, 0 to 1."""
        for label, words in ((self._needed, needed), (self._free, free)):
            # A number and its unit stay on one line.
            label.setText(words.replace(" GB", "\u00a0GB"))
        self._bar.part = part
        self._bar.update()
        self.setAccessibleName(f"{needed}, {free}")
