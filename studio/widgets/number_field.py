"""A field that takes a number or a sum, with steps by arrow keys and a said range."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from studio.theme import fonts, sizes
from studio.viewmodels.arithmetic import SumError, evaluate
from studio.widgets.text import repolish


class NumberField(QLineEdit):
    """committed(value): Enter or leaving the field with a number in range. refused(sentence): out of range; "" clears.

    Up and Down change by `step`, Shift by ten of them, Alt by a tenth where the number is not whole. Esc restores.
    """

    committed = Signal(float)
    refused = Signal(str)

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        step: float,
        write: Callable[[float], str],
        *,
        whole: bool = False,
        read: Callable[[str], float] = evaluate,
    ) -> None:
        """write, read: from the number to what stands in the field, and from what is typed; read raises SumError."""
        super().__init__()
        self._read = read
        self._low, self._high, self._step, self._write, self._whole = low, high, step, write, whole
        self._value, self._blamed, self._problem = low, False, ""
        self.setAccessibleName(name)
        self.setFont(fonts.value())
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        sizes.fix(self, height=26)
        self.returnPressed.connect(self._commit)

    def set_value(self, value: float) -> None:
        """Show a value, without `committed`."""
        self._value = value
        self.setText(self._write(value))
        self._mark("")

    def set_blamed(self, blamed: bool) -> None:
        """Mark its value as the one that stopped a run."""
        self._blamed = blamed
        self._mark(self._problem)

    def set_bounds(self, low: float, high: float) -> None:
        """Accept another range from now on."""
        self._low, self._high = low, high

    def event(self, event: QEvent) -> bool:
        # Esc restores a changed text; only then is it not the window's.
        asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asked and event.key() == Qt.Key.Key_Escape and self.text() != self._write(self._value):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
        if step:
            self._nudge(step, event.modifiers())
        elif event.key() == Qt.Key.Key_Escape and self.text() != self._write(self._value):
            self.set_value(self._value)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._commit()

    def _nudge(self, direction: int, modifiers: Qt.KeyboardModifier) -> None:
        step = self._step
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            step *= 10
        elif modifiers & Qt.KeyboardModifier.AltModifier and not self._whole:
            step /= 10
        value = min(max(self._value + direction * step, self._low), self._high)
        if value != self._value:
            self.set_value(value)
            self.committed.emit(value)

    def _commit(self) -> None:
        if self.text() == self._write(self._value):
            self._mark("")
            return
        try:
            value = self._read(self.text())
        except SumError as error:
            self._mark(str(error))
            return
        value = float(round(value)) if self._whole else value
        if not self._low <= value <= self._high:
            self._mark(f"{self.accessibleName()}: from {self._write(self._low)} to {self._write(self._high)}")
            return
        self.set_value(value)
        self.committed.emit(value)

    def _mark(self, sentence: str) -> None:
        self._problem = sentence
        wrong = "true" if sentence or self._blamed else "false"
        if self.property("wrong") != wrong:
            self.setProperty("wrong", wrong)
            repolish(self)
        self.refused.emit(sentence)
