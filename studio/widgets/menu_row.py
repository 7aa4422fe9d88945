"""One line of a popover's list: an icon, words, and a figure at the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from studio.theme import Theme, fonts, icons, sizes
from studio.widgets.text import Elided, text

HEIGHT = 30
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class MenuRow(QPushButton):
    """Enter presses it as Space does. icon: "" leaves its place empty, so that words stand in line."""

    def __init__(self, theme: Theme, words: str, icon: str = "", figure: str = "", *, marked: bool = False) -> None:
        super().__init__()
        self._theme, self._icon, self._marked = theme, icon, marked
        self.setProperty("kind", "quiet")
        self.setAutoDefault(False)
        self.setAccessibleName(words)
        sizes.fix(self, height=HEIGHT)
        self._mark = QLabel()
        self._mark.setFixedWidth(16)
        self.words = Elided(words, "tx1", fonts.value())
        self.figure = text(figure, "tx3")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self._mark)
        row.addWidget(self.words, 1)
        row.addWidget(self.figure)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self._tint)
        self._tint()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, super().minimumSizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self.click()
        else:
            super().keyPressEvent(event)

    def _tint(self) -> None:
        tokens = self._theme.tokens
        colour = tokens.acc if self._marked else tokens.tx2
        if self._icon:
            self._mark.setPixmap(icons.pixmap(self._icon, colour, 16, 2.0))
