"""Projects in a window: the menu by keyboard, drafts and strips of their own, deleting and taking it back, restarts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.artifacts.artifact import FIRST_PROJECT
from studio.main_window import MainWindow
from studio.panels.project_menu import ProjectMenu
from studio.projects import Projects
from studio.viewmodels.canvas import Scene
from tests.studio.scripted import Script
from tests.studio.test_session import WAIT_MS, make


class Desk:
    """A window and its projects, as a person sees them."""

    def __init__(self, window: MainWindow, qtbot: QtBot, script: Script) -> None:
        self.window, self.qtbot, self.script = window, qtbot, script
        self.session, self.projects = window.session, window.session.projects
        self.until(lambda: bool(self.projects.model.inputs.projects))

    def until(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)

    @property
    def name(self) -> str:
        return self.projects.model.view.name

    @property
    def strip(self) -> list[str]:
        tiles = self.session.gallery.list
        return [tiles.tile(row).prompt for row in range(tiles.rowCount())]

    def menu(self, action: str = "projects") -> ProjectMenu:
        self.window.actions_[action].trigger()
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, ProjectMenu)
        return menu

    def add(self, name: str) -> None:
        menu = self.menu("new_project")
        assert menu.naming is not None
        QTest.keyClicks(menu.naming.field, name)
        QTest.keyClick(menu.naming.field, Qt.Key.Key_Return)
        self.until(lambda: self.name == name)

    def go_to(self, name: str) -> None:
        self.projects.go_to(next(each.number for each in self.projects.model.inputs.projects if each.name == name))
        assert self.name == name

    def make(self, prompt: str, **changes: object) -> None:
        make(self.window, self.qtbot, self.script, prompt=prompt, **changes)


@pytest.fixture
def desk(window: MainWindow, qtbot: QtBot, script: Script) -> Iterator[Desk]:
    window.activateWindow()
    yield Desk(window, qtbot, script)
    while (sheet := QApplication.activePopupWidget()) is not None:
        sheet.close()


def test_a_project_has_pictures_and_settings_of_its_own(desk: Desk) -> None:
    session = desk.session
    desk.make("a red cube", steps=4, eta=0.5)
    desk.add("Marble studies")
    assert desk.window.top.project.accessibleName() == "Project: Marble studies"
    assert (session.desk.draft.prompt, session.desk.draft.steps, session.desk.draft.eta) == ("", 4, 0.5)
    desk.until(lambda: desk.strip == [])
    assert session.stage.run is None
    assert session.stage.canvas.view.scene is Scene.WAITING, "the first run's welcome, though there are pictures"
    desk.make("a marble", steps=6)
    assert desk.strip == ["a marble"]
    desk.go_to("Untitled")
    assert (session.desk.draft.prompt, session.desk.draft.steps) == ("a red cube", 4)
    desk.until(lambda: desk.strip == ["a red cube"])
    desk.until(lambda: session.stage.canvas.view.finished)
    assert session.gallery.current is not None
    assert session.gallery.current.recipe.request.prompt == "a red cube"
    desk.go_to("Marble studies")
    assert (session.desk.draft.prompt, session.desk.draft.steps) == ("a marble", 6)


def test_each_project_undoes_its_own_changes(desk: Desk) -> None:
    session = desk.session
    session.desk.change(prompt="first")
    desk.add("Marble")
    session.desk.change(prompt="second")
    desk.go_to("Untitled")
    session.desk.undo()
    assert session.desk.draft.prompt == ""
    session.desk.redo()
    assert session.desk.draft.prompt == "first"
    desk.go_to("Marble")
    assert session.desk.draft.prompt == "second"
    session.desk.undo()
    assert session.desk.draft.prompt == ""


def test_the_menu_goes_by_keyboard_alone(desk: Desk) -> None:
    desk.make("a red cube")
    desk.add("Marble")
    desk.window.activateWindow()
    desk.until(desk.window.isActiveWindow)
    desk.window.create_page.prompt.editor.setFocus()
    QTest.keyClick(desk.window.create_page.prompt.editor, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, ProjectMenu)
    desk.until(lambda: menu.rows[FIRST_PROJECT].figure.text() == "1")
    assert menu.isVisible()
    current = menu.rows[desk.projects.current]
    desk.until(lambda: QApplication.focusWidget() is current)
    assert current.accessibleName() == "Marble, 0 pictures, the current project"
    QTest.keyClick(current, Qt.Key.Key_Up)
    assert QApplication.focusWidget() is menu.rows[FIRST_PROJECT]
    QTest.keyClick(menu.rows[FIRST_PROJECT], Qt.Key.Key_Return)
    assert desk.name == "Untitled"
    assert QApplication.activePopupWidget() is None


def test_names_are_checked_in_place_in_one_sentence(desk: Desk) -> None:
    desk.add("Marble")
    menu = desk.menu("rename_project")
    naming = menu.naming
    assert naming is not None
    assert naming.field.text() == "Marble"
    for name, told in (
        ("   ", "A project's name is empty; give it 1 to 60 letters"),
        ("x" * 61, "The name has 61 letters; a project's has at most 60, so shorten it"),
        ("untitled", "There is a project “Untitled” already; choose another name"),
    ):
        naming.field.selectAll()
        QTest.keyClicks(naming.field, name)
        assert naming.sentence.isHidden()
        QTest.keyClick(naming.field, Qt.Key.Key_Return)
        assert naming.sentence.text() == told
        assert naming.field.accessibleDescription() == told
        assert menu.isVisible()
    QTest.keyClick(naming.field, Qt.Key.Key_Escape)
    assert menu.naming is None
    assert menu.isVisible(), "Esc leaves the field first"
    menu.rename.click()
    assert menu.naming is not None
    menu.naming.field.selectAll()
    QTest.keyClicks(menu.naming.field, "MARBLE  studies")
    QTest.keyClick(menu.naming.field, Qt.Key.Key_Return)
    desk.until(lambda: desk.name == "MARBLE studies")
    assert desk.window.bridge.engine.history.projects.named("marble studies").number == desk.projects.current


def test_deleting_moves_to_the_bin_and_the_toast_takes_it_back(desk: Desk) -> None:
    history = desk.window.bridge.engine.history
    desk.add("Marble")
    desk.make("a marble")
    desk.projects.read()
    desk.until(lambda: desk.projects.model.inputs.current.count == 1)
    menu = desk.menu("delete_project")
    assert menu.target.isVisible()
    assert QApplication.focusWidget() is menu.cancel
    menu.verb.click()
    desk.until(lambda: desk.name == "Untitled")
    assert len(history.binned()) == 1
    toast = desk.window.create_page.toast
    assert toast.accessibleName() == "“Marble” deleted, 1 picture moved to the bin"
    assert not desk.window.actions_["delete_project"].isEnabled(), "the first project can be deleted"
    toast.button.click()
    desk.until(lambda: desk.name == "Marble")
    assert history.binned() == ()
    desk.until(lambda: desk.strip == ["a marble"])
    assert desk.session.desk.draft.prompt == "a marble"


def test_deleting_into_another_project_loses_nothing(desk: Desk) -> None:
    desk.add("Glass")
    desk.add("Marble")
    desk.make("a marble")
    desk.projects.read()
    desk.until(lambda: desk.projects.model.inputs.current.count == 1)
    menu = desk.menu("delete_project")
    glass = next(number for number, name in desk.projects.model.view.kept_elsewhere if name == "Glass")
    menu.target.show_value(glass)
    menu.verb.click()
    desk.until(lambda: desk.name == "Glass")
    desk.until(lambda: desk.strip == ["a marble"])
    assert desk.window.bridge.engine.history.binned() == ()


def test_a_job_goes_to_the_project_it_was_asked_in(desk: Desk) -> None:
    """It goes on while one works elsewhere, and takes neither the strip nor the canvas there."""
    session, history = desk.session, desk.window.bridge.engine.history
    desk.add("Marble")
    session.desk.change(prompt="a marble", steps=5)
    session.generate()
    session.generate()
    desk.script.release(2)
    desk.until(lambda: session.runs.run_bar.view.headline == "Step 2 of 5")
    assert desk.strip == ["a marble"]
    desk.go_to("Untitled")
    desk.until(lambda: desk.strip == [])
    assert session.stage.run is None
    desk.script.release(8)
    desk.until(lambda: history.count() == 2)
    desk.until(lambda: session.runs.running is None and not session.runs.busy)
    assert desk.strip == []
    assert session.stage.run is None
    assert history.count(project=FIRST_PROJECT) == 0
    desk.go_to("Marble")
    desk.until(lambda: len(desk.strip) == 2)
    desk.until(lambda: session.stage.canvas.view.finished)


def test_the_history_shows_this_project_or_all(desk: Desk) -> None:
    desk.make("a red cube")
    desk.add("Marble")
    desk.make("a marble")
    desk.window.show_mode_named("history")
    archive, chip = desk.window.history.archive, desk.window.history.page.bar.project
    desk.until(lambda: archive.model.view.count == "1 picture")
    assert chip.text() == "Marble"
    assert [name for _, name in archive.model.view.projects] == ["Marble", "All projects", "Untitled"]
    chip.chosen.emit(None)
    desk.until(lambda: archive.model.view.count == "2 pictures")
    assert chip.text() == "All projects"
    archive.set_filters(search="cube")
    desk.until(lambda: archive.model.view.count == "1 of 2 pictures")
    archive.clear_filters()
    desk.until(lambda: archive.model.view.count == "2 pictures")
    desk.go_to("Untitled")
    desk.until(lambda: archive.model.view.count == "1 picture")
    assert chip.text() == "Untitled"
    archive.set_filters(binned=True)
    desk.until(lambda: archive.model.view.count == "0 pictures in the bin")
    assert chip.isHidden(), "there is one bin for all projects"


def test_only_the_whole_bin_can_be_emptied(desk: Desk) -> None:
    desk.make("a red cube")
    desk.window.show_mode_named("history")
    archive = desk.window.history.archive
    desk.until(lambda: archive.model.view.can_act)
    archive.delete()
    archive.set_filters(binned=True)
    desk.until(lambda: archive.model.view.can_empty)
    archive.set_filters(search="cube")
    desk.until(lambda: archive.model.view.count == "1 picture in the bin")
    assert not archive.model.view.can_empty, "it would delete what the search leaves out"


class Late:
    """Work is done at once; what came of it is delivered when the test says."""

    def __init__(self) -> None:
        self.deliveries: list[Callable[[], object]] = []

    def run(self, work: Callable[[], object], then: Callable[[object], object], _refused: object) -> None:
        found = work()
        self.deliveries.append(lambda: then(found))


def test_an_answer_that_comes_late_does_not_hide_a_newer_one(desk: Desk) -> None:
    late = Late()
    projects = Projects(desk.window.bridge, late, desk.window._settings)  # type: ignore[arg-type]
    projects.read()
    projects.add("Marble")
    projects.read()
    before, made, after = late.deliveries
    after()
    made()
    before()
    assert [row.name for row in projects.model.view.rows] == ["Untitled", "Marble"]
    assert projects.model.view.name == "Marble"


def test_the_palette_goes_to_projects(desk: Desk) -> None:
    desk.add("Marble")
    finder, found = desk.window.finder, list[object]()
    finder.found.connect(lambda sections: found.extend(each for section in sections for each in section))
    finder.begin()
    finder.ask("untitled")
    (entry,) = [each for each in found if each.section == "Projects"]  # type: ignore[attr-defined]
    entry.do()  # type: ignore[attr-defined]
    assert desk.name == "Untitled"


def test_the_project_and_every_draft_outlive_a_restart(
    open_studio: Callable[..., MainWindow], qtbot: QtBot, script: Script
) -> None:
    desk = Desk(open_studio(), qtbot, script)
    desk.session.desk.change(prompt="of the first")
    desk.add("Marble")
    desk.session.desk.change(prompt="of marble")
    desk.window.close()
    window = open_studio(ready=False)
    assert window.session.projects.model.view.name == "Marble", "known before the history is read"
    assert window.session.desk.draft.prompt == "of marble"
    again = Desk(window, qtbot, script)
    again.go_to("Untitled")
    assert window.session.desk.draft.prompt == "of the first"


def test_a_project_that_is_gone_gives_way_to_the_first(
    open_studio: Callable[..., MainWindow], qtbot: QtBot, script: Script
) -> None:
    desk = Desk(open_studio(), qtbot, script)
    desk.add("Marble")
    number = desk.projects.current
    desk.window.bridge.engine.history.projects.close(number)
    desk.window.close()
    again = Desk(open_studio(), qtbot, script)
    again.until(lambda: again.name == "Untitled")
    again.make("a red cube")
    assert again.window.bridge.engine.history.count(project=FIRST_PROJECT) == 1
