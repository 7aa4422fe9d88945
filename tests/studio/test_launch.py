"""Starting the studio: in a process of its own, since it settles things of the whole process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import builtins, gc, sys
from pathlib import Path
before = builtins.__import__
from studio.launch import SWITCH_INTERVAL, launch
app, window = launch(home=Path(sys.argv[1]))
seen = []
window.seen.connect(lambda: seen.append((gc.get_freeze_count() > 0, window.bridge.is_open)))
assert not gc.isenabled()
while not seen:
    app.processEvents()
while not window.bridge.is_open:
    app.processEvents()
assert not gc.isenabled()
window.close()
assert seen == [(True, False)], seen
assert gc.isenabled()
assert builtins.__import__ is before
assert round(sys.getswitchinterval(), 9) == SWITCH_INTERVAL
"""


def test_what_stands_when_the_window_is_seen_is_never_looked_through_and_the_engine_opens_after_that(
    tmp_path: Path,
) -> None:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", CHILD, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


LATER = (
    "numpy",
    "torch",
    "sqlite3",
    "csv",
    "hashlib",
    "secrets",
    "core.engine",
    "core.interop",
    "core.worlds.tabletop.arrangement",
    "studio.accessible",
    "studio.compare_mode",
    "studio.finder",
    "studio.machine",
    "studio.plan",
    "studio.panels.error_card",
    "studio.panels.history_view",
    "studio.panels.plan_layer",
    "studio.panels.queue",
    "studio.panels.settings_view",
    "studio.dissection",
    "studio.panels.dissection",
    "studio.viewmodels.dissection",
    "studio.toy_mode",
    "studio.viewmodels.toy",
    "studio.viewmodels.plan",
    "studio.viewmodels.plot_table",
)
"""What a first look at the window does without."""

UNMADE = ("QStyle", "QWizard", "QCalendarWidget")
"""Classes of Qt's that PySide makes when they are asked for, the last two with all other kinds of widget."""

LOOK = """
import sys
from pathlib import Path
from studio.launch import launch
from PySide6 import QtWidgets
app, window = launch(home=Path(sys.argv[1]))
there = []
window.seen.connect(lambda: there.append(sorted(set(sys.argv[2:]) & {*sys.modules, *vars(QtWidgets)})))
while not there:
    app.processEvents()
window.close()
assert there == [[]], there
"""


def test_the_window_is_seen_before_anything_is_made_that_it_does_without(tmp_path: Path) -> None:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", LOOK, str(tmp_path), *LATER, *UNMADE]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
