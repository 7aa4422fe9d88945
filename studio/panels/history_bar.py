"""The History view's bars: what is looked for, and how large it is shown."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QWidget

from studio.actions import Actions
from studio.archive import Archive
from studio.theme import Theme, fonts, icons, sizes
from studio.theme.tokens import MARGIN
from studio.viewmodels.archive import KINDS, ORDERS
from studio.viewmodels.spans import SPANS
from studio.widgets.buttons import Button, IconButton
from studio.widgets.choice_chip import ChoiceChip
from studio.widgets.picture_grid import LARGEST_SIDE, LEAST_SIDE
from studio.widgets.text import surface, text
from studio.widgets.track import Track

HEIGHT, FOOT = 42, 36
ONWARD = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down)
"""Lead from the search field to what was found."""
SIDE_STEP = 2


class FilterBar(QWidget):
    """Search, project, kind, model, date, favourites, failed runs, and the bin.

    searched(): on to what was found, by a key.
    """

    searched = Signal()

    def __init__(self, theme: Theme, archive: Archive, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._archive = theme, archive
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search prompts and models")
        self.search.setAccessibleName("Search prompts and models")
        self.search.setToolTip(actions["find"].toolTip())
        self.search.setClearButtonEnabled(True)
        self.search.setFont(fonts.label())
        sizes.fix(self.search, height=28)
        self.search.setTextMargins(-6, 0, 0, 0)
        self.search.setMinimumWidth(120)
        self.search.setMaximumWidth(340)
        self._glass = self.search.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        self.project = ChoiceChip(theme, "Project", archive.model.view.projects)
        self.kind = ChoiceChip(theme, "Kind", KINDS)
        self.model = ChoiceChip(theme, "Model", (("", "All models"),))
        self.span = ChoiceChip(theme, "Made", SPANS)
        self.favourite = IconButton(
            theme, "star", "Favourites only", "Only favourites", checkable=True, checked_icon="star_filled"
        )
        tip = "Only pictures of runs that failed part way, while the queue remembers them"
        self.failed = IconButton(theme, "error", "Of failed runs only", tip, checkable=True)
        self.bin = IconButton(theme, "trash", "The bin", actions["bin"].toolTip(), checkable=True)
        ground = surface("panel", self)
        row = QHBoxLayout(ground)
        row.setContentsMargins(MARGIN, 0, 10, 0)
        row.setSpacing(6)
        row.addWidget(self.search, 1)
        for chip in (self.project, self.kind, self.model, self.span, self.favourite, self.failed):
            row.addWidget(chip)
        row.addStretch(0)
        row.addWidget(self.bin)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(ground)
        sizes.fix(self, height=HEIGHT)
        self._connect(actions)
        theme.changed.connect(self._tint)
        self._tint()

    def _connect(self, actions: Actions) -> None:
        archive, model = self._archive, self._archive.model
        self.search.installEventFilter(self)
        self.search.textChanged.connect(lambda words: archive.set_filters(search=words))
        self.project.chosen.connect(lambda number: archive.set_filters(project=number))
        self.kind.chosen.connect(lambda kind: archive.set_filters(kind=kind))
        self.model.chosen.connect(lambda name: archive.set_filters(model=name))
        self.span.chosen.connect(lambda days: archive.set_filters(span=days))
        self.favourite.clicked.connect(lambda on: archive.set_filters(favourite=on))
        self.failed.clicked.connect(lambda on: archive.set_filters(failed=on))
        self.bin.clicked.connect(lambda: actions["bin"].trigger())
        model.watch("models", self.model.set_choices)
        model.watch("projects", self.project.set_choices)
        model.watch_all(lambda _view: self._show())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in ONWARD:
            self.searched.emit()
            return True
        return super().eventFilter(watched, event)

    def _show(self) -> None:
        filters = self._archive.filters
        if filters.search != self.search.text():
            self.search.setText(filters.search)
        self.project.show_value(filters.project)
        # One bin serves all projects.
        self.project.setVisible(not filters.binned)
        self.kind.show_value(filters.kind)
        self.model.show_value(filters.model)
        self.span.show_value(filters.span)
        self.favourite.setChecked(filters.favourite)
        self.failed.setChecked(filters.failed)
        self.bin.setChecked(filters.binned)

    def _tint(self) -> None:
        self._glass.setIcon(self._theme.icon("search", "tx3"))


class CountBar(QFrame):
    """How many there are, their order, and the size of the tiles; in the bin, how to empty it."""

    def __init__(self, theme: Theme, archive: Archive, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("surface", "panel")
        self.count = text("", "tx2", fonts.value())
        self.chosen = text("", "tx1", fonts.value())
        self.clear = Button(theme, "Clear filters", "link")
        self.order = ChoiceChip(theme, "Order", tuple(enumerate(ORDERS)))
        self.empty = Button(theme, "Empty the bin…", "danger")
        self.size = Track(theme, "Size of the tiles", (LARGEST_SIDE - LEAST_SIDE) // SIDE_STEP)
        self.size.set_scale(
            lambda at: LEAST_SIDE + at * SIDE_STEP,
            lambda side: round((side - LEAST_SIDE) / SIDE_STEP),
            lambda side: f"{side:.0f} px",
        )
        self.size.setFixedWidth(120)
        self.size.setToolTip("Size of the tiles")
        self._small, self._large = QLabel(), QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(MARGIN, 0, 10, 8)
        row.setSpacing(8)
        row.addWidget(self.count)
        row.addWidget(self.chosen)
        row.addWidget(self.clear)
        row.addStretch(1)
        row.addWidget(self.empty)
        row.addWidget(self.order)
        row.addSpacing(6)
        for part in (self._small, self.size, self._large):
            row.addWidget(part)
        sizes.fix(self, height=FOOT)
        self.order.chosen.connect(lambda way: archive.set_filters(oldest_first=bool(way)))
        self.clear.clicked.connect(archive.clear_filters)
        model = archive.model
        model.watch("count", self._show_count)
        model.watch("chosen", self.chosen.setText)
        model.watch("narrows", self.clear.setVisible)
        model.watch("order", lambda _: self.order.show_value(int(archive.filters.oldest_first)))
        model.watch("can_empty", self.empty.setVisible)
        theme.changed.connect(self._tint)
        self._tint()

    def _show_count(self, words: str) -> None:
        self.count.setText(words)
        self.count.setAccessibleName(words)

    def _tint(self) -> None:
        for label, name in ((self._small, "tiles_small"), (self._large, "tiles_large")):
            picture: QPixmap = icons.pixmap(name, self._theme.tokens.tx3, 16, 2.0)
            label.setPixmap(picture)
