"""The queue's sheet on a real engine: order, cancel, resume, remedy, clear, and all of it after a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.main_window import MainWindow
from studio.panels.queue import QueueSheet
from studio.viewmodels.canvas import Scene
from studio.viewmodels.queue import Offer
from studio.viewmodels.run import Phase
from studio.widgets.job_row import JobRow
from tests.studio.scripted import Script

WAIT_MS = 20_000
ALT = Qt.KeyboardModifier.AltModifier


def submit(window: MainWindow, prompt: str, **changes: object) -> str:
    window.session.desk.change(prompt=prompt, **changes)
    job_id = window.session.generate()
    assert job_id is not None
    return job_id


def busy(window: MainWindow, qtbot: QtBot, script: Script) -> list[str]:
    """One job at its second step, and three that wait."""
    jobs = [submit(window, prompt) for prompt in ("running", "first", "second", "third")]
    script.release(2)
    qtbot.waitUntil(lambda: window.session.runs.run_bar.view.headline == "Step 2 of 5", timeout=WAIT_MS)
    return jobs


def sheet_of(window: MainWindow) -> QueueSheet:
    window.actions_["queue"].trigger()
    sheet = QApplication.activePopupWidget()
    assert isinstance(sheet, QueueSheet)
    return sheet


@pytest.fixture
def sheets() -> Iterator[None]:
    yield
    while (sheet := QApplication.activePopupWidget()) is not None:
        sheet.close()


pytestmark = pytest.mark.usefixtures("sheets")


def titles(window: MainWindow) -> list[str]:
    return [row.title for row in window.session.runs.queue.view.rows]


def engine_order(window: MainWindow) -> list[str]:
    return [job.request.prompt for job in window.bridge.engine.jobs()]  # type: ignore[union-attr]


def test_alt_and_arrows_reorder_and_the_focus_stays_with_the_job(
    window: MainWindow, qtbot: QtBot, script: Script
) -> None:
    jobs = busy(window, qtbot, script)
    sheet = sheet_of(window)
    assert sheet.rows[jobs[0]].hasFocus()
    for _ in range(3):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
    assert sheet.rows[jobs[3]].hasFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up, ALT)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up, ALT)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up, ALT)
    assert titles(window) == ["Running", "Third", "First", "Second"]
    assert engine_order(window) == ["running", "third", "first", "second"]
    assert sheet.rows[jobs[3]].hasFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down, ALT)
    assert engine_order(window) == ["running", "first", "third", "second"]


def test_a_row_is_dragged_to_its_place(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    jobs = busy(window, qtbot, script)
    sheet = sheet_of(window)
    row, target = sheet.rows[jobs[3]], sheet.rows[jobs[1]]
    QApplication.processEvents()
    start = QPoint(8, row.height() // 2)
    above = row.mapFromGlobal(target.mapToGlobal(QPoint(8, 4)))
    QTest.mousePress(row, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(row, above)
    assert sheet._place.isVisible()
    QTest.mouseRelease(row, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, above)
    assert engine_order(window) == ["running", "third", "first", "second"]
    assert not sheet._place.isVisible()


def test_delete_cancels_a_waiting_job_and_enter_resumes_it(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    jobs = busy(window, qtbot, script)
    sheet = sheet_of(window)
    sheet.rows[jobs[2]].setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: titles(window) == ["Running", "First", "Third", "Second"], timeout=WAIT_MS)
    row = window.session.runs.queue.view.rows[-1]
    assert (row.state, row.offer) == ("Cancelled before it began", Offer.RESUME)
    sheet.rows[jobs[2]].setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: engine_order(window) == ["running", "second", "first", "third"], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: titles(window) == ["Running", "Second", "First", "Third"], timeout=WAIT_MS)
    script.release(100)
    qtbot.waitUntil(lambda: not window.session.runs.busy, timeout=WAIT_MS)
    assert window.session.gallery.list.total == 4


def test_an_ended_job_is_taken_off_the_list_by_delete_and_by_clear_finished(
    window: MainWindow, qtbot: QtBot, script: Script
) -> None:
    jobs = busy(window, qtbot, script)
    window.session.runs.cancel(jobs[1])
    window.session.runs.cancel(jobs[2])
    qtbot.waitUntil(lambda: titles(window) == ["Running", "Third", "Second", "First"], timeout=WAIT_MS)
    sheet = sheet_of(window)
    sheet.rows[jobs[1]].setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Delete)
    assert titles(window) == ["Running", "Third", "Second"]
    QTest.mouseClick(sheet.clear, Qt.MouseButton.LeftButton)
    assert titles(window) == ["Running", "Third"]
    assert window.bridge.engine.ended() == ()


def test_the_cross_cancels_the_running_job_and_its_steps_are_told(
    window: MainWindow, qtbot: QtBot, script: Script
) -> None:
    jobs = busy(window, qtbot, script)
    sheet = sheet_of(window)
    QTest.mouseClick(sheet.rows[jobs[0]].cross, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: window.session.runs.queue.view.rows[-1].state == "Cancelled at step 2, kept", timeout=WAIT_MS
    )
    QTest.mouseClick(sheet.rows[jobs[0]].resume, Qt.MouseButton.LeftButton)
    run = window.session.runs.get
    qtbot.waitUntil(lambda: run(jobs[0]).phase is Phase.WAITING, timeout=WAIT_MS)  # type: ignore[union-attr]
    script.release(100)
    qtbot.waitUntil(lambda: run(jobs[0]).phase is Phase.DONE, timeout=WAIT_MS)  # type: ignore[union-attr]


def test_remedy_brings_the_failed_job_to_the_canvas(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    failed = submit(window, "fail", steps=5)
    script.release(1)
    qtbot.waitUntil(lambda: window.session.stage.canvas.view.scene is Scene.ERROR, timeout=WAIT_MS)
    submit(window, "a cube")
    script.release(5)
    qtbot.waitUntil(lambda: window.session.stage.canvas.view.finished, timeout=WAIT_MS)
    sheet = sheet_of(window)
    QTest.mouseClick(sheet.rows[failed].remedy, Qt.MouseButton.LeftButton)
    assert window.session.stage.canvas.view.scene is Scene.ERROR
    assert window.session.stage.run is window.session.runs.get(failed)
    assert QApplication.activePopupWidget() is None


def test_the_queue_comes_back_as_it_was_left(
    open_studio: Callable[..., MainWindow], qtbot: QtBot, script: Script
) -> None:
    window = open_studio()
    submit(window, "fail", steps=5)
    script.release(1)
    qtbot.waitUntil(lambda: not window.session.runs.busy, timeout=WAIT_MS)
    jobs = busy(window, qtbot, script)
    window.session.runs.cancel(jobs[1])
    window.session.runs.place(jobs[3], 0)
    window.session.set_paused(True)
    ended = window.session.runs.get
    qtbot.waitUntil(lambda: ended(jobs[1]).phase is Phase.CANCELLED, timeout=WAIT_MS)  # type: ignore[union-attr]
    window.close()

    again = open_studio()
    queue = again.session.runs.queue
    qtbot.waitUntil(lambda: len(queue.view.rows) == 5, timeout=WAIT_MS)
    assert titles(again) == ["Running", "Third", "Second", "First", "Fail"]
    assert queue.view.paused
    assert queue.view.total.startswith("paused")
    assert again.session.desk.prompt.view.main_label == "Resume"
    assert [row.state for row in queue.view.rows[3:]] == ["Cancelled before it began", "Stopped"]
    sheet = sheet_of(again)
    QTest.mouseClick(sheet.rows[jobs[1]].resume, Qt.MouseButton.LeftButton)
    QTest.mouseClick(sheet.pause, Qt.MouseButton.LeftButton)
    script.release(100)
    qtbot.waitUntil(lambda: not again.session.runs.busy, timeout=WAIT_MS)
    assert [row.title for row in queue.view.rows if row.offer is Offer.REMEDY] == ["Fail"]
    assert again.session.gallery.list.total == 4


def test_everything_in_the_sheet_has_a_name_and_is_large_enough(
    window: MainWindow, qtbot: QtBot, script: Script
) -> None:
    jobs = busy(window, qtbot, script)
    sheet = sheet_of(window)
    QApplication.processEvents()
    assert sheet.width() == 380
    assert sheet.rows[jobs[0]].accessibleName() == "Running, 1 picture, step 2 of 5"
    for row in sheet.findChildren(JobRow):
        assert row.accessibleName()
        for button in (row.cross, row.remedy, row.resume):
            assert button.accessibleName()
            if button.isVisible():
                assert min(button.width(), button.height()) >= 24
    assert window.top.queue_button.accessibleName() == "Queue, 4 open"
