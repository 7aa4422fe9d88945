"""A row that goes on in a new line where a line is full."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class Flow(QWidget):
    """Its widgets at their own sizes, from the left, in as many lines as they need.

    It places them itself. A layout in Python would hold Qt's layout items, which are no QObjects: nobody tells Python
    when one is gone, and the next at its address is taken for it.
    """

    def __init__(self, parent: QWidget | None = None, *, across: int = 14, down: int = 4) -> None:
        super().__init__(parent)
        self._parts: list[QWidget] = []
        self._across, self._down = across, down
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def addWidget(self, part: QWidget) -> None:
        """At the end."""
        self._parts.append(part)
        part.setParent(self)
        part.show()
        self._settle()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(width, move=False)

    def sizeHint(self) -> QSize:
        wide = sum(part.sizeHint().width() + self._across for part in self._parts) - self._across
        tall = max((part.sizeHint().height() for part in self._parts), default=0)
        return QSize(max(wide, 0), tall)

    def minimumSizeHint(self) -> QSize:
        least = QSize(0, 0)
        for part in self._parts:
            least = least.expandedTo(part.minimumSizeHint().expandedTo(part.minimumSize()))
        return least

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(self.width(), move=True)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            # A part asks for another size.
            self._settle()
        return done

    def _settle(self) -> None:
        self._place(self.width(), move=True)
        self.updateGeometry()

    def _place(self, width: int, *, move: bool) -> int:
        """Place the parts where `move` is set; the height that they take."""
        x = y = line = 0
        for part in self._parts:
            if part.isHidden():
                continue
            size = part.sizeHint().expandedTo(part.minimumSize())
            if x and x + size.width() > width:
                x, y, line = 0, y + line + self._down, 0
            if move:
                part.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self._across
            line = max(line, size.height())
        return y + line
