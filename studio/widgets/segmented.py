"""A row of choices of which one holds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton

from studio.theme import fonts


class Segmented(QFrame):
    """chosen(index): the user took another one."""

    chosen = Signal(int)

    def __init__(self, name: str, choices: Sequence[str] = (), *, spread: bool = False) -> None:
        super().__init__()
        self._spread = spread
        self.setProperty("surface", "segments")
        self.setAccessibleName(name)
        self.setFixedHeight(28)
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
            button.setFixedHeight(24)
            button.setMinimumWidth(button.fontMetrics().horizontalAdvance(words) + 14)
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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        target = self._group.button(self.current() + step)
        if step and target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)
            target.click()
        else:
            super().keyPressEvent(event)
