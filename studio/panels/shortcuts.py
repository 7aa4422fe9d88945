"""Every command and its key, on one sheet."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from studio.actions import CARDS, shown_keys
from studio.panels.popover import Popover
from studio.theme import fonts
from studio.widgets.text import key, text

COLUMNS = 2


class ShortcutSheet(Popover):
    """Closes by Esc or a click elsewhere."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, "All shortcuts", 620)
        self.column.addWidget(text("All shortcuts", "tx1", fonts.sheet()))
        self.column.addSpacing(6)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(5)
        rows = -(-len(CARDS) // COLUMNS)
        for at, card in enumerate(CARDS):
            column, row = divmod(at, rows)
            grid.addWidget(key(shown_keys(card)), row, 2 * column)
            grid.addWidget(text(card.name, "tx2"), row, 2 * column + 1)
            grid.setColumnStretch(2 * column + 1, 1)
        self.column.addLayout(grid)
