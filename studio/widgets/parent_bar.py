"""A line over the corner of the canvas: where the picture on show branched off, to go there."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from studio.actions import Actions
from studio.theme import Theme
from studio.widgets.buttons import Button

MARGIN = 14


class ParentBar(Button):
    """Hidden where there is no parent."""

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget) -> None:
        super().__init__(theme, "", "plain", "branch")
        self.setParent(parent)
        self._words = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        actions.explain(self, "parent")
        self.clicked.connect(lambda: actions["parent"].trigger())
        self.hide()

    def say(self, words: str, short: str = "") -> None:
        """short: what is shown of them, where little room is free."""
        self._words = short or words
        self.setAccessibleName(f"{words}: go to it" if words else "Parent")
        self.setVisible(bool(words))

    def lie_in(self, width: int) -> None:
        """Take a place at the upper left, shortened to half the width where it is longer."""
        self.setText(self._words)
        most = width // 2
        if self.sizeHint().width() > most:
            spare = self.sizeHint().width() - self.fontMetrics().horizontalAdvance(self._words)
            self.setText(self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, most - spare))
        self.setGeometry(MARGIN, MARGIN, min(self.sizeHint().width(), most), self.height())
