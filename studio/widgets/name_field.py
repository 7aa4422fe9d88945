"""A name typed in place, with a sentence below while it can't be taken."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.theme import fonts, sizes
from studio.widgets.text import repolish, wrapped

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class NameField(QWidget):
    """Enter commits, Esc leaves. committed(name): it can be taken. left(): nothing is to change.

    resized(): the sentence came or went.
    """

    committed = Signal(str)
    left = Signal()
    resized = Signal()

    def __init__(self, name: str, label: str, problem_of: Callable[[str], str]) -> None:
        """label: for screen readers. problem_of: a name to why it can't be taken, "" where it can."""
        super().__init__()
        self._problem_of = problem_of
        self.field = _Field(name)
        self.field.setAccessibleName(label)
        self.field.setFont(fonts.value())
        sizes.fix(self.field, height=30)
        self.sentence = wrapped("", "err")
        self.sentence.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.field)
        column.addWidget(self.sentence)
        self.setFocusProxy(self.field)
        self.field.entered.connect(self._commit)
        self.field.left.connect(self.left)
        # An empty or half-typed name is no fault yet: only Enter says so, and what is said goes with the next letter.
        self.field.textEdited.connect(lambda _: self._tell(""))
        self.field.selectAll()

    def _commit(self) -> None:
        problem = self._problem_of(self.field.text())
        if problem:
            self._tell(problem)
        else:
            self.committed.emit(" ".join(self.field.text().split()))

    def _tell(self, problem: str) -> None:
        if problem == self.sentence.text():
            return
        self.sentence.setText(problem)
        self.sentence.setVisible(bool(problem))
        self.field.setAccessibleDescription(problem)
        self.field.setProperty("wrong", "true" if problem else "false")
        repolish(self.field)
        self.resized.emit()


class _Field(QLineEdit):
    entered = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
