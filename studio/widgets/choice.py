"""A choice among names."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox

from studio.theme import Theme, fonts, sizes


class Choice(QComboBox):
    """A combo box that leaves the wheel to the panel's scrolling. A note may stand at its right."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme, self._note = theme, ""
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(5)
        self.setAccessibleName(name)
        sizes.fix(self, height=28)
        self.setFont(fonts.section())
        self.setIconSize(QSize(12, 12))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def take(self, data: object) -> None:
        """Show the entry of this data, without a signal."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findData(data))

    def set_note(self, words: str) -> None:
        """Words at the right, shown where there is room for them."""
        self._note = words
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        room = self.rect().adjusted(36 + self.fontMetrics().horizontalAdvance(self.currentText()), 0, -30, 0)
        with QPainter(self) as painter:
            painter.setFont(fonts.caption())
            if painter.fontMetrics().horizontalAdvance(self._note) <= room.width():
                painter.setPen(QColor(self._theme.tokens.tx3))
                painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._note)
