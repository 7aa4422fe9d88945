"""A long menu in which typing the beginning of a line leads to it."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

PAUSE_MS = 1200
"""After so long letters begin another word."""


class SearchMenu(QMenu):
    """Letters go to the first line that begins so, or else that holds it; arrows and Enter act as in any menu."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._typed, self._since = "", QElapsedTimer()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._since.invalidate()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        letters = event.text().lower()
        paused = not self._since.isValid() or self._since.elapsed() > PAUSE_MS
        if not letters.isprintable() or not letters or (letters == " " and (paused or not self._typed)):
            super().keyPressEvent(event)
            return
        self._typed = letters if paused else self._typed + letters
        self._since.start()
        offered = [action for action in self.actions() if action.isEnabled() and not action.isSeparator()]
        words = [action.text().replace("&", "").lower() for action in offered]
        fits = [at for at, line in enumerate(words) if line.startswith(self._typed)]
        fits = fits or [at for at, line in enumerate(words) if self._typed in line]
        if fits:
            self.setActiveAction(offered[fits[0]])
