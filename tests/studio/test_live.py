"""Live mode on a real engine, driven step by step."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from core.requests import ImageRequest
from studio.live import LiveMode
from studio.main_window import MainWindow
from studio.viewmodels.run import Phase
from tests.studio.scripted import Script
from tests.studio.test_session import WAIT_MS


def shown(window: MainWindow, steps: int) -> bool:
    """Whether a finished run of so many steps is on the canvas."""
    run = window.session.stage.run
    return run is not None and run.phase is Phase.DONE and run.request is not None and run.request.steps == steps


def submitted(window: MainWindow, monkeypatch_to: list[ImageRequest]) -> None:
    """Note what is handed to the engine."""
    hand_over = window.bridge.submit

    def noting(request: ImageRequest, *, first: bool = False) -> str:
        monkeypatch_to.append(request)
        return hand_over(request, first=first)

    window.bridge.submit = noting  # type: ignore[method-assign]


def test_the_picture_follows_the_settings_and_nothing_is_kept(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session, live = window.session, window.session.live
    asked: list[ImageRequest] = []
    submitted(window, asked)
    script.release(1000)
    live.set_on(True)
    qtbot.waitUntil(lambda: shown(window, 2), timeout=WAIT_MS)
    session.desk.change(prompt="a red cube")
    qtbot.waitUntil(
        lambda: (
            session.stage.run is not None
            and session.stage.run.request == asked[-1]
            and asked[-1].prompt == "a red cube"
        ),
        timeout=WAIT_MS,
    )
    assert list(dict.fromkeys(request.prompt for request in asked)) == ["", "a red cube"]
    assert not any(request.kept for request in asked)
    assert session.gallery.list.rowCount() == 0
    assert not session.runs.all
    live.set_on(False)
    count = len(asked)
    session.desk.change(prompt="a blue cube")
    assert len(asked) == count


def test_only_the_newest_wish_waits(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session, live = window.session, window.session.live
    asked: list[ImageRequest] = []
    submitted(window, asked)
    live.set_on(True)
    script.release(1)
    for prompt in ("a", "ab", "abc", "abcd"):
        session.desk.change(prompt=prompt)
    assert len(asked) == 1
    script.release(1)
    qtbot.waitUntil(lambda: len(asked) == 2, timeout=WAIT_MS)
    assert asked[1].prompt == "abcd"
    live.set_on(False)


def test_a_pause_makes_the_picture_with_all_its_steps(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    live = window.session.live
    asked: list[ImageRequest] = []
    submitted(window, asked)
    script.release(1000)
    live.set_on(True)
    qtbot.waitUntil(lambda: shown(window, 5), timeout=WAIT_MS)
    assert [request.steps for request in asked] == [2, 5]
    live.set_on(False)


def test_a_job_of_the_queue_is_not_disturbed(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session, live = window.session, window.session.live
    session.generate()
    script.release(1)
    qtbot.waitUntil(lambda: session.runs.running is not None, timeout=WAIT_MS)
    live.set_on(True)
    qtbot.waitUntil(lambda: live.model.view.words == "Live, waits for the running job", timeout=WAIT_MS)
    session.desk.change(prompt="a blue cube")
    script.release(1000)
    qtbot.waitUntil(lambda: session.gallery.list.total == 1, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: shown(window, 5) and not live.model.inputs.waiting, timeout=WAIT_MS)
    assert session.gallery.list.rowCount() == 1


def test_a_refused_sketch_is_said_and_live_mode_goes_on(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    live: LiveMode = window.session.live
    window.session.desk.change(prompt="fail")
    script.release(1000)
    live.set_on(True)
    qtbot.waitUntil(lambda: "not finite" in live.model.view.words, timeout=WAIT_MS)
    window.session.desk.change(prompt="a red cube")
    qtbot.waitUntil(lambda: shown(window, 2), timeout=WAIT_MS)
    live.set_on(False)


def test_a_closed_window_refines_no_sketch(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    live = window.session.live
    script.release(1000)
    live.set_on(True)
    qtbot.waitUntil(lambda: shown(window, 2) and live._settle.isActive(), timeout=WAIT_MS)
    window.close()
    live._finish()
    assert live._run is None
