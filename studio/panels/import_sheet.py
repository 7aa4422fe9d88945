"""What was taken up from another tool's picture, what was not and why."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from studio.panels.popover import Popover
from studio.theme import Theme, fonts, sizes
from studio.viewmodels.imported import ImportView
from studio.widgets.buttons import Button, IconButton
from studio.widgets.text import line, text, wrapped

WIDTH, TALLEST = 460, 600
NAMES_WIDTH = 112
BELOW_SHEET = 220
"""Height of the window that the list leaves to what is around it."""


class ImportSheet(Popover):
    """undo: called when the user wants the former settings back."""

    def __init__(self, window: QWidget, theme: Theme, view: ImportView, undo: Callable[[], object]) -> None:
        super().__init__(window, view.title, WIDTH)
        self._theme, self._undo = theme, undo
        self.column.addLayout(self._head(view))
        self.column.addWidget(line())
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 2, 8, 2)
        rows.setSpacing(6)
        rows.addWidget(text("Taken up", "tx1", fonts.section()))
        rows.addWidget(_taken(view.taken) if view.taken else text("Nothing of it can be used here.", "tx2"))
        if view.lost:
            rows.addSpacing(4)
            rows.addWidget(text("Not taken up", "warn", fonts.section()))
            for each in view.lost:
                rows.addWidget(_reason(f"{each.name}: {each.value}" if each.value else each.name, each.why))
        if view.remarks:
            rows.addSpacing(4)
            rows.addWidget(text("To know", "tx1", fonts.section()))
            for remark in view.remarks:
                rows.addWidget(wrapped(f"{remark}.", "tx2"))
        rows.addStretch(1)
        self.column.addWidget(self._scrolled(window, body))
        self.column.addWidget(line())
        self.column.addLayout(self._foot(view))

    def _head(self, view: ImportView) -> QHBoxLayout:
        close = IconButton(self._theme, "close", "Close")
        close.clicked.connect(lambda: self.close())
        head = QHBoxLayout()
        head.addWidget(text(view.title, "tx1", fonts.sheet()))
        head.addStretch(1)
        head.addWidget(close)
        return head

    def _foot(self, view: ImportView) -> QHBoxLayout:
        undo = Button(self._theme, "Undo", "plain", "reset")
        undo.setAccessibleName("Undo: the settings as they were")
        undo.clicked.connect(self._take_back)
        keep = Button(self._theme, "Keep", "quiet")
        keep.clicked.connect(lambda: self.close())
        foot = QHBoxLayout()
        told = f"{len(view.taken)} taken up, {len(view.lost)} not" if view.lost else f"{len(view.taken)} taken up"
        foot.addWidget(text(told, "tx3"))
        foot.addStretch(1)
        foot.addWidget(undo)
        foot.addWidget(keep)
        return foot

    def _scrolled(self, window: QWidget, body: QWidget) -> QScrollArea:
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName("What was taken up, what was not, and what to know")
        area.setWidget(body)
        inner = self.width() - 28
        wanted = body.heightForWidth(inner) if body.hasHeightForWidth() else body.sizeHint().height()
        area.setFixedHeight(min(max(wanted, 40) + 4, sizes.tall(TALLEST), max(window.height() - BELOW_SHEET, 160)))
        return area

    def _take_back(self) -> None:
        self.close()
        self._undo()


def _taken(rows: tuple[tuple[str, str], ...]) -> QWidget:
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(1, 1)
    for at, (name, value) in enumerate(rows):
        label = text(name, "tx2")
        sizes.fix(label, width=NAMES_WIDTH)
        grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_selectable(wrapped(value, "tx1", fonts.value())), at, 1)
    return made


def _reason(what: str, why: str) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 2)
    column.setSpacing(1)
    column.addWidget(_selectable(wrapped(what, "tx1", fonts.value())))
    column.addWidget(wrapped(f"{why[:1].upper()}{why[1:]}.", "tx2"))
    return made


def _selectable(label: QLabel) -> QLabel:
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
