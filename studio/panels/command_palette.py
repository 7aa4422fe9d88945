"""Search over every command."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QWidget

from studio.actions import ActionCard, Actions, shown_keys
from studio.panels.popover import Popover
from studio.theme import fonts
from studio.widgets.text import key, text

WIDTH, ROWS = 460, 9


class CommandPalette(Popover):
    """Type to narrow, Up and Down to choose, Enter to do."""

    def __init__(self, window: QWidget, actions: Actions) -> None:
        super().__init__(window, "Commands", WIDTH)
        self._entries = actions.listed()
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find a command")
        self.field.setAccessibleName("Find a command")
        self.field.setFont(fonts.prompt())
        self.field.setFixedHeight(32)
        self.list = QListWidget()
        self.list.setAccessibleName("Commands")
        self.list.setFont(fonts.value())
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFixedHeight(ROWS * 28 + 4)
        self.column.addWidget(self.field)
        self.column.addWidget(self.list)
        self.field.textChanged.connect(self._narrow)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._do)
        self._narrow("")
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
            if step:
                self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), self.list.count() - 1))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._do(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _narrow(self, words: str) -> None:
        self.list.clear()
        for card, action in matching(self._entries, words):
            item = QListWidgetItem()
            item.setSizeHint(QSize(0, 28))
            item.setToolTip(card.tip)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{card.name}, {shown_keys(card)}")
            item.setData(Qt.ItemDataRole.UserRole, action)
            self.list.addItem(item)
            self.list.setItemWidget(item, _entry(card))
        self.list.setCurrentRow(0)

    def _do(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        action: QAction = item.data(Qt.ItemDataRole.UserRole)
        self.close()
        action.trigger()


def _entry(card: ActionCard) -> QWidget:
    """A command's name and its key."""
    entry = QWidget()
    row = QHBoxLayout(entry)
    row.setContentsMargins(8, 0, 8, 0)
    row.addWidget(text(card.name, "tx1", fonts.value()))
    row.addStretch(1)
    row.addWidget(key(shown_keys(card)))
    return entry


def matching(entries: tuple[tuple[ActionCard, QAction], ...], words: str) -> list[tuple[ActionCard, QAction]]:
    """The enabled commands whose name or tip holds every word; those whose name begins with the text come first."""
    parts = words.lower().split()
    found = [
        (card, action)
        for card, action in entries
        if action.isEnabled() and all(part in f"{card.name} {card.tip}".lower() for part in parts)
    ]
    return sorted(found, key=lambda entry: not entry[0].name.lower().startswith(words.lower().strip()))
