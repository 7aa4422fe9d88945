"""A branch says where it goes on from, and leads there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.main_window import MainWindow
from tests.studio.scripted import Script
from tests.studio.test_session import WAIT_MS, make
from tests.studio.test_steps_on_show import branchable

WORDS = "From step 5 of “a red cube”"


def grown(window: MainWindow, qtbot: QtBot, script: Script) -> str:
    """A picture, a branch of its step 5 on show; the parent's job."""
    session = window.session
    make(window, qtbot, script, prompt="a red cube", seed=3, steps=8)
    assert session.stage.run is not None
    parent = session.stage.run.job_id
    session.stage.set_step(5)
    branchable(window, qtbot)
    session.branch()
    make(window, qtbot, script, prompt="a blue cube")
    return parent


def test_a_branch_says_where_it_goes_on_from_and_a_key_leads_there(
    window: MainWindow, qtbot: QtBot, script: Script
) -> None:
    bar, stage = window.create_page.canvas.parent_bar, window.session.stage
    assert not window.actions_["parent"].isEnabled()
    parent = grown(window, qtbot, script)
    assert bar.isVisible()
    assert bar.text() == WORDS
    window.create_page.canvas.view.setFocus()
    QTest.keyClick(window.create_page.canvas.view, "o")
    assert stage.run is not None
    assert stage.run.job_id == parent
    qtbot.waitUntil(lambda: stage.canvas.view.described == "Picture, clean guess at step 5 of 8", timeout=WAIT_MS)
    assert stage.trajectory.view.step == 5
    assert bar.isHidden()
    assert not window.actions_["parent"].isEnabled()


def test_a_step_between_those_that_the_strip_has_room_for_is_gone_to(
    window: MainWindow, qtbot: QtBot, script: Script
) -> None:
    session, stage = window.session, window.session.stage
    make(window, qtbot, script, prompt="a red cube", seed=3, steps=24)
    stage.set_step(9)
    branchable(window, qtbot)
    session.branch()
    make(window, qtbot, script, prompt="a blue cube")
    assert window.create_page.canvas.parent_bar.text() == "From step 9 of “a red cube”"
    window.actions_["parent"].trigger()
    qtbot.waitUntil(lambda: stage.canvas.view.described == "Picture, clean guess at step 9 of 24", timeout=WAIT_MS)
    assert stage.trajectory.view.step == 9


def test_the_way_is_known_after_a_restart(open_studio: Callable[..., MainWindow], qtbot: QtBot, script: Script) -> None:
    first = open_studio()
    parent = grown(first, qtbot, script)
    first.close()
    window = open_studio()
    session = window.session
    qtbot.waitUntil(lambda: session.gallery.list.rowCount() == 2, timeout=WAIT_MS)
    tiles = (session.gallery.list.tile(at).artifact for at in range(2))
    child = next(each for each in tiles if each is not None and each.recipe.request.branch is not None)
    session.open_artifact(child)
    assert window.create_page.canvas.parent_bar.text() == WORDS
    session.gallery._artifacts.clear()
    window.actions_["parent"].trigger()
    qtbot.waitUntil(lambda: session.stage.run is not None and session.stage.run.job_id == parent, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: session.stage.trajectory.view.step == 5, timeout=WAIT_MS)


def test_a_parent_that_is_gone_is_told(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    parent = grown(window, qtbot, script)
    history = window.bridge.engine.history
    history.delete([f"{parent}-01"])
    history.purge([f"{parent}-01"])
    session.gallery._artifacts.clear()
    session.runs._runs.pop(parent)
    with qtbot.waitSignal(session.said, timeout=WAIT_MS) as said:
        window.actions_["parent"].trigger()
    assert said.args == ["The picture that this one goes on from is no longer in the history"]
