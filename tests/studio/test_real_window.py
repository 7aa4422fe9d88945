"""A person's way through a real window: a display server, a window manager, keys and clicks from outside.

Needs the Debian packages xvfb, openbox and xdotool.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.artifacts.image import load_recipe
from core.history.database import Database
from core.history.home import HomeFolder
from core.history.store import HistoryStore
from tests.core.models.mixture_model import install_mixture

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("Xvfb", "openbox", "xdotool")
PATIENCE_S = 120.0

# The studio itself, on an exact model small enough for tests. It reports the places that a person would point at.
STUDIO = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QPoint, QTimer
from core.engine import Engine
from studio.app import application, open_window
from tests.core.models.mixture_model import install_mixture

home, models, report = map(Path, sys.argv[1:4])
install_mixture(models, side=64)
app = application()
window = open_window(app, home, lambda: Engine(home=home, models=models))

def middle(widget):
    corner = widget.mapToGlobal(QPoint(widget.width() // 2, widget.height() // 2))
    return [corner.x(), corner.y()]

def tell():
    session, page = window.session, window.create_page
    part = report.with_suffix(".part")
    part.write_text(json.dumps({
        "ready": bool(session.desk.cards), "active": window.isActiveWindow(), "status": session.status.view.words,
        "prompt": session.desk.draft.prompt, "editor": middle(page.prompt.editor),
        "steps_field": middle(page.sampler.steps.field), "count_field": middle(page.prompt.count.field),
        "running": session.runs.run_bar.view.headline.startswith("Step"),
        "history": page.history.tiles.mapToGlobal(QPoint(40, 40)).toTuple(), "tiles": session.gallery.list.rowCount(),
        "finished": session.stage.canvas.view.finished,
        "open": session.runs.queue.view.open, "theme": window.theme.tokens.name,
        "shown": session.gallery.current.id if session.gallery.current else "", "steps": session.desk.draft.steps,
    }))
    part.replace(report)

timer = QTimer(interval=50)
timer.timeout.connect(tell)
timer.start()
sys.exit(app.exec())
"""


class Person:
    """Looks at what the studio reports, and types and clicks through the display server."""

    def __init__(self, env: dict[str, str], report: Path) -> None:
        self._env, self._report, self._stop = env, report, threading.Event()

    def do(self, *words: object) -> None:
        command = ["xdotool", *map(str, words)]
        subprocess.run(command, env=self._env, check=True, capture_output=True, timeout=60)

    def click(self, where: list[int]) -> None:
        self.do("mousemove", "--sync", where[0], where[1], "click", 1)

    def sees(self) -> dict[str, object]:
        return json.loads(self._report.read_text(encoding="utf-8")) if self._report.exists() else {}

    def waits_for(self, **wanted: object) -> dict[str, object]:
        """Look until every named thing is as wanted."""
        deadline = time.monotonic() + PATIENCE_S
        seen: dict[str, object] = {}
        while time.monotonic() < deadline:
            seen = self.sees()
            if seen and all(seen[name] == value for name, value in wanted.items()):
                return seen
            self._stop.wait(0.05)
        raise AssertionError(f"waited for {wanted}, saw {seen}")


@pytest.fixture
def display(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A display server of this test's own, with a window manager."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    assert not missing, f"{', '.join(missing)} not found; install the Debian packages xvfb, openbox and xdotool"
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as numbers:
        number = numbers.readline().strip()
    env = {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb", "HOME": str(tmp_path)}
    env["PYTHONPATH"] = str(ROOT)
    manager = subprocess.Popen(["openbox"], env=env, stderr=subprocess.DEVNULL)
    yield env
    for process in (manager, server):
        process.terminate()
        process.wait(timeout=30)


@pytest.mark.slow
def test_type_generate_cancel_another_and_find_the_picture(display: dict[str, str], tmp_path: Path) -> None:
    home, report = tmp_path / "home", tmp_path / "report.json"
    install_mixture(tmp_path / "models", side=64)
    command = [sys.executable, "-c", STUDIO, str(home), str(tmp_path / "models"), str(report)]
    with (tmp_path / "studio.log").open("w") as log:
        studio = subprocess.Popen(command, cwd=ROOT, env=display, stdout=log, stderr=log)
        try:
            use(Person(display, report))
            assert studio.wait(timeout=60) == 0
        finally:
            studio.kill()
            studio.wait()
    assert "Traceback" not in (tmp_path / "studio.log").read_text()
    history = HistoryStore(HomeFolder(home), Database(home / "noisette.sqlite3"))
    kept = history.page()
    assert [artifact.recipe.request.prompt for artifact in kept] == ["a red cube"]
    assert load_recipe(kept[0].path).request.steps == 4


def fill(person: Person, where: object, number: int) -> None:
    """Write a number into a field."""
    person.click(where)  # type: ignore[arg-type]
    person.do("key", "ctrl+a")
    person.do("type", "--delay", 20, number)
    person.do("key", "Return")


def use(person: Person) -> None:
    """Type a prompt, generate, cancel another, find the picture, change the theme, close."""
    start = person.waits_for(ready=True, active=True, steps=4)
    person.click(start["editor"])  # type: ignore[arg-type]
    person.do("type", "--delay", 20, "a red cube")
    person.waits_for(prompt="a red cube")
    person.do("key", "ctrl+Return")
    done = person.waits_for(finished=True, open=0, tiles=1)
    assert str(done["status"]).startswith("Done in")
    first = done["shown"]

    fill(person, start["steps_field"], 1000)
    person.waits_for(steps=1000)
    fill(person, start["count_field"], 64)
    person.do("key", "ctrl+Return")
    person.waits_for(running=True)
    person.do("key", "Escape")
    cancelled = person.waits_for(open=0, tiles=1)
    assert str(cancelled["status"]).startswith("Cancelled")

    person.click(cancelled["history"])  # type: ignore[arg-type]
    person.waits_for(finished=True, shown=first)
    person.do("key", "ctrl+shift+l")
    person.waits_for(theme="light")
    person.do("key", "ctrl+q")
