"""The projects' sheet: go to one, make one, name and delete the current one."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.panels.popover import Popover
from studio.projects import Projects
from studio.theme import Theme, fonts
from studio.viewmodels import wording
from studio.viewmodels.projects import ProjectsView, name_problem
from studio.widgets.buttons import Button
from studio.widgets.choice_chip import ChoiceChip
from studio.widgets.menu_row import MenuRow
from studio.widgets.name_field import NameField
from studio.widgets.row_list import RowList
from studio.widgets.text import line, text, wrapped

WIDTH, MOST_ROWS = 300, 10
BIN = "The bin, for 30 days"


class ProjectMenu(Popover):
    """Starts as the list; `begin_new`, `begin_rename` and `begin_delete` ask for what they need in its place."""

    def __init__(self, window: QWidget, theme: Theme, projects: Projects) -> None:
        super().__init__(window, "Projects", WIDTH)
        self._theme, self._projects = theme, projects
        self.rows: dict[int, MenuRow] = {}
        self.naming: NameField | None = None
        self._renames = False
        self.column.setContentsMargins(6, 6, 6, 6)
        self.column.setSpacing(2)
        self._list = RowList(MOST_ROWS)
        self.new = MenuRow(theme, "New project…", "plus")
        self.rename = MenuRow(theme, "Rename…", "rename")
        self.delete = MenuRow(theme, "Delete…", "trash")
        self._foot = QWidget()
        self._lay_out_foot()
        self._rule = line()
        self._asking = QWidget()
        self._lay_out_question()
        for part in (self._list, self._rule, self._foot, self._asking):
            self.column.addWidget(part)
        self.new.clicked.connect(self.begin_new)
        self.rename.clicked.connect(self.begin_rename)
        self.delete.clicked.connect(self.begin_delete)
        self._unwatch = projects.model.watch_all(self._show)
        self._show_state("list")
        projects.read()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._unwatch()
        super().closeEvent(event)

    def begin_new(self) -> None:
        """Ask for the name of a new project, below the others."""
        self._edit("", "Name of the new project", renames=False)

    def begin_rename(self) -> None:
        """Ask for another name, in the current project's own row."""
        self._edit(self._projects.model.view.name, "New name of the project", renames=True)

    def begin_delete(self) -> None:
        """Ask where the current project's pictures go."""
        self._stop_editing()
        count = self._projects.model.inputs.current.count
        name = self._projects.model.view.name
        self._question.setText(f"Delete “{name}”?")
        held = "Its one picture goes to" if count == 1 else f"Its {wording.count(count, 'picture')} go to"
        self._where.setText(held if count else "It holds no pictures.")
        self.target.setVisible(bool(count))
        self._show_state("question")
        self.cancel.setFocus()

    def _lay_out_foot(self) -> None:
        column = QVBoxLayout(self._foot)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        for row in (self.new, self.rename, self.delete):
            column.addWidget(row)

    def _lay_out_question(self) -> None:
        self._question: QLabel = wrapped("", "tx1", fonts.card())
        self._where = wrapped("", "tx2")
        self.target = ChoiceChip(self._theme, "Pictures go to", ((None, BIN),))
        self.cancel, self.verb = Button(self._theme, "Cancel"), Button(self._theme, "Delete", "danger")
        self.cancel.clicked.connect(lambda: self._leave_question())
        self.verb.clicked.connect(self._delete)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.verb)
        column = QVBoxLayout(self._asking)
        column.setContentsMargins(8, 6, 8, 4)
        column.setSpacing(8)
        column.addWidget(self._question)
        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(self._where, 1)
        where.addWidget(self.target)
        column.addLayout(where)
        column.addWidget(text("It can be undone.", "tx3"))
        column.addLayout(buttons)

    def _show_state(self, state: str) -> None:
        """state: "list" or "question"."""
        asks = state == "question"
        self._list.setVisible(not asks)
        self._rule.setVisible(not asks)
        self._foot.setVisible(not asks)
        self._asking.setVisible(asks)
        self._fit()

    def _leave_question(self) -> None:
        self._show_state("list")
        self.delete.setFocus()

    def _show(self, view: ProjectsView) -> None:
        if [each.number for each in view.rows] != list(self.rows):
            self._arrange(view)
        for each in view.rows:
            row = self.rows[each.number]
            row.words.setText(each.name)
            row.figure.setText(each.count)
            row.setAccessibleName(each.says)
        self.delete.setEnabled(view.can_delete)
        why = "Move its pictures to the bin or another project" if view.can_delete else "The first project stays"
        self.delete.setToolTip(why)
        self.target.set_choices(((None, BIN), *view.kept_elsewhere))
        self._fit()

    def _arrange(self, view: ProjectsView) -> None:
        """Other rows than before; the current one has the focus where nothing is asked."""
        self.rows = {}
        for each in view.rows:
            row = MenuRow(self._theme, each.name, "tick" if each.current else "", marked=each.current)
            row.clicked.connect(partial(self._take, each.number))
            self.rows[each.number] = row
        self._list.put(tuple(self.rows.values()), then=(self.new, self.rename, self.delete))
        if self._renames:
            self.rows[self._projects.current].hide()
        if self.naming is not None:
            self._put_naming()
        elif self._asking.isHidden():
            self.rows[self._projects.current].setFocus()

    def _edit(self, name: str, label: str, *, renames: bool) -> None:
        self._stop_editing()
        self._show_state("list")
        inputs = self._projects.model.inputs
        naming = self.naming = NameField(name, label, lambda words: name_problem(words, inputs, renames=renames))
        self._renames = renames
        if renames:
            self.rows[self._projects.current].hide()
        self._put_naming()
        # A hidden widget takes no room in a layout, and a new one is hidden until Qt comes to it.
        naming.show()
        naming.committed.connect(self._name)
        naming.left.connect(self._leave_naming)
        naming.resized.connect(self._fit)
        self._fit()
        naming.setFocus()
        self._list.ensureWidgetVisible(naming)

    def _put_naming(self) -> None:
        """In the current project's own place, or below all others."""
        assert self.naming is not None
        place = list(self.rows).index(self._projects.current) if self._renames else len(self.rows)
        self._list.insert(place, self.naming)

    def _stop_editing(self) -> None:
        naming, self.naming, self._renames = self.naming, None, False
        if naming is not None:
            self._list.drop(naming)
        for row in self.rows.values():
            row.show()

    def _leave_naming(self) -> None:
        back = self.rename if self._renames else self.new
        self._stop_editing()
        self._fit()
        back.setFocus()

    def _name(self, name: str) -> None:
        renames = self._renames
        self.close()
        if not renames:
            self._projects.add(name)
        elif name != self._projects.model.view.name:
            self._projects.rename(name)

    def _take(self, number: int) -> None:
        self.close()
        self._projects.go_to(number)

    def _delete(self) -> None:
        to = self.target.value()
        self.close()
        self._projects.delete(to if isinstance(to, int) else None)

    def _fit(self) -> None:
        self._list.fit(WIDTH - 14)
        self.adjustSize()
