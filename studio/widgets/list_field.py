"""Numbers of one's own, typed in a row."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from core.errors import NoisetteError
from studio.theme import fonts, sizes
from studio.widgets.text import text, wrapped


class ListField(QWidget):
    """committed(numbers): Enter, or leaving the field, with a list that can be read; else a line below says why not."""

    committed = Signal(object)

    def __init__(
        self,
        name: str,
        read: Callable[[str], tuple[float, ...]],
        write: Callable[[tuple[float, ...]], str],
        *,
        title: str = "",
        tip: str = "",
    ) -> None:
        super().__init__()
        self._read, self._write = read, write
        self._numbers: tuple[float, ...] = ()
        self.field = QLineEdit()
        self.field.setAccessibleName(title or name)
        self.field.setFont(fonts.value())
        sizes.fix(self.field, height=28)
        self.setToolTip(tip)
        self.problem = wrapped("", "err", fonts.caption())
        self.problem.hide()
        label = text(name, "tx2")
        sizes.bound(label, least_width=74)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(label)
        row.addWidget(self.field, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 1)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.problem)
        self.setFocusProxy(self.field)
        self.field.editingFinished.connect(self._commit)
        self.field.textEdited.connect(lambda _: self.refuse(""))

    def set_numbers(self, numbers: tuple[float, ...]) -> None:
        """Show these; a text that is being typed is left alone where it says the same."""
        self._numbers = numbers
        self.refuse("")
        if not self._says(numbers):
            self.field.setText(self._write(numbers))
            self.field.setCursorPosition(0)

    def refuse(self, words: str) -> None:
        """Say why the list can't be taken; "" clears that."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def _says(self, numbers: tuple[float, ...]) -> bool:
        try:
            return self._read(self.field.text()) == numbers
        except NoisetteError:
            return False

    def _commit(self) -> None:
        try:
            numbers = self._read(self.field.text())
        except NoisetteError as error:
            self.refuse(str(error))
            return
        if numbers != self._numbers:
            self.committed.emit(numbers)
