"""PySide without its signatures at the start: in processes of their own, since a process imports PySide once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# What PySide says of wrong calls and of its functions, from the parts that come late and through its own library.
ASKED = """
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QLabel
from shibokensupport.signature import get_signature
questions = (
    lambda: QObject().setObjectName(3, 4),
    lambda: QPoint("a"),
    lambda: QPoint(1, 2, 3),
    lambda: get_signature(QObject.setObjectName),
    lambda: get_signature(QPoint),
    lambda: QObject.setObjectName.__doc__,
    lambda: QPoint.__doc__,
    lambda: QObject().connect(3),
    lambda: QObject(bogus=1),
    lambda: QPoint(1, 2).manhattanLengthX(),
    lambda: QLabel.setText("x", 3),
    lambda: Qt.Orientation("sideways"),
)
for ask in questions:
    try:
        print(repr(ask()))
    except Exception as error:
        print(type(error).__name__, error)
import PySide6.support.signature.lib.enum_sig
from shibokensupport.signature.lib import pyi_generator
print(pyi_generator.Formatter)
"""
LATE = """
import sys
from studio.late_signatures import SIGNATURES, import_qt
finders = list(sys.meta_path)
import_qt()
assert SIGNATURES.waiting() == SIGNATURES.names, set(SIGNATURES.names) - set(SIGNATURES.waiting())
assert sys.meta_path == finders
"""
START = """
import sys
from pathlib import Path
from studio.launch import launch
app, window = launch(home=Path(sys.argv[1]))
seen = []
window.seen.connect(lambda: seen.append(True))
while not seen:
    app.processEvents()
from studio.late_signatures import SIGNATURES
assert SIGNATURES.waiting() == SIGNATURES.names, set(SIGNATURES.names) - set(SIGNATURES.waiting())
window.close()
"""


def run(code: str, *words: str) -> str:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_wrong_calls_and_questions_are_answered_as_ever() -> None:
    plain = run(ASKED)
    assert "Supported signatures" in plain
    assert run(LATE + ASKED) == plain


def test_the_window_stands_without_them(tmp_path: Path) -> None:
    run(START, str(tmp_path))
