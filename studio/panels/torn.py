"""Parts of the window in a window of their own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from studio.theme import Theme
from studio.widgets.buttons import Button
from studio.widgets.text import surface, wrapped


class TornWindow(QWidget):
    """Holds one part of the window until it is closed. closed(): the part goes back."""

    closed = Signal()

    def __init__(self, title: str, owner: QWidget) -> None:
        super().__init__(owner.window(), Qt.WindowType.Window)
        self.setWindowTitle(f"{title} – Noisette")
        self.setWindowIcon(owner.window().windowIcon())
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        # Shortcuts of the main window act here as well.
        self.addActions(owner.window().actions())

    def hold(self, part: QWidget) -> None:
        self._column.addWidget(part)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if event.isAccepted():
            self.closed.emit()


class TearOff(QObject):
    """Moves `part` between its place in the main window and a window of its own.

    moved: called with whether it is torn off now.
    """

    def __init__(self, theme: Theme, part: QWidget, title: str, moved: Callable[[bool], object] = bool) -> None:
        super().__init__()
        self._part, self._title, self._moved = part, title, moved
        self._window: TornWindow | None = None
        self._theme = theme
        self._stand_in: QWidget | None = None

    @property
    def torn(self) -> bool:
        return self._window is not None

    @property
    def window(self) -> TornWindow | None:
        return self._window

    def toggle(self) -> None:
        """Tear the part off, or put it back."""
        if self._window is None:
            self.tear()
        else:
            self.put_back()

    def tear(self) -> None:
        if self._window is not None:
            return
        size = self._part.size()
        self._window = TornWindow(self._title, self._part)
        self._stand_in = self._make_stand_in()
        self._stand_in.setMinimumHeight(min(size.height(), 60))
        _swap(self._part, self._stand_in)
        self._window.hold(self._part)
        self._part.show()
        self._window.resize(size)
        self._window.closed.connect(self.put_back)
        self._window.show()
        self._moved(True)

    def put_back(self) -> None:
        window, self._window = self._window, None
        if window is None:
            return
        if self._stand_in is not None:
            _swap(self._stand_in, self._part)
            self._stand_in.deleteLater()
            self._stand_in = None
        self._part.show()
        window.closed.disconnect(self.put_back)
        window.close()
        window.deleteLater()
        self._moved(False)

    def _make_stand_in(self) -> QWidget:
        """What stands in the part's place meanwhile."""
        made, back = surface("canvas"), Button(self._theme, "Bring it back")
        back.clicked.connect(self.put_back)
        words = wrapped(f"{self._title} is in a window of its own.", "tx2")
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(made)
        column.addStretch(1)
        column.addWidget(words)
        column.addWidget(back, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return made


def _swap(there: QWidget, other: QWidget) -> None:
    """Put `other` into the place of `there`, which is left without a parent."""
    parent = there.parentWidget()
    if isinstance(parent, QSplitter):
        parent.replaceWidget(parent.indexOf(there), other)
    else:
        layout = parent.layout()
        assert layout is not None
        layout.replaceWidget(there, other, Qt.FindChildOption.FindChildrenRecursively)
    there.setParent(None)
    other.show()
