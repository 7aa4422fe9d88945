"""A key cap that shows actions' keys now."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.actions import Actions
from studio.widgets.text import key


class KeyCap(QWidget):
    """The keys of one or more actions in one cap: "J K", "1–6", "Ctrl J / Ctrl K". Empty where none of them has a key.

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
        self._cap.setText(_counted(keys) or (" " if all(len(words) == 1 for words in keys) else " / ").join(keys))
        self._cap.setVisible(bool(keys))


def _counted(keys: Sequence[str]) -> str:
    """Three or more that count up by one: "1–6", "Shift 1–6"; "" for others."""
    first, last = keys[0] if keys else "", keys[-1][-1:] if keys else ""
    start = first[-1:]
    if len(keys) < 3 or not start.isdecimal():
        return ""
    wanted = [f"{first[:-1]}{int(start) + place}" for place in range(len(keys))]
    return f"{first}–{last}" if wanted == list(keys) else ""
