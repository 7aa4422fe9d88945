"""A whole number between a minus and a plus."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from studio.theme import Theme, fonts, sizes
from studio.viewmodels import wording
from studio.widgets.buttons import IconButton
from studio.widgets.number_field import NumberField


class Stepper(QFrame):
    """changed(value): the user set another one."""

    changed = Signal(int)

    def __init__(self, theme: Theme, name: str, low: int, high: int) -> None:
        super().__init__()
        self.setProperty("surface", "stepper")
        sizes.fix(self, height=28)
        self._low, self._high, self._value = low, high, low
        self._less = IconButton(theme, "minus", f"{name}: one less")
        self._more = IconButton(theme, "plus", f"{name}: one more")
        self.field = NumberField(name, low, high, 1, lambda value: wording.whole(round(value)), whole=True)
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field.setFrame(False)
        self.field.setProperty("kind", "bare")
        self.field.setFont(fonts.section())
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        for part in (self._less, self._more):
            sizes.fix(part, width=28, height=24)
            part.setIconSize(QSize(12, 12))
        row.addWidget(self._less)
        row.addWidget(self.field, 1)
        row.addWidget(self._more)
        self._less.clicked.connect(lambda: self._take(self._value - 1))
        self._more.clicked.connect(lambda: self._take(self._value + 1))
        self.field.committed.connect(lambda value: self._take(round(value)))

    def set_value(self, value: int) -> None:
        """Show a value, without `changed`."""
        self._value = value
        self.field.set_value(value)
        self._less.setEnabled(value > self._low)
        self._more.setEnabled(value < self._high)

    def _take(self, value: int) -> None:
        value = min(max(value, self._low), self._high)
        if value != self._value:
            self.set_value(value)
            self.changed.emit(value)
