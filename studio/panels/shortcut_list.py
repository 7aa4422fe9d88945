"""Settings > Shortcuts: every action with its keys, to change, turn off and set back."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from studio import keys
from studio.action_groups import grouped
from studio.actions import ActionCard, Actions, ShortcutError
from studio.theme import Theme, fonts, sizes
from studio.widgets.buttons import Button, IconButton
from studio.widgets.key_recorder import KeyRecorder
from studio.widgets.text import line, text, wrapped


class ShortcutRow(QWidget):
    """Name, tip, keys, reset; a line with the way out where keys are taken."""

    def __init__(self, theme: Theme, actions: Actions, card: ActionCard) -> None:
        super().__init__()
        self.card, self._actions, self._wanted = card, actions, ""
        self._name = text(card.name, "tx1", fonts.value())
        self.keys = KeyRecorder(card.name)
        self._reset = IconButton(theme, "reset", f"Reset the keys of {card.name}", "Back to the usual keys")
        policy = self._reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(policy)
        self.problem = wrapped("", "err", fonts.label())
        self.take = Button(theme, "Take it", "link")
        self._trouble = QWidget()
        trouble = QHBoxLayout(self._trouble)
        trouble.setContentsMargins(0, 0, 0, 4)
        trouble.addWidget(self.problem, 1)
        trouble.addWidget(self.take)
        self._trouble.hide()
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self._name)
        row.addWidget(wrapped(card.tip, "tx3"), 1)
        row.addWidget(self._reset)
        row.addWidget(self.keys)
        sizes.bound(self._name, least_width=190)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 2, 0, 2)
        whole.setSpacing(0)
        whole.addLayout(row)
        whole.addWidget(self._trouble)
        self.keys.recorded.connect(self._put)
        self._reset.clicked.connect(lambda: actions.reset(card.id))
        self.take.clicked.connect(lambda: actions.set_keys(card.id, self._wanted, take=True))
        self.follow()

    def follow(self) -> None:
        """Show the keys as they are now."""
        own = self._actions.keys(self.card.id)
        self.keys.show_keys(", ".join(keys.shown(each) for each in own))
        changed = self._actions.is_changed(self.card.id)
        self._reset.setVisible(changed)
        self._name.setFont(fonts.section() if changed else fonts.value())
        self._trouble.hide()

    def holds(self, words: str) -> bool:
        """Whether name, tip or keys hold every word."""
        own = " ".join(keys.shown(each) for each in self._actions.keys(self.card.id))
        return all(word in f"{self.card.name} {self.card.tip} {own}".lower() for word in words.lower().split())

    def _put(self, wanted: str) -> None:
        try:
            self._actions.set_keys(self.card.id, *([wanted] if wanted else []))
        except ShortcutError as error:
            self._wanted = wanted
            self.problem.setText(str(error))
            self.take.setAccessibleName(f"Take {keys.shown(wanted)} for {self.card.name}")
            self._trouble.show()


class ShortcutList(QWidget):
    """All of them by group, narrowed by a search."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.rows: list[ShortcutRow] = []
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find an action or a key")
        self.field.setAccessibleName("Find an action or a key")
        sizes.fix(self.field, height=28)
        all_back = Button(theme, "Reset all")
        all_back.clicked.connect(actions.reset_all)
        head = QHBoxLayout()
        head.addWidget(self.field, 1)
        head.addWidget(all_back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(
            wrapped(
                "Press a button, then the keys; Backspace turns a shortcut off, Esc leaves it as it was. Letters, Space"
                " and arrows act only where no field or control needs them.",
                "tx2",
            )
        )
        column.addSpacing(8)
        column.addLayout(head)
        self._groups: list[tuple[QWidget, list[ShortcutRow]]] = []
        for title, cards in grouped():
            group = QWidget()
            inner = QVBoxLayout(group)
            inner.setContentsMargins(0, 10, 0, 0)
            inner.setSpacing(0)
            inner.addWidget(text(title, "tx1", fonts.section()))
            inner.addSpacing(4)
            inner.addWidget(line())
            rows = [ShortcutRow(theme, actions, card) for card in cards]
            for row in rows:
                inner.addWidget(row)
            column.addWidget(group)
            self._groups.append((group, rows))
            self.rows += rows
        column.addStretch(1)
        self.field.textChanged.connect(self._narrow)
        actions.changed.connect(self._follow)

    def _follow(self) -> None:
        for row in self.rows:
            row.follow()

    def _narrow(self, words: str) -> None:
        for group, rows in self._groups:
            for row in rows:
                row.setVisible(row.holds(words))
            group.setVisible(any(row.holds(words) for row in rows))
