"""A start finds the mode, the window's place and its size as they were, even after a kill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.main_window import MainWindow
from studio.settings_mode import MODE as SETTINGS
from studio.window_place import KEY
from tests.studio.test_session import WAIT_MS

ROOT = Path(__file__).resolve().parents[2]
SCREEN = {"x": 0, "y": 0, "width": 1920, "height": 1200, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}

# Says where its window is and, where it is told to, puts it elsewhere and waits to be killed.
OPENED = """
import sys
from pathlib import Path
from core.engine import Engine
from PySide6.QtCore import QRect, QTimer
from studio.app import application, open_window
from tests.studio.scripted import install_card

home, wanted = Path(sys.argv[1]), [int(word) for word in sys.argv[2:]]
install_card(home / "models")
app = application()
window = open_window(app, home, lambda: Engine(home=home, models=home / "models"))
print(*window.geometry().getRect(), flush=True)
if not wanted:
    sys.exit()
window.setGeometry(QRect(*wanted))

def tell():
    if "window/place" in window._settings._values and not window._place._rest.isActive():
        window._settings._writer._pool.waitForDone()
        print("kept", flush=True)
        timer.stop()

timer = QTimer(interval=20)
timer.timeout.connect(tell)
timer.start()
app.exec()
"""


def opened(home: Path, tmp_path: Path, *wanted: int) -> list[int]:
    """Open a window in a process of its own, put it there, and kill it once that must be kept; where it opened."""
    screens = tmp_path / "screens.json"
    screens.write_text(json.dumps({"screens": [SCREEN | {"name": "one"}]}))
    env = {**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={screens}"}
    command = [sys.executable, "-c", OPENED, str(home), *map(str, wanted)]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        first = [int(word) for word in child.stdout.readline().split()]
        if wanted:
            assert child.stdout.readline() == "kept\n"
        child.kill()
    return first


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_size_and_place_outlive_a_kill(tmp_path: Path) -> None:
    home = tmp_path / "home"
    usual = opened(home, tmp_path, 210, 130, 1180, 740)
    assert usual[2:] == [1440, 900]
    assert opened(home, tmp_path) == [210, 130, 1180, 740]


def test_a_place_that_no_screen_has_any_more_is_brought_back(tmp_path: Path) -> None:
    home = tmp_path / "home"
    opened(home, tmp_path, 5000, 4000, 1180, 740)
    x, y, width, height = opened(home, tmp_path)
    assert 0 <= x < x + width <= 1920
    assert 0 <= y < y + height <= 1200


def test_moving_writes_once_it_rests_and_not_each_time(window: MainWindow, qtbot: QtBot) -> None:
    window._place.keep()
    before = window._settings.value(KEY, "")
    for at in range(5):
        window.resize(1200 + at, 800)
        assert window._settings.value(KEY, "") == before
    qtbot.waitUntil(lambda: window._settings.value(KEY, "") != before, timeout=WAIT_MS)


def page_of(window: MainWindow, mode: str) -> QWidget | None:
    return window.settings_mode._page if mode == SETTINGS else window.history._page


@pytest.mark.parametrize("mode", ["history", SETTINGS])
def test_a_start_comes_back_to_the_mode_and_makes_its_page_once_the_window_is_seen(
    open_studio: Callable[..., MainWindow], qtbot: QtBot, mode: str
) -> None:
    first = open_studio()
    first.settings_mode.show() if mode == SETTINGS else first.show_mode_named(mode)
    first.close()
    second = open_studio(ready=False)
    assert page_of(second, mode) is None, "made before the window was seen"
    assert not second.create_page.isVisible()
    qtbot.waitUntil(lambda: bool(second.session.desk.cards), timeout=WAIT_MS)
    page = page_of(second, mode)
    assert page is not None
    assert page.isVisible()
    assert second.session.status.inputs.mode == mode
    second.show_mode(0)
    second.close()
    third = open_studio()
    assert third.create_page.isVisible()
    assert page_of(third, mode) is None


def test_a_mode_that_is_not_known_opens_create(open_studio: Callable[..., MainWindow]) -> None:
    first = open_studio()
    first._settings.keep("window/mode", "hologram")
    first.close()
    assert open_studio().create_page.isVisible()
