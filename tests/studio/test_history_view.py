"""The History mode in a window, on a real engine and a real history."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from core.history.database import Database
from core.history.query import HistoryQuery
from core.history.queue_table import StoredQueue
from core.jobs.event import Cancelled, EndedJob, Failed
from core.jobs.job import Job
from core.requests import ImageRequest
from studio.main_window import MainWindow
from studio.panels.history_view import HistoryPage
from studio.widgets.confirm import Confirm
from tests.studio.scripted import Script
from tests.studio.test_session import WAIT_MS, make
from tests.studio.test_window import SIZES, cut_off, shot

PROMPTS = ("a red cube", "a blue sphere", "a red cone", "two green tori")


class Shelf:
    """The History mode of a window that has made four pictures."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot
        self.page: HistoryPage = window.history.page
        self.grid, self.archive = self.page.grid, self.page.archive

    @property
    def prompts(self) -> list[str]:
        rows = [self.archive.grid.row(at) for at in range(self.archive.grid.rowCount())]
        return [row.prompt if row else "?" for row in rows]

    @property
    def shown(self) -> str:
        return self.archive.detail.view.prompt

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=WAIT_MS)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """On the grid."""
        self.grid.setFocus()
        QTest.keyClick(self.grid, key, modifier)

    def do(self, action: str) -> None:
        assert self.window.actions_[action].isEnabled(), action
        self.window.actions_[action].trigger()


@pytest.fixture
def shelf(window: MainWindow, qtbot: QtBot, script: Script) -> Shelf:
    for seed, prompt in enumerate(PROMPTS):
        make(window, qtbot, script, prompt=prompt, seed=seed, seed_locked=True)
    window.activateWindow()
    made = Shelf(window, qtbot)
    made.do("mode_history")
    made.until(lambda: made.archive.grid.rowCount() == len(PROMPTS))
    made.until(lambda: made.shown != "")
    return made


def test_it_lists_all_and_shows_the_first_in_detail(shelf: Shelf) -> None:
    assert sorted(shelf.prompts) == sorted(PROMPTS)
    assert shelf.archive.model.view.count == "4 pictures"
    assert shelf.shown == shelf.prompts[0]
    shelf.press(Qt.Key.Key_Right)
    shelf.until(lambda: shelf.shown == shelf.prompts[1])
    assert any(section.title == "Settings" for section in shelf.archive.detail.view.sections)


def test_the_picture_is_as_high_with_a_scroll_bar_beside_it_as_without(shelf: Shelf) -> None:
    """Else, where that decides whether the bar is needed, it comes and goes until the stack is full."""
    detail, heights = shelf.page.detail, set[int]()
    detail.setParent(None)
    for height in (500, 4000, 500):
        detail.resize(304, height)
        detail.show()
        QApplication.processEvents()
        bar = detail.findChildren(QScrollArea)[0].verticalScrollBar()
        assert bar.isVisible() == (height == 500)
        heights.add(detail.picture.height())
    detail.setParent(shelf.page)
    assert len(heights) == 1


def test_search_finds_as_one_types_and_can_be_cleared(shelf: Shelf) -> None:
    shelf.do("find")
    field = shelf.page.bar.search
    assert QApplication.focusWidget() is field
    QTest.keyClicks(field, "red c")
    shelf.until(lambda: shelf.archive.grid.rowCount() == 2)
    assert sorted(shelf.prompts) == ["a red cone", "a red cube"]
    assert shelf.archive.model.view.count == "2 of 4 pictures"
    QTest.keyClicks(field, "zzz")
    shelf.until(lambda: shelf.page.empty.isVisible())
    shelf.page.empty.button.click()
    shelf.until(lambda: shelf.archive.grid.rowCount() == 4)
    assert field.text() == ""


def test_of_failed_runs_only_through_store_finder_and_view(shelf: Shelf) -> None:
    """A run that made a picture and then failed, as the queue remembers it, until it is forgotten there."""
    engine = shelf.window.bridge.engine
    ids = {prompt: next(a.id for a in engine.history.page() if a.recipe.request.prompt == prompt) for prompt in PROMPTS}
    job_id = ids["a red cone"].rpartition("-")[0]
    database = Database(engine.home.database)
    failed, cancelled = Failed(job_id, "the state is not finite"), Cancelled("", 1, 5)
    for job, end in ((job_id, failed), (ids["a red cube"].rpartition("-")[0], cancelled)):
        ended = EndedJob(Job(job, ImageRequest("a cone")), replace(end, job_id=job), 1, 5, "2026-01-01T00:00:00+00:00")
        StoredQueue(database).end(ended)
    finder = engine.history.finder
    assert [row.id for row in finder.rows(finder.find(HistoryQuery(failed=True)))] == [ids["a red cone"]]
    assert len(finder.find(HistoryQuery("blue", failed=True))) == 0
    shelf.page.bar.failed.click()
    shelf.until(lambda: shelf.prompts == ["a red cone"])
    assert shelf.archive.model.view.count == "1 of 4 pictures"
    shelf.until(lambda: shelf.shown == "a red cone")
    StoredQueue(database).forget([job_id])
    shelf.archive.look()
    shelf.until(lambda: shelf.page.empty.isVisible())
    shelf.page.empty.button.click()
    shelf.until(lambda: shelf.archive.grid.rowCount() == 4)
    assert not shelf.page.bar.failed.isChecked()
    database.close()


def test_filters_combine(shelf: Shelf) -> None:
    shelf.page.bar.span.chosen.emit(1)
    shelf.until(lambda: shelf.page.empty.isVisible())
    shelf.archive.clear_filters()
    shelf.until(lambda: shelf.archive.grid.rowCount() == 4)
    shelf.page.bar.model.chosen.emit("flat")
    shelf.page.bar.failed.click()
    shelf.until(lambda: shelf.page.empty.isVisible())
    shelf.page.bar.failed.click()
    shelf.until(lambda: shelf.archive.grid.rowCount() == 4)
    assert shelf.page.bar.model.text() == "Flat"


def test_favourites_are_marked_for_all_that_is_chosen_and_seen_in_the_strip(shelf: Shelf) -> None:
    shelf.press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    shelf.until(lambda: shelf.archive.model.inputs.chosen == 2)
    shelf.press(Qt.Key.Key_S)
    shelf.until(
        lambda: [row.favourite for row in map(shelf.archive.grid.row, range(4)) if row] == [True, True, False, False]
    )
    strip = shelf.window.session.gallery.list
    assert sum(strip.tile(at).favourite for at in range(strip.rowCount())) == 2
    assert shelf.grid.chosen_count() == 2
    shelf.page.bar.favourite.click()
    shelf.until(lambda: shelf.archive.grid.rowCount() == 2)
    shelf.until(lambda: shelf.archive.model.inputs.all_favourites)
    shelf.grid.selectAll()
    shelf.do("favourite")
    shelf.until(lambda: shelf.page.empty.isVisible())


def test_delete_goes_to_the_bin_and_undo_brings_back(shelf: Shelf) -> None:
    gone, next_one = shelf.prompts[1], shelf.prompts[2]
    shelf.press(Qt.Key.Key_Right)
    shelf.press(Qt.Key.Key_Delete)
    shelf.until(lambda: shelf.archive.grid.rowCount() == 3)
    assert gone not in shelf.prompts
    shelf.until(lambda: shelf.shown == next_one)
    shelf.until(lambda: shelf.window.session.gallery.list.rowCount() == 3)
    assert shelf.page.toast.isVisible()
    shelf.page.toast.button.click()
    shelf.until(lambda: shelf.archive.grid.rowCount() == 4)
    shelf.until(lambda: shelf.shown == gone)
    shelf.until(lambda: shelf.window.session.gallery.list.rowCount() == 4)


def test_the_bin_restores_and_deletes_for_good_only_when_asked(shelf: Shelf) -> None:
    shelf.press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    shelf.do("delete")
    shelf.until(lambda: shelf.archive.grid.rowCount() == 2)
    shelf.do("bin")
    shelf.until(lambda: shelf.archive.model.view.count == "2 pictures in the bin")
    assert not shelf.window.actions_["make_again"].isEnabled()
    shelf.until(lambda: shelf.archive.detail.view.binned)
    assert shelf.page.detail.restore.isVisible()
    shelf.do("purge")
    asked = QApplication.activeModalWidget()
    assert isinstance(asked, Confirm)
    asked.cancel.click()
    shelf.do("restore")
    shelf.until(lambda: shelf.archive.model.view.count == "1 picture in the bin")
    shelf.do("purge")
    asked = QApplication.activeModalWidget()
    assert isinstance(asked, Confirm)
    asked.verb.click()
    shelf.until(lambda: shelf.page.empty.isVisible())
    assert shelf.window.bridge.engine.history.binned() == ()
    shelf.page.empty.button.click()
    shelf.until(lambda: shelf.archive.grid.rowCount() == 3)


def test_nothing_is_done_to_pictures_of_the_other_side_of_the_bin(shelf: Shelf) -> None:
    """Until the bin has been looked into, the selection is still of what lies outside."""
    shelf.do("delete")
    shelf.until(lambda: shelf.archive.grid.rowCount() == 3)
    shelf.do("bin")
    assert shelf.archive.grid.rowCount() == 3
    assert shelf.archive.model.view.count == "Looking"
    for name in ("restore", "purge", "delete", "move_to_project", "make_again"):
        assert not shelf.window.actions_[name].isEnabled(), name
    shelf.archive.restore()
    shelf.archive.delete()
    shelf.until(lambda: shelf.archive.model.view.count == "1 picture in the bin")
    assert shelf.window.actions_["restore"].isEnabled()
    assert len(shelf.window.bridge.engine.history.binned()) == 1


def test_a_key_pressed_while_the_list_is_read_is_not_lost(shelf: Shelf) -> None:
    second = shelf.prompts[1]
    shelf.archive.look()
    assert shelf.archive.is_looking
    shelf.press(Qt.Key.Key_Right)
    shelf.until(lambda: not shelf.archive.is_looking)
    assert shelf.grid.chosen_places() == [1]
    shelf.until(lambda: shelf.shown == second)


def test_relatives_are_walked_and_gone_to_by_keys(shelf: Shelf) -> None:
    history = shelf.window.bridge.engine.history
    parent, *_ = history.page()
    child = replace(parent, id=f"{parent.id.rpartition('-')[0]}-02", parents=(parent.id,))
    history.add(child)
    tree, detail = shelf.page.detail.tree, shelf.archive.detail
    shelf.archive.go_to(parent.id)
    shelf.until(lambda: bool(detail.view.lines) and shelf.archive.current == parent)
    assert tree.isVisible()
    assert [row.id for _, rows in detail.view.lines for row in rows] == [parent.id, child.id]
    shelf.window.activateWindow()
    tree._buttons[parent.id].setFocus()
    QTest.keyClick(tree._buttons[parent.id], Qt.Key.Key_Down)
    assert QApplication.focusWidget() is tree._buttons[child.id]
    QTest.keyClick(tree._buttons[child.id], Qt.Key.Key_Return)
    shelf.until(lambda: shelf.archive.current is not None and shelf.archive.current.id == child.id)
    assert QApplication.focusWidget() is tree._buttons[child.id]
    name, words = tree._buttons[child.id].accessibleName(), tree._buttons[child.id].spoken().words
    assert name.startswith(parent.recipe.request.prompt)
    assert words.startswith("This picture, child of “")
    shelf.press(Qt.Key.Key_S)
    shelf.until(lambda: tree._buttons[child.id].accessibleName() == f"{name}, favourite")


def test_make_again_says_how_it_compares(shelf: Shelf) -> None:
    shelf.press(Qt.Key.Key_A)
    shelf.until(lambda: shelf.archive.detail.view.verdict == "Identical: all pixels")
    assert shelf.page.detail.verdict.isVisible()
    assert shelf.archive.grid.rowCount() == 4
    shelf.press(Qt.Key.Key_Right)
    shelf.until(lambda: shelf.archive.detail.view.verdict == "")


def test_steps_of_a_picture_made_again_stand_on_the_ruler(shelf: Shelf, script: Script) -> None:
    script.repeats_steps = True
    stage, queue = shelf.window.session.stage, shelf.window.session.runs.queue
    shelf.press(Qt.Key.Key_A)
    script.release(2)
    shelf.until(lambda: stage.run is not None and stage.run.done == 2)
    assert queue.view.rows[0].title == f"Again: {shelf.prompts[0][:1].upper()}{shelf.prompts[0][1:]}"
    view = stage.trajectory.view
    assert (len(view.marks), view.reached) == (5, 2)
    assert all(math.isfinite(log_snr) for log_snr in view.marks[:4])
    script.release(3)
    shelf.until(lambda: shelf.archive.detail.view.verdict == "Identical: all pixels")


def test_a_picture_that_is_made_again_after_a_restart_is_known_for_what_it_is(
    open_studio: Callable[..., MainWindow], qtbot: QtBot, script: Script
) -> None:
    script.repeats_steps = True
    first = open_studio()
    make(first, qtbot, script, prompt="a red cube", seed=3)
    artifact = first.session.gallery.list.newest()
    assert artifact is not None
    first.session.runs.repeat(artifact)
    script.release(1)
    qtbot.waitUntil(lambda: first.session.runs.running is not None, timeout=WAIT_MS)
    first.close()
    second = open_studio()
    session, verdicts = second.session, list[str]()
    session.said.connect(verdicts.append)
    script.release(2)
    qtbot.waitUntil(lambda: session.stage.run is not None and session.stage.run.repeats is not None, timeout=WAIT_MS)
    assert session.runs.queue.view.rows[0].title == "Again: A red cube"
    qtbot.waitUntil(lambda: len(session.stage.trajectory.view.marks) == 5, timeout=WAIT_MS)
    assert all(math.isfinite(log_snr) for log_snr in session.stage.trajectory.view.marks[:4])
    script.release(5)
    qtbot.waitUntil(lambda: "Identical: all pixels" in verdicts, timeout=WAIT_MS)


def test_enter_opens_in_create_and_settings_can_be_taken_up(shelf: Shelf) -> None:
    session, wanted = shelf.window.session, shelf.prompts[2]
    shelf.press(Qt.Key.Key_Right)
    shelf.press(Qt.Key.Key_Right)
    shelf.press(Qt.Key.Key_Return)
    shelf.until(lambda: shelf.window.modes.currentWidget() is shelf.window.create_page)
    shelf.until(lambda: session.stage.canvas.view.finished and session.gallery.current is not None)
    assert session.gallery.current is not None
    assert session.gallery.current.recipe.request.prompt == wanted
    shelf.do("mode_history")
    shelf.until(lambda: shelf.shown == wanted)
    shelf.press(Qt.Key.Key_Left)
    other = shelf.prompts[1]
    shelf.do("reuse")
    shelf.until(lambda: session.desk.draft.prompt == other)
    assert session.desk.draft.seed_locked


def test_letters_mean_the_canvas_again_back_in_create(shelf: Shelf) -> None:
    shelf.do("mode_create")
    current = shelf.window.session.gallery.current
    assert current is not None
    shelf.do("favourite")
    history = shelf.window.bridge.engine.history
    shelf.until(lambda: history.favourites() == {current.id})
    assert not shelf.window.actions_["delete"].isEnabled()


def test_several_are_exported_at_once(shelf: Shelf, tmp_path: Path) -> None:
    shelf.grid.selectAll()
    folder = tmp_path / "out"
    folder.mkdir()
    shelf.archive.export(folder)
    shelf.until(lambda: len(list(folder.glob("*.png"))) == 4)


def test_what_is_made_meanwhile_appears(shelf: Shelf, script: Script) -> None:
    session = shelf.window.session
    session.desk.change(prompt="a fifth", seed=9)
    session.generate()
    script.release(session.desk.draft.steps)
    shelf.until(lambda: "a fifth" in shelf.prompts)


def test_the_strip_lists_a_span_of_time(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script, prompt="of January")
    strip, tiles = window.create_page.history, window.session.gallery.list
    strip.span.chosen.emit(1)
    qtbot.waitUntil(lambda: tiles.rowCount() == 0, timeout=WAIT_MS)
    assert strip.span.isVisible()
    assert not strip.tiles.isVisible()
    assert window.session.stage.canvas.inputs.history_count == 1
    strip.span.chosen.emit(0)
    qtbot.waitUntil(lambda: tiles.rowCount() == 1, timeout=WAIT_MS)


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_off_in_either_size(shelf: Shelf, size: tuple[int, int]) -> None:
    shelf.window.resize(*size)
    shot(shelf.window)
    assert cut_off(shelf.window) == []
    assert shelf.page.detail.width() == (304 if size == (1440, 900) else 268)
    shelf.do("bin")
    shelf.until(lambda: shelf.page.empty.isVisible())
    shot(shelf.window)
    assert cut_off(shelf.window) == []
