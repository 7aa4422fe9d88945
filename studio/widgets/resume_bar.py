"""The bar under a picture whose run was cancelled: where it stopped, and the way on."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from studio.actions import Actions
from studio.theme import Theme, fonts, sizes
from studio.widgets.buttons import Button
from studio.widgets.text import Elided

WIDTH, HEIGHT = 380, 44


class ResumeBar(QFrame):
    """Floats where the run bar was."""

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "float")
        self.setAccessibleName("Cancelled run")
        self._words = Elided("", "tx1", fonts.card())
        self.resume = Button(theme, "Resume", "plain", "play")
        actions.explain(self.resume, "resume_run")
        self.resume.clicked.connect(lambda: actions["resume_run"].trigger())
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 10, 5)
        row.setSpacing(10)
        row.addWidget(self._words, 1)
        row.addWidget(self.resume)
        sizes.fix(self, height=HEIGHT)
        self.hide()

    def say(self, words: str) -> None:
        self._words.setText(words)

    def lie_in(self, width: int, bottom: int) -> None:
        """Take a place in the middle of `width`, with the lower edge at `bottom`."""
        own = min(sizes.wide(WIDTH), width - 24)
        self.setGeometry((width - own) // 2, bottom - self.height(), own, self.height())
