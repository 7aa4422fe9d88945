"""Every step of a run can be seen, gone on from and gone back to, during the run and after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.requests import Branch, ImageRequest
from studio.main_window import MainWindow
from studio.step_looks import AT_REST
from studio.viewmodels.run import Phase
from tests.studio.scripted import Script, ScriptedEngine, look
from tests.studio.test_session import WAIT_MS, make


def engine_of(window: MainWindow) -> ScriptedEngine:
    return cast("ScriptedEngine", window.bridge.engine)


def branchable(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.session.stage.trajectory.view.branchable, timeout=WAIT_MS)


def test_steps_that_were_not_previewed_are_fetched(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    stage = window.session.stage
    make(window, qtbot, script, seed=3, steps=24)
    qtbot.waitUntil(lambda: all(c.clean is not None for c in stage.trajectory.view.columns), timeout=WAIT_MS)
    assert stage.trajectory.view.caption.startswith("every 2nd of 24 steps")
    stage.set_step(10)
    qtbot.waitUntil(lambda: stage.trajectory.view.wanted == (), timeout=WAIT_MS)
    assert stage.run is not None
    assert stage.run.request is not None
    expected = look(stage.run.job_id, 9, 24, stage.run.request)
    assert stage.canvas.view.picture is not None
    np.testing.assert_array_equal(stage.canvas.view.picture.left, expected.clean[0])
    fetched = [number for _, _, numbers in engine_of(window).asked for number in numbers]
    assert len(fetched) == len(set(fetched)), "a step was fetched twice"


def test_a_picture_of_the_history_shows_its_steps_again(
    open_studio: Callable[..., MainWindow], qtbot: QtBot, script: Script
) -> None:
    first = open_studio()
    make(first, qtbot, script, seed=3, steps=8, prompt="a red cube")
    first.close()
    window = open_studio()
    session = window.session
    qtbot.waitUntil(lambda: session.gallery.list.rowCount() == 1, timeout=WAIT_MS)
    artifact = session.gallery.list.tile(0).artifact
    assert artifact is not None
    session.open_artifact(artifact)
    branchable(window, qtbot)
    session.stage.move_step(-1)
    assert session.stage.trajectory.view.step == 7
    qtbot.waitUntil(lambda: not session.stage.canvas.view.finished, timeout=WAIT_MS)
    assert session.status.view.words == "Ready"


def test_where_no_steps_are_kept_it_is_said(
    open_studio: Callable[..., MainWindow], qtbot: QtBot, script: Script
) -> None:
    first = open_studio()
    make(first, qtbot, script, seed=3)
    first.close()
    script.keeps = False
    window = open_studio()
    qtbot.waitUntil(lambda: window.session.gallery.list.rowCount() == 1, timeout=WAIT_MS)
    artifact = window.session.gallery.list.tile(0).artifact
    assert artifact is not None
    window.session.open_artifact(artifact)
    qtbot.waitUntil(lambda: window.session.stage.canvas.view.finished, timeout=WAIT_MS)
    assert window.session.stage.trajectory.view.caption == "the steps of this picture were not kept"
    assert not window.actions_["branch"].isEnabled()
    assert not window.actions_["play"].isEnabled()


def test_a_pinned_step_stays_while_the_work_goes_on(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    stage = window.session.stage
    window.session.desk.change(steps=8)
    window.session.generate()
    script.release(3)
    qtbot.waitUntil(lambda: stage.trajectory.view.step == 3, timeout=WAIT_MS)
    strip = window.create_page.trajectory.strip
    QTest.mousePress(strip.scrubber, Qt.MouseButton.LeftButton)
    assert stage.trajectory.view.pinned
    QTest.mouseRelease(strip.scrubber, Qt.MouseButton.LeftButton)
    script.release(2)
    qtbot.waitUntil(lambda: window.session.runs.run_bar.view.headline == "Step 5 of 8", timeout=WAIT_MS)
    assert stage.trajectory.view.step == 3
    follow = window.create_page.trajectory.follow
    assert follow.isVisible()
    QTest.mouseClick(follow, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: stage.trajectory.view.step == 5, timeout=WAIT_MS)
    assert not stage.trajectory.view.pinned


def test_space_plays_the_steps_to_their_end(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    stage = window.session.stage
    make(window, qtbot, script, steps=6)
    branchable(window, qtbot)
    window.create_page.canvas.view.setFocus()
    seen: list[int] = []
    stage.trajectory.watch("step", seen.append)
    QTest.keyClick(window.create_page.canvas.view, Qt.Key.Key_Space)
    assert stage.trajectory.view.playing
    qtbot.waitUntil(lambda: not stage.trajectory.view.playing, timeout=WAIT_MS)
    assert seen == [6, 1, 2, 3, 4, 5, 6]
    assert stage.canvas.view.finished
    stage.play()
    stage.play()
    assert not stage.trajectory.view.playing


def test_space_on_a_button_presses_the_button(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script)
    branchable(window, qtbot)
    window.activateWindow()
    lock = window.create_page.prompt.lock
    lock.setFocus()
    qtbot.waitUntil(lock.hasFocus)
    locked = window.session.desk.draft.seed_locked
    QTest.keyClick(lock, Qt.Key.Key_Space)
    assert window.session.desk.draft.seed_locked is not locked
    assert not window.session.stage.trajectory.view.playing


def test_a_branch_takes_the_parents_settings_and_its_step(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    make(window, qtbot, script, prompt="a red cube", seed=3, count=2, steps=8)
    branchable(window, qtbot)
    session.stage.set_item(1)
    session.stage.set_step(5)
    branchable(window, qtbot)
    session.desk.change(prompt="something else", steps=3)
    window.actions_["branch"].trigger()
    draft, run = session.desk.draft, session.stage.run
    assert run is not None
    assert (draft.prompt, draft.steps, draft.count, draft.seed) == ("a red cube", 8, 1, 4)
    assert draft.branch == Branch(run.job_id, 1, 5)
    assert window.create_page.prompt.branch_row.isVisible()
    assert window.create_page.prompt.branch_words.text() == "Continues from step 5 of “a red cube”"
    session.desk.change(prompt="a blue cube")
    session.generate()
    running = session.runs.all[-1].request
    assert running is not None
    assert (running.prompt, running.branch) == ("a blue cube", Branch(run.job_id, 1, 5))
    QTest.mouseClick(window.create_page.prompt.drop_branch, Qt.MouseButton.LeftButton)
    assert session.desk.draft.branch is None
    assert window.create_page.prompt.branch_row.isHidden()


def test_a_cancelled_run_offers_to_go_on(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session, canvas = window.session, window.create_page.canvas
    session.desk.change(steps=6)
    session.generate()
    script.release(2)
    qtbot.waitUntil(lambda: session.runs.run_bar.view.headline == "Step 2 of 6", timeout=WAIT_MS)
    session.runs.cancel()
    qtbot.waitUntil(canvas.resume_bar.isVisible, timeout=WAIT_MS)
    assert session.stage.run is not None
    assert session.stage.run.phase is Phase.CANCELLED
    assert session.stage.canvas.view.resume_words == "Cancelled at step 2 of 6"
    QTest.mouseClick(canvas.resume_bar.resume, Qt.MouseButton.LeftButton)
    assert engine_of(window).resumed == [session.stage.run.job_id]


def test_the_run_bar_offers_to_begin_again_once_settings_differ(
    window: MainWindow, qtbot: QtBot, script: Script
) -> None:
    session, bar = window.session, window.create_page.canvas.run_bar
    session.desk.change(steps=6, prompt="a red cube")
    first = session.generate()
    script.release(2)
    qtbot.waitUntil(lambda: session.runs.run_bar.view.headline == "Step 2 of 6", timeout=WAIT_MS)
    assert not session.runs.run_bar.view.changed
    session.desk.new_seed()
    assert not session.runs.run_bar.view.changed
    session.desk.change(prompt="a blue cube")
    assert bar._restart.isVisible()
    QTest.mouseClick(bar._restart, Qt.MouseButton.LeftButton)
    script.release(12)
    qtbot.waitUntil(lambda: session.stage.canvas.view.finished, timeout=WAIT_MS)
    phases = {run.job_id: (run.phase, run.request.prompt) for run in session.runs.all if run.request}
    assert phases.pop(str(first)) == (Phase.CANCELLED, "a red cube")
    assert list(phases.values()) == [(Phase.DONE, "a blue cube")]


def test_beginning_again_goes_before_all_that_wait(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    session.desk.change(steps=6, prompt="a red cube")
    session.generate()
    script.release(2)
    qtbot.waitUntil(lambda: session.runs.run_bar.view.headline == "Step 2 of 6", timeout=WAIT_MS)
    session.desk.change(prompt="a waiting cone")
    session.generate()
    session.desk.change(prompt="a blue cube")
    window.actions_["restart"].trigger()
    qtbot.waitUntil(lambda: session.runs.run_bar.view.headline == "Getting ready", timeout=WAIT_MS)
    prompts = [job.request.prompt for job in window.bridge.engine.jobs() if isinstance(job.request, ImageRequest)]
    assert prompts == ["a blue cube", "a waiting cone"]


def test_settings_that_can_not_be_made_leave_the_running_job_alone(
    window: MainWindow, qtbot: QtBot, script: Script
) -> None:
    session = window.session
    session.desk.change(steps=6, prompt="a red cube")
    session.generate()
    script.release(2)
    qtbot.waitUntil(lambda: session.runs.run_bar.view.headline == "Step 2 of 6", timeout=WAIT_MS)
    session.desk.change(steps=0)
    with qtbot.waitSignal(session.said) as said:
        session.restart()
    assert said.args == ["0 steps requested; ask for 1 to 1000"]
    script.release(10)
    qtbot.waitUntil(lambda: session.stage.canvas.view.finished, timeout=WAIT_MS)


def test_while_steps_are_made_few_are_fetched_but_the_one_gone_to_at_once(
    window: MainWindow, qtbot: QtBot, script: Script
) -> None:
    stage, asked = window.session.stage, engine_of(window).asked
    window.session.desk.change(steps=24)
    window.session.generate()
    script.release(20)
    qtbot.waitUntil(lambda: stage.trajectory.view.step == 20, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: len(stage.trajectory.view.wanted) > AT_REST, timeout=WAIT_MS)
    assert all(len(numbers) <= AT_REST for _, _, numbers in asked)
    number = stage.trajectory.view.wanted[-1]
    stage.set_step(number)
    qtbot.waitUntil(lambda: number not in stage.trajectory.view.wanted, timeout=WAIT_MS)
    assert (number,) in [numbers for _, _, numbers in asked]
    script.release(4)
    qtbot.waitUntil(lambda: all(c.clean is not None for c in stage.trajectory.view.columns), timeout=WAIT_MS)
