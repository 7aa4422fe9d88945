"""A prompt to try: what it shows, its words, and a button that takes it up."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QVBoxLayout

from studio.theme import Theme, fonts, icons, sizes
from studio.widgets.buttons import Button
from studio.widgets.text import wrapped

MARK = 38
"""Side of the square that the icon stands in."""
NARROW = 360
"""At text scale 1: a card less wide has its button under the words."""


class ExampleCard(QFrame):
    """taken(): its prompt is wanted."""

    taken = Signal()

    def __init__(self, theme: Theme, icon: str, title: str, prompt: str) -> None:
        super().__init__()
        self._theme, self._icon = theme, icon
        self.setProperty("surface", "card")
        self._mark = QLabel()
        self._mark.setProperty("surface", "tile")
        self._mark.setFixedSize(MARK, MARK)
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(wrapped(title, "tx1", fonts.card()))
        words.addWidget(wrapped(prompt, "tx2"))
        told = QHBoxLayout()
        told.setSpacing(14)
        told.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        told.addLayout(words, 1)
        use = Button(theme, "Use this prompt")
        use.setAccessibleName(f"Use this prompt: {prompt}")
        use.clicked.connect(self.taken)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 14, 14, 14)
        self._row.setSpacing(14)
        self._row.addLayout(told, 1)
        self._row.addWidget(use, 0, Qt.AlignmentFlag.AlignVCenter)
        theme.changed.connect(self._tint)
        self._tint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < sizes.wide(NARROW)
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def _tint(self) -> None:
        self._mark.setPixmap(icons.pixmap(self._icon, self._theme.tokens.tx2, 20, 2.0))
