"""A titled part of a panel that folds away."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from studio.theme import Theme, fonts, sizes
from studio.widgets.text import line

INSET = 5
"""Empty left part of the chevron's picture, pixels."""


class Section(QWidget):
    """body: the layout to fill. folded(bool): the user folded or unfolded it.

    Its title begins `INSET` left of what it holds, so that the chevron stands flush with it.
    """

    folded = Signal(bool)

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None, *, first: bool = False) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = QPushButton(title, self)
        self._title.setProperty("kind", "section")
        self._title.setFont(fonts.section())
        self._title.setIconSize(QSize(16, 16))
        self._title.setCheckable(True)
        sizes.fix(self._title, height=24)
        self._title.setChecked(True)
        self._title.setAutoDefault(False)
        self._body = QWidget(self)
        self.body = QVBoxLayout(self._body)
        self.body.setContentsMargins(INSET, 1, 0, 0)
        self.body.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 7)
        column.setSpacing(2)
        if not first:
            rule = QVBoxLayout()
            rule.setContentsMargins(INSET, 0, 0, 1)
            rule.addWidget(line())
            column.addLayout(rule)
        column.addWidget(self._title)
        column.addWidget(self._body)
        self._title.toggled.connect(self._fold)
        self._title.clicked.connect(lambda open_: self.folded.emit(not open_))
        theme.changed.connect(self._tint)
        self._tint()

    def set_folded(self, folded: bool) -> None:
        self._title.setChecked(not folded)

    def _fold(self, open_: bool) -> None:
        self._body.setVisible(open_)
        self._tint()

    def _tint(self) -> None:
        self._title.setIcon(self._theme.icon("chevron_down" if self._title.isChecked() else "chevron_right"))
