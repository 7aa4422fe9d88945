from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from pathlib import Path

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.engine import Engine
from studio.app import open_window
from studio.background import Background
from studio.collecting import Collecting
from studio.main_window import MainWindow


class Ring(QObject):
    """Only a search for garbage finds it: it holds itself."""

    def __init__(self) -> None:
        super().__init__()
        self.myself = self


def drop_ring(told: Callable[[int], object]) -> None:
    weakref.finalize(Ring(), lambda: told(threading.get_ident()))


def litter() -> int:
    """More new containers than Python lets pass without a search."""
    return len([[number] for number in range(5 * gc.get_threshold()[0])])


def test_what_the_window_drops_ends_on_its_own_thread(window: MainWindow, qtbot: QtBot) -> None:
    # A widget or timer that ends on another thread takes the process with it.
    ended: list[int] = []
    littered: list[int] = []
    background = Background(window)
    drop_ring(ended.append)
    background.run(litter, littered.append)
    qtbot.waitUntil(lambda: bool(littered))
    background.close()
    assert ended == []
    kept = [[number] for number in range(5 * gc.get_threshold()[0])]
    qtbot.waitUntil(lambda: bool(ended), timeout=10_000)
    assert kept
    assert ended == [threading.get_ident()]


def test_python_searches_by_itself_again_after_the_last_window(qapp: QApplication) -> None:
    assert qapp is not None
    assert gc.isenabled()
    first, second = Collecting(), Collecting()
    assert not gc.isenabled()
    first.close()
    first.close()
    assert not gc.isenabled()
    second.close()
    assert gc.isenabled()


def test_old_garbage_is_found_too(qtbot: QtBot) -> None:
    collecting, ended, kept = Collecting(), list[int](), list[list[int]]()
    ring = Ring()
    weakref.finalize(ring, lambda: ended.append(threading.get_ident()))
    # It has outlived all searches so far.
    gc.collect()
    del ring

    def found() -> bool:
        kept.extend([number] for number in range(2 * gc.get_threshold()[0]))
        return bool(ended)

    qtbot.waitUntil(found, timeout=20_000)
    collecting.close()


def test_a_window_that_is_gone_leaves_nothing_behind(
    open_studio: Callable[..., MainWindow], qapp: QApplication, tmp_path: Path
) -> None:
    def standing() -> tuple[int, int]:
        return len(qapp.children()), len(qapp.allWidgets())

    open_studio()
    before = standing()
    window = open_window(qapp, tmp_path / "another", lambda: Engine(home=tmp_path / "another"))
    assert standing() > before
    window.close()
    shiboken6.delete(window)
    del window
    assert standing() == before
