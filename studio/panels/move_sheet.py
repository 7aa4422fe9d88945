"""Which project the selected pictures go to: one that is there, or one made for them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.archive import Archive
from studio.panels.popover import Popover
from studio.theme import Theme, fonts
from studio.viewmodels import wording
from studio.viewmodels.projects import ProjectsView, name_problem
from studio.widgets.menu_row import MenuRow
from studio.widgets.name_field import NameField
from studio.widgets.row_list import RowList
from studio.widgets.text import line, retone, text

WIDTH, MOST_ROWS = 300, 10


class MoveSheet(Popover):
    """The projects as rows; the one that all of the selection is in can't be taken, and says so by its tick."""

    def __init__(self, window: QWidget, theme: Theme, archive: Archive) -> None:
        count = wording.count(archive.model.inputs.chosen, "picture")
        super().__init__(window, f"Move {count} to a project", WIDTH)
        self._theme, self._archive, self._projects = theme, archive, archive.projects
        self._home = archive.home_of_chosen()
        self.rows: dict[int, MenuRow] = {}
        self.naming: NameField | None = None
        self._head = text(f"Move {count} to", "tx2", fonts.section())
        self._head.setContentsMargins(8, 4, 8, 4)
        self._head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._list = RowList(MOST_ROWS)
        self.new = MenuRow(theme, "New project…", "plus")
        self.new.clicked.connect(self.begin_new)
        self.column.setContentsMargins(6, 6, 6, 6)
        self.column.setSpacing(2)
        for part in (self._head, self._list, line(), self.new):
            self.column.addWidget(part)
        self._unwatch = self._projects.model.watch_all(self._show)
        self._projects.read()

    def open_over(self, place: QRect) -> None:
        """Below a place on the screen, within the window; the first project that can be taken has the focus."""
        self.adjustSize()
        self._open_at(place.bottomLeft())
        self._focus_first()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._unwatch()
        super().closeEvent(event)

    def begin_new(self) -> None:
        """Ask for the name of a new project, in this row's place."""
        inputs = self._projects.model.inputs
        naming = NameField("", "Name of the new project", lambda words: name_problem(words, inputs, renames=False))
        self.naming = naming
        naming.committed.connect(self._make)
        naming.left.connect(self._leave_naming)
        naming.resized.connect(self._fit)
        self.new.hide()
        naming.setContentsMargins(2, 4, 2, 2)
        self.column.addWidget(naming)
        naming.show()
        naming.setFocus()
        self._fit()

    def _show(self, view: ProjectsView) -> None:
        if [each.number for each in view.rows] != list(self.rows):
            self._arrange(view)
        for each in view.rows:
            row = self.rows[each.number]
            row.words.setText(each.name)
            row.figure.setText(each.count)
            here = each.number == self._home
            row.setEnabled(not here)
            retone(row.words, "tx3" if here else "tx1")
            row.setAccessibleName(f"{each.name}, where they are" if here else each.says)
        self._fit()

    def _arrange(self, view: ProjectsView) -> None:
        self.rows = {}
        for each in view.rows:
            row = MenuRow(self._theme, each.name, "tick" if each.number == self._home else "")
            row.clicked.connect(partial(self._take, each.number))
            self.rows[each.number] = row
        self._list.put(tuple(self.rows.values()), then=(self.new,))
        if self.isVisible() and self.naming is None:
            self._focus_first()

    def _focus_first(self) -> None:
        first = next((row for row in self.rows.values() if row.isEnabled()), self.new)
        first.setFocus(Qt.FocusReason.PopupFocusReason)

    def _leave_naming(self) -> None:
        naming, self.naming = self.naming, None
        if naming is not None:
            self.column.removeWidget(naming)
            naming.hide()
            naming.deleteLater()
        self.new.show()
        self.new.setFocus()
        self._fit()

    def _take(self, number: int, _checked: bool = False) -> None:
        self.close()
        self._archive.move_to(number)

    def _make(self, name: str) -> None:
        self.close()
        self._archive.move_to_new(name)

    def _fit(self) -> None:
        self._list.fit(WIDTH - 14)
        self.adjustSize()
