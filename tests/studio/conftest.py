"""A window on a real engine whose one task is scripted, so that a test says when a step is made."""

from __future__ import annotations

import os

# Before Qt is imported anywhere. `packaging/check_story.sh` names a display server.
os.environ["QT_QPA_PLATFORM"] = os.environ.get("NOISETTE_TEST_PLATFORM", "offscreen")

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.engine import Engine
from studio.app import STYLE, open_window
from studio.main_window import MainWindow
from tests.studio.scripted import Script, ScriptedEngine, install_card


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """What pytest-qt makes the application with."""
    return ["noisette", *STYLE]


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def open_studio(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, script: Script
) -> Iterator[Callable[..., MainWindow]]:
    """Opens a window on the test's own home; each is closed at the end."""
    windows: list[MainWindow] = []
    models = tmp_path / "models"
    install_card(models)

    def opened(*, ready: bool = True, home: Path = tmp_path / "home", models: Path = models) -> MainWindow:
        def factory() -> Engine:
            return ScriptedEngine(script, home=home, models=models)

        window = open_window(qapp, home, factory)
        windows.append(window)
        if ready:
            qtbot.waitUntil(lambda: bool(window.session.desk.cards), timeout=20_000)
            qtbot.waitUntil(lambda: window.session.stage.canvas.inputs.history_count is not None, timeout=20_000)
        return window

    yield opened
    script.release(100_000)
    for window in windows:
        window.close()
        shiboken6.delete(window)
    # Undressed, as the first window found it: one that is built under a style sheet takes twice as long.
    qapp.setStyleSheet("")


@pytest.fixture
def open_real(qapp: QApplication, tmp_path: Path) -> Iterator[Callable[..., MainWindow]]:
    """Opens the window as the application does, on the test's own home, which is new at first.

    models: a folder of them in place of those shipped.
    """
    windows: list[MainWindow] = []

    def opened(models: Path | None = None) -> MainWindow:
        home = tmp_path / "home"
        factory = None if models is None else lambda: Engine(home=home, models=models)
        windows.append(open_window(qapp, home, factory))
        return windows[-1]

    yield opened
    # What Python gave to the clipboard must not outlive Python.
    QGuiApplication.clipboard().clear()
    for window in windows:
        window.close()
        shiboken6.delete(window)
    qapp.setStyleSheet("")


@pytest.fixture
def window(open_studio: Callable[..., MainWindow]) -> MainWindow:
    """A window whose engine is open and whose models are known."""
    return open_studio()
