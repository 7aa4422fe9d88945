"""Pictures moved between projects in History: by keys, menus and the palette, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from core.artifacts.artifact import FIRST_PROJECT
from core.history.store import HistoryStore
from studio.main_window import MainWindow
from studio.panels.move_sheet import MoveSheet
from tests.studio.scripted import Script
from tests.studio.test_accessibility import looks
from tests.studio.test_history_view import PROMPTS, Shelf
from tests.studio.test_session import make
from tests.studio.walking import faults

SHIFT = Qt.KeyboardModifier.ShiftModifier


class Shelves(Shelf):
    """The History mode with four pictures in the first project, and an empty project "Marble"."""

    @property
    def history(self) -> HistoryStore:
        return self.window.bridge.engine.history

    @property
    def counts(self) -> dict[str, int]:
        return {project.name: project.count for project in self.history.projects.all()}

    @property
    def sheet(self) -> MoveSheet:
        sheet = QApplication.activePopupWidget()
        assert isinstance(sheet, MoveSheet)
        return sheet

    @property
    def marble(self) -> int:
        return self.history.projects.named("Marble").number

    def move(self) -> None:
        """What is selected to Marble."""
        self.do("move_to_project")
        self.sheet.rows[self.marble].click()
        self.until(lambda: self.counts["Marble"] > 0)


@pytest.fixture
def shelves(window: MainWindow, qtbot: QtBot, script: Script) -> Shelves:
    for seed, prompt in enumerate(PROMPTS):
        make(window, qtbot, script, prompt=prompt, seed=seed, seed_locked=True)
    window.bridge.engine.history.projects.add("Marble")
    window.session.projects.read()
    qtbot.waitUntil(lambda: len(window.session.projects.model.inputs.projects) == 2)
    window.activateWindow()
    made = Shelves(window, qtbot)
    made.do("mode_history")
    made.until(lambda: made.archive.grid.rowCount() == len(PROMPTS))
    made.until(lambda: made.shown != "")
    return made


def test_several_are_moved_by_keys_alone_and_undone_and_redone(shelves: Shelves) -> None:
    gone, stays = shelves.prompts[:2], shelves.prompts[2:]
    shelves.press(Qt.Key.Key_Right, SHIFT)
    shelves.press(Qt.Key.Key_M, SHIFT)
    sheet = shelves.sheet
    assert sheet.accessibleName() == "Move 2 pictures to a project"
    assert not sheet.rows[FIRST_PROJECT].isEnabled(), "they are there already"
    assert QApplication.focusWidget() is sheet.rows[shelves.marble]
    QTest.keyClick(sheet.rows[shelves.marble], Qt.Key.Key_Return)
    shelves.until(lambda: shelves.prompts == stays)
    assert shelves.counts == {"Untitled": 2, "Marble": 2}
    assert shelves.page.toast.accessibleName() == "2 pictures moved to “Marble”"
    strip, projects = shelves.window.session.gallery.list, shelves.window.session.projects.model
    shelves.until(lambda: strip.rowCount() == 2)
    shelves.until(lambda: [row.count for row in projects.view.rows] == ["2", "2"])
    shelves.do("undo")
    shelves.until(lambda: sorted(shelves.prompts) == sorted(PROMPTS))
    assert shelves.counts == {"Untitled": 4, "Marble": 0}
    shelves.until(lambda: shelves.shown in gone)
    shelves.do("redo")
    shelves.until(lambda: shelves.prompts == stays)
    assert shelves.counts == {"Untitled": 2, "Marble": 2}


def test_the_toast_takes_a_move_back(shelves: Shelves) -> None:
    shelves.move()
    shelves.until(lambda: shelves.archive.grid.rowCount() == 3)
    shelves.page.toast.button.click()
    shelves.until(lambda: shelves.archive.grid.rowCount() == 4)
    assert shelves.counts == {"Untitled": 4, "Marble": 0}


def test_a_move_and_a_deletion_are_undone_last_first(shelves: Shelves) -> None:
    moved, deleted = shelves.prompts[:2]
    shelves.move()
    shelves.until(lambda: shelves.archive.grid.rowCount() == 3)
    shelves.until(lambda: shelves.shown == deleted)
    shelves.do("delete")
    shelves.until(lambda: shelves.archive.grid.rowCount() == 2)
    shelves.do("undo")
    shelves.until(lambda: shelves.archive.grid.rowCount() == 3)
    assert deleted in shelves.prompts
    assert moved not in shelves.prompts
    shelves.do("undo")
    shelves.until(lambda: shelves.archive.grid.rowCount() == 4)
    said: list[str] = []
    shelves.archive.said.connect(said.append)
    shelves.do("undo")
    assert said == ["Nothing to undo"]


def test_the_emptied_bin_leaves_a_move_its_way_back(shelves: Shelves) -> None:
    shelves.move()
    shelves.until(lambda: shelves.archive.grid.rowCount() == 3)
    shelves.do("delete")
    shelves.until(lambda: shelves.archive.grid.rowCount() == 2)
    shelves.archive.empty_bin()
    shelves.until(lambda: shelves.history.binned() == ())
    shelves.do("undo")
    shelves.until(lambda: shelves.archive.grid.rowCount() == 3)
    assert shelves.counts == {"Untitled": 3, "Marble": 0}


def test_a_project_is_made_for_them_and_does_not_become_the_current_one(shelves: Shelves) -> None:
    shelves.grid.selectAll()
    shelves.do("move_to_project")
    sheet = shelves.sheet
    sheet.new.click()
    assert sheet.naming is not None
    QTest.keyClicks(sheet.naming.field, "marble")
    QTest.keyClick(sheet.naming.field, Qt.Key.Key_Return)
    assert sheet.naming.sentence.text() == "There is a project “Marble” already; choose another name"
    QTest.keyClick(sheet.naming.field, Qt.Key.Key_Escape)
    assert sheet.naming is None
    assert QApplication.focusWidget() is sheet.new
    sheet.new.click()
    assert sheet.naming is not None
    QTest.keyClicks(sheet.naming.field, "Glass")
    QTest.keyClick(sheet.naming.field, Qt.Key.Key_Return)
    shelves.until(lambda: shelves.page.empty.isVisible())
    assert shelves.counts == {"Untitled": 0, "Marble": 0, "Glass": 4}
    projects = shelves.window.session.projects
    assert projects.current == FIRST_PROJECT
    shelves.until(lambda: "Glass" in [row.name for row in projects.model.view.rows])


def test_undo_takes_the_project_with_it_that_was_made_for_them(shelves: Shelves) -> None:
    shelves.archive.move_to_new("Glass")
    shelves.until(lambda: shelves.counts.get("Glass") == 1)
    shelves.until(lambda: shelves.archive.grid.rowCount() == 3)
    shelves.do("undo")
    shelves.until(lambda: shelves.counts == {"Untitled": 4, "Marble": 0})
    projects = shelves.window.session.projects.model
    shelves.until(lambda: [row.name for row in projects.view.rows] == ["Untitled", "Marble"])
    shelves.do("redo")
    shelves.until(lambda: shelves.counts == {"Untitled": 3, "Marble": 0, "Glass": 1})
    shelves.until(lambda: not shelves.archive.is_looking and shelves.archive.grid.rowCount() == 3)
    left = shelves.history.page(project=FIRST_PROJECT)[0]
    shelves.history.move([left.id], shelves.history.projects.named("Glass").number)
    assert shelves.counts["Glass"] == 2
    shelves.do("undo")
    shelves.until(lambda: shelves.counts["Glass"] == 1)


def test_among_all_projects_they_stay_selected_and_in_their_places(shelves: Shelves) -> None:
    shelves.archive.set_filters(project=None)
    shelves.until(lambda: shelves.archive.filters.project is None and not shelves.archive.is_looking)
    before = shelves.prompts
    shelves.move()
    shelves.until(lambda: (row := shelves.archive.grid.row(0)) is not None and row.project == shelves.marble)
    assert shelves.prompts == before
    assert shelves.grid.chosen_places() == [0]
    shelves.press(Qt.Key.Key_Right, SHIFT)
    shelves.do("move_to_project")
    rows = shelves.sheet.rows
    assert all(row.isEnabled() for row in rows.values()), "the selection is of two projects"
    said: list[str] = []
    shelves.archive.said.connect(said.append)
    rows[shelves.marble].click()
    shelves.until(lambda: shelves.counts["Marble"] == 2)
    assert shelves.page.toast.accessibleName() == "1 picture moved to “Marble”"
    shelves.until(lambda: not shelves.archive.is_looking)
    shelves.archive.move_to(shelves.marble)
    shelves.until(lambda: said == ["Already in “Marble”"])


def _menu(widget: QWidget, at: QPoint) -> QMenu:
    QApplication.sendEvent(widget, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, widget.mapToGlobal(at)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


@pytest.mark.parametrize(
    "asked",
    [
        lambda page: _menu(page.grid.viewport(), page.grid.visualRect(page.archive.grid.index(0)).center()),
        lambda page: _menu(page.detail.picture, QPoint(5, 5)),
    ],
    ids=["grid", "side panel"],
)
def test_the_menus_offer_it(shelves: Shelves, asked: Callable[[Any], QMenu]) -> None:
    menu = asked(shelves.page)
    action = shelves.window.actions_["move_to_project"]
    assert action in menu.actions()
    menu.setActiveAction(action)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    shelves.sheet.rows[shelves.marble].click()
    shelves.until(lambda: shelves.counts["Marble"] == 1)


def test_it_is_offered_in_history_alone_and_not_in_the_bin(shelves: Shelves) -> None:
    action = shelves.window.actions_["move_to_project"]
    assert action.isEnabled()
    assert shelves.page.detail.to_project.isVisible()
    shelves.do("mode_create")
    assert not action.isEnabled()
    shelves.do("mode_history")
    shelves.do("delete")
    shelves.until(lambda: shelves.archive.grid.rowCount() == 3)
    shelves.do("bin")
    shelves.until(lambda: shelves.archive.detail.view.binned)
    assert not action.isEnabled()
    assert not shelves.page.detail.to_project.isVisible()


def test_the_sheet_has_no_fault_in_any_look(shelves: Shelves) -> None:
    found: list[str] = []
    for look in looks(shelves.window):
        for names in (False, True):
            shelves.do("move_to_project")
            if names:
                shelves.sheet.new.click()
            found += [f"{look}: {fault}" for fault in faults(shelves.sheet)]
            shelves.sheet.close()
    assert found == []


def test_the_palette_finds_it(shelves: Shelves) -> None:
    found: list[Any] = []
    finder = shelves.window.finder
    finder.found.connect(lambda sections: found.extend(each for section in sections for each in section))
    finder.begin()
    finder.ask("move to project")
    next(each for each in found if each.title == "Move to project…").do()
    assert shelves.sheet.isVisible()
    shelves.sheet.close()
