"""A row of choices of which one holds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QHBoxLayout, QPushButton

from studio.theme import fonts, sizes


class Segmented(QFrame):
    """chosen(index): the user took another one."""

    chosen = Signal(int)

    def __init__(self, name: str, choices: Sequence[str] = (), *, spread: bool = False) -> None:
        super().__init__()
        self._spread = spread
        self.setProperty("surface", "segments")
        self.setAccessibleName(name)
        sizes.fix(self, height=28)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(1, 1, 1, 1)
        self._row.setSpacing(1)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.idClicked.connect(self.chosen)
        self.set_choices(choices)

    def set_choices(self, choices: Sequence[str]) -> None:
        """Replace the choices; none is taken until `choose`."""
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.deleteLater()
        for index, words in enumerate(choices):
            button = QPushButton(words)
            button.setProperty("kind", "segment")
            button.setFont(fonts.font(12, 600))
            button.setCheckable(True)
            sizes.fix(button, height=24)
            sizes.bound(button, least_width=_room(words))
            button.setAutoDefault(False)
            button.setAccessibleName(f"{self.accessibleName()}: {words}")
            button.setCursor(Qt.CursorShape.ArrowCursor)
            self._group.addButton(button, index)
            self._row.addWidget(button, 1 if self._spread else 0)

    def choose(self, index: int) -> None:
        """Show `index` as taken, without `chosen`."""
        button = self._group.button(index)
        if button is not None:
            button.setChecked(True)

    def current(self) -> int:
        """The index of the taken choice, −1 for none."""
        return self._group.checkedId()

    def button(self, index: int) -> QAbstractButton:
        """The button of a choice."""
        return self._group.button(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        target = self._group.button(self.current() + step)
        if step and target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
            target.click()
        else:
            super().keyPressEvent(event)


def _room(words: str) -> int:
    """The width that a choice needs at text scale 1."""
    advance = QFontMetrics(fonts.font(12, 600)).horizontalAdvance(words)
    return round(advance / fonts.text_scale()) + 14
