"""The bar under nine variations: how far they lie from their middle, and the ways on from the one that is chosen."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from studio.actions import Actions
from studio.theme import Theme, fonts, sizes
from studio.widgets.buttons import Button
from studio.widgets.text import Elided

WIDTH, HEIGHT = 620, 44
SHORT, EDGES = "Around", 66
"""The first button where there is little room; margins, gaps and the least of the words, pixels."""
WAYS = (("variations", "Around this one"), ("variations_nearer", "Nearer"), ("variations_wider", "Wider"))


class VariationBar(QFrame):
    """Floats where the run bar was. ways: its buttons, in the order of `WAYS`."""

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("surface", "float")
        self.setAccessibleName("Variations")
        self._words = Elided("", "tx1", fonts.value())
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 10, 5)
        row.setSpacing(6)
        row.addWidget(self._words, 1)
        self.ways: list[Button] = []
        for name, words in WAYS:
            button = Button(theme, words, "plain")
            actions.explain(button, name)
            button.clicked.connect(actions[name].trigger)
            actions[name].enabledChanged.connect(button.setEnabled)
            row.addWidget(button)
            self.ways.append(button)
        sizes.fix(self, height=HEIGHT)
        self.hide()

    def say(self, words: str) -> None:
        self._words.setText(words)

    def lie_in(self, width: int, bottom: int) -> None:
        """Take a place in the middle of `width`, with the lower edge at `bottom`."""
        own = min(sizes.wide(WIDTH), width - 24)
        around = self.ways[0]
        around.setText(WAYS[0][1])
        # The words give way first; where that is not enough, the longest button.
        if sum(way.sizeHint().width() for way in self.ways) + EDGES > own:
            around.setText(SHORT)
        self.setGeometry((width - own) // 2, bottom - self.height(), own, self.height())
