"""Buttons: main, plain, quiet, link, and icons alone."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QToolButton

from studio.theme import Theme, fonts, sizes
from studio.widgets.text import repolish

ICON_GAP = 4
"""What Qt leaves between a button's icon and its words."""


class Button(QPushButton):
    """A button with a verb on it. kind: "main" (at most one a view), "plain", "quiet", "link", "remedy"."""

    def __init__(self, theme: Theme, words: str, kind: str = "plain", icon: str = "") -> None:
        super().__init__(words)
        self._theme, self._icon, self._kind, self._words = theme, icon, kind, words
        self._calm = False
        self.setProperty("kind", kind)
        self.setFont(fonts.card() if kind == "main" else fonts.font(12, 600))
        self.setIconSize(QSize(16, 16))
        self.setAutoDefault(False)
        sizes.fix(self, height={"main": 40, "remedy": 38}.get(kind, 28))
        theme.changed.connect(self._tint)
        self._tint()

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        self._tint()

    def set_worded(self, worded: bool) -> None:
        """With its words, or its icon alone; the words remain its name."""
        if worded != bool(self.text()):
            self.setAccessibleName("" if worded else self._words)
            self.setText(self._words if worded else "")

    def room(self, *, worded: bool) -> int:
        """How wide it is with its words, or without, whichever it has now."""
        words = self.fontMetrics().horizontalAdvance(self._words) + ICON_GAP
        return self.sizeHint().width() + words * (worded - bool(self.text()))

    def set_calm(self, calm: bool) -> None:
        """Take the accent from a main button, where something else in the view has it."""
        self._calm = calm
        self.setProperty("calm", "true" if calm else "false")
        repolish(self)
        self._tint()

    def _tint(self) -> None:
        if self._icon:
            accented = self._kind in ("main", "remedy") and not self._calm
            self.setIcon(self._theme.icon(self._icon, "on_acc" if accented else "tx2"))


class IconButton(QToolButton):
    """An icon alone, 28 px square; its name and tooltip come with it."""

    def __init__(
        self, theme: Theme, icon: str, name: str, tip: str = "", *, checkable: bool = False, checked_icon: str = ""
    ) -> None:
        super().__init__()
        self._action: QAction | None = None
        self._tone = "tx2"
        self._theme, self._icon, self._checked_icon = theme, icon, checked_icon or icon
        self.setProperty("kind", "icon")
        self.setProperty("lit", "true" if checkable else "false")
        self.setAccessibleName(name)
        self.setToolTip(tip or name)
        self.setCheckable(checkable)
        self.setFixedSize(28, 28)
        self.setIconSize(QSize(16, 16))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.toggled.connect(self._tint)
        theme.changed.connect(self._tint)
        self._tint()

    def set_icon(self, icon: str) -> None:
        self._icon = self._checked_icon = icon
        self._tint()

    def calm(self) -> IconButton:
        """Draw the icon in the tone of hints, where many of them stand beside one another. Returns itself."""
        self._tone = "tx3"
        self._tint()
        return self

    def follow(self, action: QAction) -> IconButton:
        """Do what the action does, and share its tooltip and whether it may act. Returns itself."""
        self._action = action
        action.changed.connect(self._follow_tip)
        self._follow_tip()
        self.clicked.connect(lambda: action.trigger())
        self.setEnabled(action.isEnabled())
        action.enabledChanged.connect(self.setEnabled)
        return self

    def _follow_tip(self) -> None:
        if self._action is not None:
            self.setToolTip(self._action.toolTip())

    def _tint(self) -> None:
        lit = self.isCheckable() and self.isChecked()
        self.setIcon(self._theme.icon(self._checked_icon if lit else self._icon, "acc" if lit else self._tone))
