"""A keyboard for a window: keys go where the window system sends them, to whatever has the focus then."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator

from PySide6.QtCore import QKeyCombination
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

WAIT_MS = 20_000
MOST_TABS = 120
X_NAMES = {"Ctrl": "ctrl", "Shift": "shift", "Alt": "alt", "Del": "Delete", "Esc": "Escape", "Space": "space"}
BETWEEN_MS = 12


class Keyboard:
    """Presses keys by Qt. No widget is named: a key that goes astray fails the test, as it would fail a person."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot

    def press(self, *sequences: str) -> None:
        """Key combinations in Qt's portable form ("Ctrl+Return", "J"), one after the other."""
        for sequence in sequences:
            combination: QKeyCombination = QKeySequence(sequence)[0]
            QTest.keyClick(_target(), combination.key(), combination.keyboardModifiers())

    def write(self, words: str) -> None:
        """Type small letters, digits and spaces."""
        for letter in words:
            QTest.keyClick(_target(), letter)

    def until(self, seen: Callable[[], object]) -> None:
        """Look until that is so."""
        self._qtbot.waitUntil(lambda: bool(seen()), timeout=WAIT_MS)

    def tab_to(self, goal: QWidget, key: str = "Tab") -> None:
        """Press Tab (or another key that moves the focus) until `goal` has it."""
        past: list[str] = []
        for _ in range(MOST_TABS):
            here = QApplication.focusWidget()
            if here is goal:
                return
            past.append(f"{type(here).__name__} {here.accessibleName() if here is not None else ''}".strip())
            self.press(key)
            self.until(lambda here=here: QApplication.focusWidget() is not here)
        raise AssertionError(f"{key} never came to {goal.accessibleName()!r}, but to {', '.join(past)}")


class OutsideKeyboard(Keyboard):
    """Presses keys from outside the process, through the display server's own input (XTEST)."""

    def press(self, *sequences: str) -> None:
        subprocess.run(["xdotool", "key", "--delay", str(BETWEEN_MS), *map(_x_keys, sequences)], check=True, timeout=60)

    def write(self, words: str) -> None:
        subprocess.run(["xdotool", "type", "--delay", str(BETWEEN_MS), words], check=True, timeout=60)


def keyboard_for(qtbot: QtBot) -> Keyboard:
    """The display server's where there is one and xdotool is installed, else Qt's."""
    outside = QGuiApplication.platformName() == "xcb" and shutil.which("xdotool") is not None
    return OutsideKeyboard(qtbot) if outside else Keyboard(qtbot)


def _target() -> QWidget:
    popup = QApplication.activePopupWidget()
    window = (popup and popup.focusWidget()) or popup or QApplication.focusWidget() or QApplication.activeWindow()
    assert window is not None, "no window of the application has the keyboard"
    return window


def _x_keys(sequence: str) -> str:
    return "+".join(_x_names(sequence))


def _x_names(sequence: str) -> Iterator[str]:
    for part in sequence.split("+"):
        yield X_NAMES.get(part, part.lower() if len(part) == 1 else part)
