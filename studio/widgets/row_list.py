"""Rows below one another, which scroll where they are many."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.theme import sizes
from studio.widgets.menu_row import HEIGHT
from studio.widgets.text import surface


class RowList(QScrollArea):
    """As high as its rows, up to so many. The rows themselves take the focus."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most, self._rows = most, list[QWidget]()
        inner = surface("panel")
        self._stack = QVBoxLayout(inner)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.setSpacing(1)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inner)

    def put(self, rows: Sequence[QWidget], then: Sequence[QWidget] = ()) -> None:
        """These rows instead of those before. then: what Tab goes to after the last one."""
        for row in self._rows:
            self.drop(row)
        self._rows = list(rows)
        for place, row in enumerate(rows):
            # Not shown before it has its parent: it would come up as a window.
            self._stack.insertWidget(place, row)
            row.show()
        for before, after in pairwise((*rows, *then)):
            QWidget.setTabOrder(before, after)

    def insert(self, place: int, part: QWidget) -> None:
        """Something beside the rows, or moved there."""
        self._stack.removeWidget(part)
        self._stack.insertWidget(place, part)

    def drop(self, part: QWidget) -> None:
        """Take something out for good."""
        self._stack.removeWidget(part)
        part.hide()
        part.deleteLater()

    def fit(self, width: int) -> None:
        """As high as what it holds at that width."""
        self._stack.activate()
        wanted = self._stack.totalHeightForWidth(width) if self._stack.hasHeightForWidth() else -1
        most = self._most * (sizes.tall(HEIGHT) + 1)
        self.setFixedHeight(min(max(wanted, self._stack.sizeHint().height()) + 1, most))
