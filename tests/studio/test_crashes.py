"""Faults that nobody caught reach the window once each, with a report; the window stays in use."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.jobs.event import Fault
from studio import report
from studio.crashes import Crash, Crashes
from studio.guard import Guard
from studio.last_words import LastWords
from studio.main_window import MainWindow
from tests.studio.scripted import Script
from tests.studio.test_session import make

WAIT_MS = 20_000
ROOT = Path(__file__).resolve().parents[2]


def crash(crashes: Crashes, words: str = "scripted") -> None:
    try:
        raise ZeroDivisionError(words)
    except ZeroDivisionError as error:
        crashes.catch(type(error), error, error.__traceback__)


def test_a_fault_is_told_on_the_card_and_the_window_goes_on(
    window: MainWindow, qtbot: QtBot, script: Script, tmp_path: Path
) -> None:
    guard = Guard(window, tmp_path)
    window.actions_["new_seed"].trigger()
    crash(guard.crashes)
    qtbot.waitUntil(window.crash_card.isVisible, timeout=WAIT_MS)
    QTest.mouseClick(window.crash_card.copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert "ZeroDivisionError: scripted" in copied
    assert "Noisette " in copied
    assert "PySide6" in copied
    assert "Done last: New seed" in copied
    assert str(ROOT) not in copied
    assert str(Path.home()) not in copied
    make(window, qtbot, script, prompt="a red cube")
    QTest.mouseClick(window.crash_card.cross, Qt.MouseButton.LeftButton)
    assert not window.crash_card.isVisible()
    guard.close()


def test_the_same_fault_again_and_again_does_not_flood(qtbot: QtBot) -> None:
    told: list[Crash] = []
    crashes = Crashes(report.LastActions())
    crashes.happened.connect(told.append)
    for _ in range(1000):
        crash(crashes)
    crash(crashes, "last")
    qtbot.waitUntil(lambda: bool(told) and told[-1].times == 1000, timeout=WAIT_MS)
    assert [each.times for each in told] == [1, 2, 3, 10, 100, 1000]
    assert len({each.report for each in told}) == 1


def test_faults_of_threads_and_of_the_engine_are_told_too(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    guard = Guard(window, tmp_path)
    crashes = guard.crashes
    thread = threading.Thread(target=crash, args=(crashes, "in a thread"))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: "in a thread" in window.crash_card.report, timeout=WAIT_MS)
    window.bridge.tell(Fault("", "the queue's worker broke (lost); it goes on", "Traceback: lost"))
    qtbot.waitUntil(lambda: "Traceback: lost" in window.crash_card.report, timeout=WAIT_MS)
    guard.close()


HOOKS = """
import sys, threading
from pathlib import Path
from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget
from studio import report
from studio.app import application
from studio.crashes import Crashes

class Broken(QWidget):
    def resizeEvent(self, event):
        raise ValueError("in a virtual")

def slot():
    raise KeyError("in a slot")

def work():
    raise OSError("in a thread")

app = application()
crashes = Crashes(report.LastActions())
seen = []
def take(crash):
    seen.append(crash.report.splitlines()[0])
    if len(seen) == 3:
        app.quit()
crashes.happened.connect(take)
crashes.install(app.quit)
QTimer.singleShot(0, slot)
threading.Thread(target=work).start()
broken = Broken()
app.postEvent(broken, QResizeEvent(QSize(9, 9), QSize(8, 8)))
app.exec()
print(sorted(seen))
"""


def test_the_hooks_see_slots_virtuals_and_threads() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HOOKS], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[\"KeyError: 'in a slot'\", 'OSError: in a thread', 'ValueError: in a virtual']"


DIE = """
import os, signal, sys
from pathlib import Path
from studio.last_words import LastWords
words = LastWords(Path(sys.argv[1]))
assert words.open() is None
words.beat()
if sys.argv[2] == "orderly":
    words.close()
else:
    os.kill(os.getpid(), getattr(signal, sys.argv[2]))
"""


def die(home: Path, how: str) -> int:
    return subprocess.run([sys.executable, "-c", DIE, str(home), how], cwd=ROOT, timeout=60, check=False).returncode


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize(("how", "traced"), [("SIGSEGV", True), ("SIGKILL", False)])
def test_a_sudden_end_is_offered_once_at_the_next_start(tmp_path: Path, how: str, traced: bool) -> None:
    assert die(tmp_path, how) == -getattr(signal, how)
    words = LastWords(tmp_path)
    end = words.open()
    assert end is not None
    assert end.traced == traced
    assert end.path.read_text(encoding="utf-8") == end.text
    assert ("Segmentation fault" in end.text) == traced
    assert str(ROOT) not in end.text
    words.close()
    again = LastWords(tmp_path)
    assert again.open() is None
    again.close()


def test_an_orderly_end_leaves_nothing_behind(tmp_path: Path) -> None:
    assert die(tmp_path, "orderly") == 0
    assert list((tmp_path / "crashes").iterdir()) == []


def test_a_session_that_still_runs_is_no_sudden_end(tmp_path: Path) -> None:
    first, second = LastWords(tmp_path), LastWords(tmp_path)
    assert first.open() is None
    assert second.open() is None
    second.close()
    first.close()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_the_window_tells_of_the_sudden_end_quietly(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    die(tmp_path / "other", "SIGSEGV")
    guard = Guard(window, tmp_path / "other")
    before = signal.getsignal(signal.SIGTERM)
    guard.install()
    try:
        qtbot.waitUntil(window.crash_card.isVisible, timeout=WAIT_MS)
        assert window.crash_card.accessibleName().startswith("Noisette closed unexpectedly at ")
        assert "Segmentation fault" in window.crash_card.report
    finally:
        guard.close()
        signal.signal(signal.SIGTERM, before)
