"""A filter in one button: what it is set to, and a menu of what it could be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy

from studio.theme import Theme, fonts, sizes
from studio.widgets.text import repolish


class ChoiceChip(QPushButton):
    """chosen(value): the user took another one. A chip that is not on its first choice is lit."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, name: str, choices: Sequence[tuple[object, str]] = ()) -> None:
        """choices: (value, words); the first is the one that filters nothing."""
        super().__init__()
        self._theme, self._name = theme, name
        self._choices: tuple[tuple[object, str], ...] = ()
        self._value: object = None
        self._menu = QMenu(self)
        self._group = QActionGroup(self._menu)
        self._menu.setAccessibleName(name)
        self.setProperty("kind", "chip")
        self.setFont(fonts.value())
        sizes.fix(self, height=28)
        self.setAutoDefault(False)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.setIconSize(QSize(14, 14))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._open)
        theme.changed.connect(self._tint)
        self.set_choices(choices)
        self._tint()

    def set_choices(self, choices: Sequence[tuple[object, str]]) -> None:
        """Replace what the menu offers."""
        if tuple(choices) == self._choices:
            return
        self._choices = tuple(choices)
        self.show_value(self._value)

    def show_value(self, value: object) -> None:
        """Show a choice as taken, without `chosen`."""
        self._value = value
        words = dict(self._choices).get(value, str(value or ""))
        first = bool(self._choices) and value == self._choices[0][0]
        self.setText(words)
        self.setAccessibleName(f"{self._name}: {words}")
        self.setToolTip(self._name)
        if self.property("lit") is not (not first):
            self.setProperty("lit", not first)
            repolish(self)

    def value(self) -> object:
        return self._value

    def _open(self) -> None:
        self._menu.clear()
        for value, words in self._choices:
            action = self._menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(value == self._value)
            action.triggered.connect(partial(self._take, value))
            self._group.addAction(action)
        self._menu.setMinimumWidth(self.width())
        self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _take(self, value: object, _checked: bool = False) -> None:
        if value != self._value:
            self.show_value(value)
            self.chosen.emit(value)

    def _tint(self) -> None:
        self.setIcon(self._theme.icon("chevron_down", "tx2"))
