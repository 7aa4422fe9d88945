"""Every visible widget of every page and sheet, in both sizes, at both ends of the text scale, in both themes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.announcer import Announcer
from studio.main_window import MainWindow
from studio.panels.mode_rail import MODES
from studio.panels.popover import Popover
from studio.regions import reading_order
from studio.viewmodels.canvas import Scene
from studio.viewmodels.run import Phase, Run, RunBarInputs, derive_run_bar
from studio.viewmodels.status import StatusInputs, derive_status
from studio.viewmodels.view_model import ViewModel
from tests.studio.scripted import Script
from tests.studio.test_session import WAIT_MS, make
from tests.studio.walking import faults, visible

SIZES = ((1440, 900), (1100, 700))
SCALES = (100, 150)


def looks(window: MainWindow) -> Iterator[str]:
    """Every size and text scale in dark; light differs in colours alone, so it is walked once."""
    for (width, height), scale in product(SIZES, SCALES):
        window.resize(width, height)
        window._preferences.set("look/text_scale", scale)
        yield f"{width} px, {scale} %"
    window._preferences.set("theme", "light")
    yield "light"
    window._preferences.set("theme", "dark")
    window._preferences.set("look/text_scale", 100)


def walk(window: MainWindow) -> list[str]:
    assert len(visible(window)) > 30
    return [f"{look}: {fault}" for look in looks(window) for fault in faults(window)]


def test_the_walk_finds_what_is_wrong(qtbot: QtBot) -> None:
    root = QWidget()
    qtbot.addWidget(root)
    column = QVBoxLayout(root)
    nameless, words, outside = QPushButton(), QLabel("far too long for its place"), QPushButton("Outside", root)
    nameless.setFixedSize(20, 30)
    words.setFixedWidth(30)
    column.addWidget(nameless)
    column.addWidget(words)
    root.resize(200, 120)
    root.show()
    outside.setGeometry(150, 90, 100, 50)
    found = "\n".join(faults(root))
    for expected in ("has no name", "is 20 × 30", "needs", "reaches out of its parent"):
        assert expected in found


def test_first_run(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(window.create_page.canvas.welcome._well.isVisible, timeout=WAIT_MS)
    found = walk(window)
    assert not found, "\n".join(found)


def test_a_run_and_its_picture(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    session.desk.change(prompt="a red cube to the left of a blue sphere", seed=3, count=4, steps=24)
    session.generate()
    script.release(15)
    qtbot.waitUntil(lambda: session.runs.run_bar.view.headline == "Step 15 of 24", timeout=WAIT_MS)
    found = walk(window)
    assert not found, "\n".join(found)
    script.release(9)
    qtbot.waitUntil(lambda: session.stage.canvas.view.finished, timeout=WAIT_MS)
    found = walk(window)
    assert not found, "\n".join(found)


def test_a_failure(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    window.session.desk.change(prompt="fail")
    window.session.generate()
    script.release(1)
    qtbot.waitUntil(lambda: window.session.stage.canvas.view.scene is Scene.ERROR, timeout=WAIT_MS)
    found = walk(window)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("index", range(1, len(MODES)))
def test_other_modes(window: MainWindow, qtbot: QtBot, script: Script, index: int) -> None:
    if MODES[index][0] == "history":
        make(window, qtbot, script, prompt="a red cube")
    window.show_mode(index)
    found = walk(window)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("page", [0, 1])
def test_settings(window: MainWindow, page: int) -> None:
    window.actions_["settings"].trigger()
    assert window.settings_page is not None
    window.settings_page.show_page(page)
    found = walk(window)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["palette", "queue", "projects", "new_project", "shortcuts", "model"])
def test_sheets(window: MainWindow, qtbot: QtBot, script: Script, name: str) -> None:
    make(window, qtbot, script, prompt="a red cube")
    found: list[str] = []
    for look in looks(window):
        window.actions_[name].trigger()
        sheet = QApplication.activePopupWidget()
        assert isinstance(sheet, Popover)
        found += [f"{look}: {fault}" for fault in faults(sheet)]
        assert sheet.height() <= window.height()
        sheet.close()
    assert found == []


def test_the_keyboard_goes_in_reading_order(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script)
    window.activateWindow()
    create = window.create_page
    regions = window.regions.present()
    expected = [window.rail, window.top, create.prompt.fields, create.prompt.main, create.canvas.header]
    assert regions[:5] == expected
    assert [regions.index(part) for part in (create.sampler, create.history)] == sorted(
        regions.index(part) for part in (create.sampler, create.history)
    )
    order = [widget for part in regions for widget in reading_order(part)]
    assert len(order) == len(set(order)) > 25
    order[0].setFocus()
    for expected_focus in order[1:12]:
        QTest.keyClick(window, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is expected_focus
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backtab)
    assert QApplication.focusWidget() is order[10]


def test_f6_goes_from_part_to_part_and_back(window: MainWindow) -> None:
    window.activateWindow()
    parts = window.regions.present()
    reading_order(parts[0])[0].setFocus()
    for part in (*parts[1:], parts[0]):
        window.actions_["next_region"].trigger()
        focus = QApplication.focusWidget()
        assert focus is part or part.isAncestorOf(focus)
    window.actions_["last_region"].trigger()
    assert parts[-1].isAncestorOf(QApplication.focusWidget())


def test_progress_is_told_at_quarters_and_the_end() -> None:
    told: list[str] = []
    run_bar, status = ViewModel(RunBarInputs(), derive_run_bar), ViewModel(StatusInputs(ready=True), derive_status)
    announcer = Announcer(run_bar, status, told.append)
    for done in range(1, 9):
        run = Run("job", None, phase=Phase.RUNNING, done=done, total=8)
        run_bar.update(run=run)
        status.update(run=run)
    status.update(run=Run("job", None, phase=Phase.DONE, done=8, total=8, seconds=2.0))
    run_bar.update(run=None)
    assert [words.split(",")[0] for words in told] == ["25 %", "50 %", "75 %", "Done in 2.0 s"]
    del announcer
