"""One line at the bottom of the canvas that goes away by itself."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from studio.theme import fonts
from studio.theme.tokens import TOAST_MS
from studio.widgets.text import text


class Toast(QFrame):
    """Stays while pointed at."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "float")
        self._words = text("", "tx1", fonts.value())
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.addWidget(self._words)
        self._timer = QTimer(self, singleShot=True, interval=TOAST_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, sentence: str, bottom: int) -> None:
        """Show a line in the middle of the parent, its lower edge at `bottom`."""
        self._words.setText(sentence)
        self.setAccessibleName(sentence)
        self._words.setWordWrap(False)
        width = min(self._words.sizeHint().width() + 30, self.parentWidget().width() - 24)
        self._words.setWordWrap(self._words.sizeHint().width() + 30 > width)
        self.resize(width, self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height())
        self.move((self.parentWidget().width() - width) // 2, bottom - self.height())
        self.show()
        self.raise_()
        self._timer.start()

    def enterEvent(self, _event: QEnterEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, _event: object) -> None:
        self._timer.start()
