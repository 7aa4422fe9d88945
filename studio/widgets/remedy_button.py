"""A remedy as a button: what it does, what that costs, and its key at the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy

from studio.theme import fonts, sizes
from studio.widgets.text import key, repolish, wrapped

HEIGHT = 38
"""Of one line."""
LEFT, RIGHT, GAP, EDGE, BETWEEN = 14, 10, 12, 8, 1
"""Beside the words, from them to the key, above and below two lines, and between them."""


class RemedyButton(QPushButton):
    """first: the one that is preselected; it has the accent. company: those it stands among, itself one of them.

    Name and cost share a line where both of all that are shown fit into it; else the costs stand below, and all break
    their lines.
    """

    def __init__(self, *, first: bool) -> None:
        super().__init__()
        self.setProperty("kind", "remedy" if first else "plain")
        self.setAutoDefault(False)
        self.company: tuple[RemedyButton, ...] = (self,)
        self._name, self._cost = wrapped("", "tx1", fonts.card()), wrapped("", "tx2", fonts.label())
        self.key = key("")
        if first:
            for label in (self._name, self._cost):
                label.setProperty("kind", "onAcc")
                repolish(label)
        for child in (self._name, self._cost, self.key):
            child.setParent(self)
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_remedy(self, name: str, cost: str) -> None:
        self._name.setText(name)
        self._cost.setText(cost)
        self._cost.setVisible(bool(cost))
        self.setAccessibleName(f"{name}, {cost}" if cost else name)
        self.arrange()

    def show_key(self, words: str) -> None:
        """The key that takes it; "" where there is none."""
        self.key.setText(words)
        self.key.setVisible(bool(words))
        self.setAccessibleDescription(f"Key {words}" if words else "")
        self.arrange()

    def sizeHint(self) -> QSize:
        return QSize(self._own_line(), sizes.tall(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        words = f"{self._name.text()} {self._cost.text()}".split()
        longest = max((self._name.fontMetrics().horizontalAdvance(word) for word in words), default=0)
        return QSize(longest + self._beside(), sizes.tall(HEIGHT))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width >= self._one_line():
            return sizes.tall(HEIGHT)
        name, cost = self._heights(width - self._beside())
        return max(name + (BETWEEN + cost if cost else 0) + 2 * EDGE, sizes.tall(HEIGHT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.arrange()
        return super().event(event)

    def arrange(self) -> None:
        """Its words, or those of its company, are others now."""
        self.updateGeometry()
        self._place()

    def _place(self) -> None:
        width, height = self.width(), self.height()
        cap = self.key.sizeHint()
        self.key.setGeometry(width - RIGHT - cap.width(), (height - cap.height()) // 2, cap.width(), cap.height())
        room = width - self._beside()
        middle, top = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignTop
        if width >= self._one_line():
            name = _natural(self._name)
            self._name.setGeometry(QRect(LEFT, 0, name, height))
            self._cost.setGeometry(QRect(LEFT + name + GAP, 0, room - name - GAP, height))
            self._name.setAlignment(Qt.AlignmentFlag.AlignLeft | middle)
            self._cost.setAlignment(Qt.AlignmentFlag.AlignRight | middle)
            return
        name, cost = self._heights(room)
        above = (height - name - (BETWEEN + cost if cost else 0)) // 2
        self._name.setGeometry(QRect(LEFT, above, room, name))
        self._cost.setGeometry(QRect(LEFT, above + name + BETWEEN, room, cost))
        for label in (self._name, self._cost):
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | top)

    def _one_line(self) -> int:
        """The width at which name and cost stand beside one another."""
        return max(button._own_line() for button in self.company if button is self or not button.isHidden())

    def _own_line(self) -> int:
        """The width that its own words take in one line."""
        cost = GAP + _natural(self._cost) if self._cost.text() else 0
        return self._beside() + _natural(self._name) + cost

    def _beside(self) -> int:
        """What is not the words'."""
        return LEFT + RIGHT + (GAP + self.key.sizeHint().width() if self.key.text() else 0)

    def _heights(self, width: int) -> tuple[int, int]:
        """Of name and cost over one another."""
        return self._name.heightForWidth(width), self._cost.heightForWidth(width) if self._cost.text() else 0


def _natural(label: QLabel) -> int:
    """The width of its words in one line."""
    return label.fontMetrics().boundingRect(label.text()).width() + 2
