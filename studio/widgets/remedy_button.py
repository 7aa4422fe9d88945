"""A remedy as a button: what it does at the left, what that costs and its key at the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from studio.theme import fonts, sizes
from studio.widgets.text import Elided, key, repolish

HEIGHT = 38


class RemedyButton(QPushButton):
    """first: the one that is preselected; it has the accent."""

    def __init__(self, *, first: bool) -> None:
        super().__init__()
        self.setProperty("kind", "remedy" if first else "plain")
        self.setAutoDefault(False)
        self._name, self._cost = Elided("", "tx1", fonts.card()), Elided("", "tx2", fonts.label())
        # The name has what it needs, as far as there is room at all; the cost has the rest.
        self._name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._cost.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if first:
            for label in (self._name, self._cost):
                label.setProperty("kind", "onAcc")
                repolish(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 10, 0)
        row.setSpacing(12)
        row.addWidget(self._name)
        row.addWidget(self._cost, 1)
        self.key = key("")
        row.addWidget(self.key)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        # Where there is no room its words give way, not the card that it stands in.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        sizes.fix(self, height=HEIGHT)

    def show_remedy(self, name: str, cost: str) -> None:
        self._name.setText(name)
        self._cost.setText(cost)
        self.setAccessibleName(f"{name}, {cost}" if cost else name)
        self.setToolTip(cost)

    def show_key(self, words: str) -> None:
        """The key that takes it; "" where there is none."""
        self.key.setText(words)
        self.key.setVisible(bool(words))
        self.setAccessibleDescription(f"Key {words}" if words else "")

    def sizeHint(self) -> QSize:
        return self.layout().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self.layout().minimumSize()
