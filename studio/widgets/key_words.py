"""Words that name an action's key as it is now."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from studio.actions import Actions
from studio.theme import fonts
from studio.widgets.text import text


class KeyWords(QLabel):
    """ "M to change", from "{} to change"; empty where the action's key is turned off."""

    def __init__(self, actions: Actions, name: str, words: str, tone: str = "tx3") -> None:
        super().__init__()
        made = text("", tone, fonts.caption())
        self.setTextFormat(made.textFormat())
        self.setFont(made.font())
        self.setProperty("tone", tone)
        self._actions, self._name, self._words = actions, name, words
        actions.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        keys = self._actions.shown_keys(self._name)
        self.setText(self._words.format(keys) if keys else "")


def show_keys(actions: Actions, widget: QWidget, words: str, *names: str) -> None:
    """Give a widget a tooltip that ends in the actions' keys, whatever they are: "Stop this job (Esc)"."""

    def follow() -> None:
        keys = ", ".join(keys for name in names if (keys := actions.shown_keys(name)))
        widget.setToolTip(f"{words} ({keys})" if keys else words)

    actions.changed.connect(follow)
    follow()
