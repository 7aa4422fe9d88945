"""A key cap that shows actions' keys now."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.actions import Actions
from studio.widgets.text import key


class KeyCap(QWidget):
    """The keys of one or more actions in one cap: "J K", "Ctrl J / Ctrl K". Empty where none of them has a key.

    A name that is no action's is a key itself.
    """

    def __init__(self, actions: Actions, *names: str) -> None:
        super().__init__()
        self._actions, self._names, self._cap = actions, names, key("")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._cap)
        actions.changed.connect(self._follow)
        self._follow()

    def words(self) -> str:
        """What the cap says."""
        return self._cap.text()

    def _follow(self) -> None:
        shown = [self._actions.shown_keys(name) if self._actions.has(name) else name for name in self._names]
        keys = [words for words in shown if words]
        self._cap.setText((" " if all(len(words) == 1 for words in keys) else " / ").join(keys))
        self._cap.setVisible(bool(keys))
