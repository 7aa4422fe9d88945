"""Key caps that show an action's keys now."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from studio.actions import Actions
from studio.widgets.text import key


class KeyCap(QWidget):
    """The keys of one or more actions in one cap each; an action without keys has none."""

    def __init__(self, actions: Actions, *names: str) -> None:
        super().__init__()
        self._actions, self._caps = actions, [(name, key("")) for name in names]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for _, cap in self._caps:
            row.addWidget(cap)
        actions.changed.connect(self._follow)
        self._follow()

    def labels(self) -> list[QLabel]:
        """The caps, in order."""
        return [cap for _, cap in self._caps]

    def _follow(self) -> None:
        for name, cap in self._caps:
            words = self._actions.shown_keys(name)
            cap.setText(words)
            cap.setVisible(bool(words))
