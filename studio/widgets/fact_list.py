"""Rows of a label and a value that can be marked and copied."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from studio.theme import fonts, sizes
from studio.viewmodels.recipe_rows import Fact
from studio.widgets.text import text, wrapped

LABEL_WIDTH = 92


class FactList(QWidget):
    """Keeps its labels from one picture to the next."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: tuple[Fact, ...]) -> None:
        """Replace what is shown."""
        self._grid.setColumnMinimumWidth(0, sizes.wide(LABEL_WIDTH))
        while len(self._rows) < len(facts):
            self._add()
        for at, (label, value) in enumerate(self._rows):
            shown = at < len(facts)
            label.setVisible(shown)
            value.setVisible(shown)
            if shown:
                fact = facts[at]
                label.setText(fact.label)
                # Hashes and paths have no spaces to break at.
                value.setText(fact.value.replace("/", "/\u200b").replace("\\", "\\\u200b"))
                value.setToolTip(fact.whole)
                value.setAccessibleName(f"{fact.label}: {fact.whole or fact.value}")

    def _add(self) -> None:
        label, value = text("", "tx2"), wrapped("", "tx1", fonts.value())
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setCursor(Qt.CursorShape.IBeamCursor)
        at = len(self._rows)
        self._grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, at, 1)
        self._rows.append((label, value))
