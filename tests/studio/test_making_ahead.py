"""What is made while the user rests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio import making_ahead
from studio.main_window import MainWindow
from studio.making_ahead import MakingAhead, make_ahead
from tests.studio.scripted import Script
from tests.studio.test_session import WAIT_MS, make


@pytest.fixture
def short_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making_ahead, "REST_MS", 1)
    monkeypatch.setattr(making_ahead, "BETWEEN_MS", 0)


def is_over(making: MakingAhead) -> Callable[[], bool]:
    return lambda: not shiboken6.isValid(making)


@pytest.mark.usefixtures("short_rest")
def test_history_is_made_at_rest_and_what_is_on_show_stays(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script, prompt="a red cube", seed=1, seed_locked=True)
    assert window.history._page is None
    qtbot.waitUntil(is_over(make_ahead(window)), timeout=WAIT_MS)
    page = window.history._page
    assert page is not None
    assert window.modes.currentWidget() is window.create_page
    assert not page.isVisible()
    # Made before it was last looked at, it shows what has been made since.
    make(window, qtbot, script, prompt="a blue cone", seed=2, seed_locked=True)
    window.actions_["mode_history"].trigger()
    assert window.modes.currentWidget() is window.history.page is page
    qtbot.waitUntil(lambda: page.archive.model.view.count == "2 pictures", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.archive.detail.view.shown, timeout=WAIT_MS)


def test_history_opened_in_the_midst_of_it_is_whole(window: MainWindow, qtbot: QtBot) -> None:
    steps = window.history.steps(window.modes)
    for _ in range(30):
        next(steps)
    window.actions_["mode_history"].trigger()
    page = window.history.page
    assert page.isVisible()
    qtbot.waitUntil(page.empty.isVisible, timeout=WAIT_MS)
    assert next(steps, "none") == "none"


@pytest.mark.usefixtures("short_rest")
def test_it_waits_for_input_and_for_work(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    window, taken, works = QWidget(), list[int](), [True]
    qtbot.addWidget(window)
    window.show()

    def steps() -> Iterator[None]:
        for step in range(3):
            taken.append(step)
            yield

    def busy() -> bool:
        asked.append(works[0])
        return works[0]

    asked = list[bool]()
    making = MakingAhead(steps(), busy, window)
    qtbot.waitUntil(lambda: len(asked) > 2, timeout=WAIT_MS)
    assert taken == []
    # A key begins the rest anew, however long that is.
    monkeypatch.setattr(making_ahead, "REST_MS", 3_600_000)
    handle = window.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, Qt.Key.Key_A)
    works[0] = False
    assert making._timer.remainingTime() > 1_000_000
    making._timer.start(0)
    qtbot.waitUntil(is_over(making), timeout=WAIT_MS)
    assert taken == [0, 1, 2]
