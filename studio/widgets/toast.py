"""One line at the bottom of the canvas that goes away by itself, with at most one thing to do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from studio.theme import fonts, sizes
from studio.theme.tokens import TOAST_MS
from studio.widgets.text import text

MARGINS = (14, 8, 14, 8)


class Toast(QFrame):
    """Stays while pointed at, or while its button has the focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "float")
        self._words = text("", "tx1", fonts.value())
        self._deed: Callable[[], object] | None = None
        self.button = QPushButton()
        self.button.setProperty("kind", "link")
        self.button.setFont(fonts.font(12, 600))
        sizes.fix(self.button, height=24)
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._act)
        self.button.installEventFilter(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(*MARGINS)
        row.setSpacing(10)
        row.addWidget(self._words)
        row.addWidget(self.button)
        self._timer = QTimer(self, singleShot=True, interval=TOAST_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, sentence: str, bottom: int, action: str = "", deed: Callable[[], object] | None = None) -> None:
        """Show a line in the middle of the parent, its lower edge at `bottom`. action: a verb, for what `deed` does."""
        self._words.setText(sentence)
        self.setAccessibleName(sentence)
        self._deed = deed
        self.button.setText(action)
        self.button.setVisible(bool(action))
        extra = 30 + (self.button.sizeHint().width() + 10 if action else 0)
        self._words.setWordWrap(False)
        width = min(self._words.sizeHint().width() + extra, self.parentWidget().width() - 24)
        self._words.setWordWrap(self._words.sizeHint().width() + extra > width)
        self.resize(width, self.heightForWidth(width) if self.hasHeightForWidth() else self.sizeHint().height())
        self.move((self.parentWidget().width() - width) // 2, bottom - self.height())
        self.show()
        self.raise_()
        self._timer.start()

    def enterEvent(self, _event: QEnterEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, _event: object) -> None:
        if not self.button.hasFocus():
            self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self._timer.stop()
        elif event.type() == QEvent.Type.FocusOut and not self.underMouse():
            self._timer.start()
        return super().eventFilter(watched, event)

    def _act(self) -> None:
        deed, self._deed = self._deed, None
        self.hide()
        if deed is not None:
            deed()
