"""Every command and its keys, on one sheet."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from studio.action_groups import grouped
from studio.actions import ActionCard, Actions
from studio.panels.popover import Popover
from studio.theme import Theme, fonts, sizes
from studio.widgets.buttons import Button
from studio.widgets.text import Elided, key, text

WIDTH = 720
COLUMNS = 2
ROOM = 96
"""What the window keeps free above and below the sheet."""


class ShortcutSheet(Popover):
    """Type to narrow; Esc or a click elsewhere closes. change_wanted: to the settings, to give other keys."""

    change_wanted = Signal()

    def __init__(self, window: QWidget, theme: Theme, actions: Actions) -> None:
        super().__init__(window, "All shortcuts", WIDTH)
        self._actions = actions
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find an action or a key")
        self.field.setAccessibleName("Find an action or a key")
        sizes.fix(self.field, height=28, width=230)
        change = Button(theme, "Change…")
        change.setAccessibleName("Change shortcuts in the settings")
        change.clicked.connect(self._change)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(text("All shortcuts", "tx1", fonts.sheet()))
        head.addStretch(1)
        head.addWidget(self.field)
        head.addWidget(change)
        self.column.addLayout(head)
        self.column.addSpacing(4)
        self._nothing = text("No action and no key is called that.", "tx2")
        self._nothing.hide()
        self.column.addWidget(self._nothing)
        self._groups: list[Group] = []
        columns = QHBoxLayout()
        columns.setSpacing(28)
        sides = [QVBoxLayout() for _ in range(COLUMNS)]
        filled = [0] * COLUMNS
        for title, cards in grouped():
            group = Group(title, cards, actions)
            self._groups.append(group)
            side = filled.index(min(filled))
            sides[side].addWidget(group)
            filled[side] += len(cards) + 2
        for side in sides:
            side.setSpacing(10)
            side.addStretch(1)
            columns.addLayout(side, 1)
        self.scroll_over(columns, window.height() - 2 * ROOM - sizes.tall(70, 3))
        self.setFocusProxy(self.field)
        self.field.textChanged.connect(self._narrow)
        self.field.setFocus()

    def _narrow(self, words: str) -> None:
        found = [group.narrow(words) for group in self._groups]
        self._nothing.setVisible(not any(found))

    def _change(self) -> None:
        self.close()
        self.change_wanted.emit()


class Group(QWidget):
    """One group's actions."""

    def __init__(self, title: str, cards: tuple[ActionCard, ...], actions: Actions) -> None:
        super().__init__()
        self._rows: list[tuple[str, tuple[QWidget, QWidget]]] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        grid.addWidget(text(title, "tx3", fonts.caption()), 0, 0, 1, 2)
        for row, card in enumerate(cards, 1):
            keys = actions.shown_keys(card.id)
            name = Elided(card.name, "tx1")
            cap = key(keys) if keys else text("off", "tx3", fonts.caption())
            grid.addWidget(name, row, 0)
            grid.addWidget(cap, row, 1)
            self._rows.append((f"{card.name} {card.tip} {keys}".lower(), (name, cap)))

    def narrow(self, words: str) -> bool:
        """Show the actions that hold every word; whether there are any."""
        parts = words.lower().split()
        any_shown = False
        for held, widgets in self._rows:
            shown = all(part in held for part in parts)
            any_shown |= shown
            for widget in widgets:
                widget.setVisible(shown)
        self.setVisible(any_shown)
        return any_shown
