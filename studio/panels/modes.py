"""The modes' pages, each made when it is first shown: the window opens sooner without them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget


class Modes(QStackedWidget):
    """made(page): a page was made, and is about to come on show or may later."""

    made = Signal(QWidget)

    def __init__(self, makers: Sequence[Callable[[], QWidget]]) -> None:
        """makers: one a mode, in order; the first page is made at once."""
        super().__init__()
        self._makers: dict[int, Callable[[], QWidget]] = dict(enumerate(makers))
        for at, make in enumerate(makers):
            self.addWidget(QWidget() if at else make())
        del self._makers[0]

    def foreshow(self, index: int) -> None:
        """Put the place of a mode's page on show, and leave the page to a `go` that follows."""
        self.setCurrentIndex(index)

    def go(self, index: int) -> None:
        """Show a mode's page."""
        self.make(index)
        self.setCurrentIndex(index)

    def make(self, index: int) -> None:
        """Make a mode's page, unless it is made; what is on show stays."""
        make = self._makers.pop(index, None)
        if make is not None:
            place_holder, page = self.widget(index), make()
            self.insertWidget(index, page)
            self.removeWidget(place_holder)
            place_holder.deleteLater()
            self.made.emit(page)
