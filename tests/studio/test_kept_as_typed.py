"""What is typed is on the disk soon after; a SIGKILL at any instant loses little of it and no other setting."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from studio.background import Background
from studio.settings import FILE, Settings

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
ROOT = Path(__file__).resolve().parents[2]

TYPIST = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from core.engine import Engine
from studio.app import application, open_window
from tests.studio.scripted import install_card

home, number, every = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
install_card(home / "models")
app = application()
window = open_window(app, home, lambda: Engine(home=home, models=home / "models"))
editor = window.create_page.prompt.editor
typed = 0

def type_one():
    global typed
    if typed == number:
        timer.stop()
        print("done", flush=True)
        return
    QTest.keyClick(editor, "abcdefghij"[typed % 10])
    typed += 1
    print(typed, flush=True)

timer = QTimer(interval=every)
timer.timeout.connect(type_one)
timer.start()
app.exec()
"""

WRITER = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from studio.background import Background
from studio.settings import Settings
app = QCoreApplication([])
settings = Settings(Background(threads=1), Path(sys.argv[1]))
print("ready", flush=True)
number = 0
while True:
    number += 1
    settings.keep("create/draft", {"prompt": f"{number} " + "word " * 200})
    settings._writer._pool.waitForDone()
"""


@contextmanager
def started(code: str, *arguments: object) -> Generator[tuple[subprocess.Popen[str], IO[str]]]:
    """A process and what it prints; killed at the end of the block, whatever it is doing."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        assert child.stdout is not None
        try:
            yield child, child.stdout
        finally:
            child.kill()


def prompt_kept(home: Path, background: Background) -> str:
    return str(Settings(background, home).value("create/draft", {}).get("prompt", ""))


@pytest.fixture
def background(qtbot: QtBot) -> Background:
    del qtbot
    return Background(threads=1)


def test_typing_without_a_rest_is_kept_every_few_seconds(tmp_path: Path, background: Background) -> None:
    typed, began = 0, 0.0
    with started(TYPIST, tmp_path, 10_000, 20) as (_, lines):
        for line in lines:
            typed, began = int(line), began or time.monotonic()
            if time.monotonic() - began > 4.5:
                break
    kept = prompt_kept(tmp_path, background)
    assert ("abcdefghij" * (typed // 10 + 1)).startswith(kept)
    assert len(kept) > typed / 4, f"{len(kept)} of {typed} letters were kept"


def test_what_was_typed_is_kept_soon_after_the_last_key(tmp_path: Path, background: Background) -> None:
    with started(TYPIST, tmp_path, 10, 1) as (_, lines):
        assert "done\n" in iter(lines.readline, "")
        deadline = time.monotonic() + 5.0
        while prompt_kept(tmp_path, background) != "abcdefghij" and time.monotonic() < deadline:
            pass
    assert prompt_kept(tmp_path, background) == "abcdefghij"


def test_a_kill_in_the_middle_of_writing_loses_no_setting(tmp_path: Path, background: Background) -> None:
    store = QSettings(str(tmp_path / FILE), QSettings.Format.IniFormat)
    store.setValue("theme", '"light"')
    store.sync()
    instants = np.random.default_rng(2026)
    for _ in range(8):
        with started(WRITER, tmp_path) as (child, lines):
            assert lines.readline() == "ready\n"
            with pytest.raises(subprocess.TimeoutExpired):
                child.wait(float(instants.uniform(0.05, 0.2)))
        settings = Settings(background, tmp_path)
        assert settings.value("theme", "dark") == "light"
        assert settings.value("create/draft", {}).get("prompt", "").endswith("word ")
    # And the next session can write: no lock of the killed one is in the way.
    settings.keep("theme", "dark")
    settings.close()
    assert Settings(background, tmp_path).value("theme", "light") == "dark"
