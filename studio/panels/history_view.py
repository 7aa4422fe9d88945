"""The History mode: everything that was made, found again."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from studio.actions import Actions
from studio.archive import Archive
from studio.archive_changes import Change
from studio.panels.history_bar import CountBar, FilterBar
from studio.panels.history_detail import HistoryDetail
from studio.settings import Settings
from studio.theme import Theme, fonts
from studio.viewmodels.archive import ArchiveView
from studio.widgets.buttons import Button
from studio.widgets.confirm import Confirm
from studio.widgets.file_dialog import ask_for_folder
from studio.widgets.picture_grid import GAP, LEAST_SIDE, USUAL_SIDE, PictureGrid
from studio.widgets.text import line, surface, text, wrapped
from studio.widgets.toast import Toast

RIGHT = (256, 304, 400)
"""Least, usual and greatest width of the side panel."""
RIGHT_SMALL = 268
SMALL_WIDTH = 1240
SIDE_STEP = 2
TOAST_GAP = 14
MENU = (
    *("open_in_create", "reuse", "make_again", "favourite", "move_to_project"),
    *("export", "export_clear", "enlarge", "sheet", "copy_picture", "delete"),
)
BIN_MENU = ("restore", "purge")


class EmptyPage(QWidget):
    """What will be here, and the next step. stepped(name): the button was pressed."""

    stepped = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._step = ""
        self._title = text("", "tx1", fonts.sheet())
        self._words = wrapped("", "tx2")
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.button = Button(theme, "", "plain")
        self.button.clicked.connect(lambda: self.stepped.emit(self._step))
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(3)
        column.addWidget(self._title, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._words)
        column.addSpacing(6)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(4)

    def show_words(self, empty: tuple[str, str], step: tuple[str, str]) -> None:
        title, words = empty
        self._title.setText(title)
        self._words.setText(words)
        self._step, label = step
        self.button.setText(label)
        self.button.setVisible(bool(label))


class HistoryPage(QWidget):
    """wanted(artifact): is to be opened in Create. taken_up(artifact): its settings are. repeated(artifact): make it
    again. left(): the user wants to make a picture."""

    wanted = Signal(object)
    taken_up = Signal(object)
    repeated = Signal(object)
    left = Signal()

    def __init__(
        self, theme: Theme, archive: Archive, settings: Settings, actions: Actions, parent: QWidget | None
    ) -> None:
        """An empty page; `filling` puts on it what it shows."""
        super().__init__(parent)
        self._theme, self.archive, self._settings, self._actions = theme, archive, settings, actions
        self._sized_for_small: bool | None = None
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._centre = surface("canvas", self.splitter)
        self._stack = QStackedWidget(self._centre)

    def filling(self) -> Generator[None]:
        """Make what is on the page, a part at each step.

        Each where it stays: under a style sheet, all of what is put into something else is dressed anew.
        """
        theme, archive, actions = self._theme, self.archive, self._actions
        self.bar = FilterBar(theme, archive, actions, self._centre)
        yield
        self.foot = CountBar(theme, archive, self._centre)
        yield
        self.grid = PictureGrid(theme, archive.grid, archive.thumbnails, self._stack)
        self.empty = EmptyPage(theme)
        yield
        self.detail = HistoryDetail(theme, archive, self._settings, actions, self.splitter)
        yield from self.detail.filling()
        self._build()
        self.toast = Toast(self._centre)
        self._connect()
        self._set_side(self._settings.value("history/side", USUAL_SIDE))
        self.foot.size.setValue((self.grid.tile_side - LEAST_SIDE) // SIDE_STEP)

    def _build(self) -> None:
        for page in (self.grid, self.empty):
            self._stack.addWidget(page)
        column = QVBoxLayout(self._centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.foot)
        column.addWidget(line())
        column.addWidget(self._stack, 1)
        self.detail.setMinimumWidth(RIGHT[0])
        self.detail.setMaximumWidth(RIGHT[2])
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self._centre)
        self.splitter.addWidget(self.detail)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.splitterMoved.connect(lambda *_: self._moved())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.splitter)

    def _connect(self) -> None:
        archive, model = self.archive, self.archive.model
        self.grid.chosen.connect(self._choose)
        self.grid.opened.connect(lambda _place: self.open_chosen())
        self.grid.asked.connect(self._show_menu)
        self.detail.customContextMenuRequested.connect(lambda at: self._open_menu(self.detail.mapToGlobal(at)))
        self.foot.size.valueChanged.connect(lambda at: self._set_side(LEAST_SIDE + SIDE_STEP * at))
        self.foot.empty.clicked.connect(self.empty_bin)
        self.bar.searched.connect(lambda: (self.grid if self.grid.isVisible() else self.empty.button).setFocus())
        self.empty.stepped.connect(self._take_step)
        self.detail.tree.chosen.connect(archive.go_to)
        archive.listed.connect(self._select)
        archive.said.connect(self.say)
        archive.changes.done.connect(self._offer_undo)
        model.watch_all(self._show)

    # What the actions do here

    def open_chosen(self) -> None:
        """The picture in the side panel goes to the canvas of Create."""
        self.archive.with_current(self.wanted.emit)

    def take_up_chosen(self) -> None:
        """Its settings go to Create."""
        self.archive.with_current(self.taken_up.emit)

    def repeat_chosen(self) -> None:
        """It is made again."""
        self.archive.with_current(self.repeated.emit)

    def find(self) -> None:
        """Go to the search field."""
        self.bar.search.setFocus()
        self.bar.search.selectAll()

    def toggle_bin(self) -> None:
        """Into the bin's view, or out of it."""
        self.archive.set_filters(binned=not self.archive.filters.binned)

    def export(self) -> None:
        """Ask for a folder, and copy all that is selected there."""
        start = self._settings.value("history/export", str(Path.home()))
        ask_for_folder(self, "Export to a folder", start, self._export_to)

    def move_chosen(self) -> None:
        """Ask which project what is selected goes to."""
        if not self.archive.model.view.can_act:
            return
        from studio.panels.move_sheet import MoveSheet

        MoveSheet(self.window(), self._theme, self.archive).open_over(self._place_of_chosen())

    def purge(self) -> None:
        """Ask, then delete for good what is selected in the bin."""
        count = self.archive.model.inputs.chosen
        if not self.archive.model.view.can_restore:
            return
        self._ask(f"Delete {'this picture' if count == 1 else f'these {count} pictures'} for good?", self.archive.purge)

    def empty_bin(self) -> None:
        """Ask, then delete for good all that lies in the bin."""
        count = self.archive.model.inputs.found or 0
        self._ask(
            f"Delete {'the one picture' if count == 1 else f'all {count} pictures'} in the bin for good?",
            self.archive.empty_bin,
        )

    def say(self, sentence: str) -> None:
        """A line at the foot of the pictures."""
        if self.isVisible():
            self.toast.say(sentence, self._centre.height() - TOAST_GAP)

    def offer(self, sentence: str, action: str, deed: Callable[[], object]) -> None:
        """The same, with one thing to do about it."""
        self.toast.say(sentence, self._centre.height() - TOAST_GAP, action, deed)

    # What is shown

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.archive.show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.archive.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        small = self.window().width() < SMALL_WIDTH
        if small != self._sized_for_small:
            self._sized_for_small = small
            right = RIGHT_SMALL if small else self._settings.value("history/right", RIGHT[1])
            self.splitter.setSizes([self.width() - right - 1, right])

    def _moved(self) -> None:
        if not self._sized_for_small:
            self._settings.keep("history/right", self.splitter.sizes()[1])

    def _set_side(self, side: int) -> None:
        self.grid.set_tile_side(side)
        self._settings.keep("history/side", self.grid.tile_side)

    def _show(self, view: ArchiveView) -> None:
        self._stack.setCurrentWidget(self.grid if view.empty is None else self.empty)
        self.grid.setAccessibleDescription(", ".join(words for words in (view.count, view.order, view.chosen) if words))
        if view.empty is not None:
            self.empty.show_words(view.empty, view.next_step)
        for name in MENU:
            self._actions.enable(name, view.can_act, "history")
        self._actions.enable("restore", view.can_restore, "history")
        self._actions.enable("purge", view.can_restore, "history")

    def _choose(self) -> None:
        self.archive.choose(self.grid.chosen_places(), self.grid.currentIndex().row())

    def _select(self, places: list[int], current: int) -> None:
        """After the list was read anew: the same pictures again, or the ones in their places."""
        model, chosen = self.grid.selectionModel(), QItemSelection()
        for first, last in _runs(places):
            chosen.select(self.archive.grid.index(first), self.archive.grid.index(last))
        model.blockSignals(True)
        model.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if current >= 0:
            model.setCurrentIndex(self.archive.grid.index(current), QItemSelectionModel.SelectionFlag.NoUpdate)
        model.blockSignals(False)
        if current >= 0:
            self.grid.scrollTo(self.archive.grid.index(current))
        self.grid.viewport().update()
        self.grid.tell_current()

    def _show_menu(self, place: int) -> None:
        if place not in self.grid.chosen_places():
            self.grid.choose(place)
        rect = self.grid.visualRect(self.archive.grid.index(place))
        self._open_menu(self.grid.viewport().mapToGlobal(rect.center()))

    def _open_menu(self, where: QPoint) -> None:
        """For all that is selected. where: on the screen."""
        # One key may ask twice: as itself, and as the event that the platform makes of it.
        if not self.archive.model.inputs.chosen or QApplication.activePopupWidget() is not None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in BIN_MENU if self.archive.filters.binned else MENU:
            menu.addAction(self._actions[name])
        menu.popup(where)

    def _place_of_chosen(self) -> QRect:
        """The current tile on the screen, or where the pictures are, if it was scrolled away."""
        rect = self.grid.visualRect(self.grid.currentIndex()) & self.grid.viewport().rect()
        if rect.isEmpty():
            rect = QRect(self.grid.viewport().rect().center(), QSize(1, 1))
        return QRect(self.grid.viewport().mapToGlobal(rect.topLeft()), rect.size() + QSize(0, GAP))

    def _take_step(self, name: str) -> None:
        match name:
            case "clear":
                self.archive.clear_filters()
            case "leave_bin":
                self.toggle_bin()
            case _:
                self.left.emit()

    def _offer_undo(self, change: Change) -> None:
        self.offer(change.told, "Undo", lambda: self.archive.changes.take_back(change))

    def _export_to(self, folder: Path) -> None:
        self._settings.keep("history/export", str(folder))
        self.archive.export(folder)

    def _ask(self, question: str, deed: object) -> None:
        dialog = Confirm(self, question, "There is no way back.", "Delete for good")
        dialog.accepted.connect(deed)
        dialog.open()


def _runs(places: list[int]) -> list[tuple[int, int]]:
    """Rising places as first and last of each unbroken run."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and place == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs
