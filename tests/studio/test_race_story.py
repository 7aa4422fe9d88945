"""A race with the keyboard alone: set up, run, read on the screen, exported, run again from the file, and there again
after a restart.

With NOISETTE_TEST_PLATFORM=xcb on a display server the keys come from outside the process, all menus are used, and
the shipped model is raced too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from core.requests import ReferenceSettings
from studio.main_window import MainWindow
from studio.panels.compare import ComparePage
from studio.panels.figure_sheet import FigureSheet
from studio.widgets.search_menu import SearchMenu
from tests.core.models.mixture_model import install_mixture
from tests.studio.keyboard import Keyboard, keyboard_for

PROMPT = "a red cube and a blue sphere"
PATIENCE_MS = 300_000
RACED = ("mixture", "tabletop") if os.environ.get("NOISETTE_TEST_PLATFORM") == "xcb" else ("mixture",)
TIMES = ("network", "solver", "decode")


@pytest.mark.parametrize("model", RACED)
def test_a_race_of_six_samplers_at_24_evaluations(
    open_real: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path, model: str
) -> None:
    models = None
    if model == "mixture":
        install_mixture(models := tmp_path / "models")
    keys, window = keyboard_for(qtbot), open_real(models)
    keys.until(lambda: window.isActiveWindow() and window.session.desk.card is not None)
    keys.write(PROMPT)
    keys.press("Ctrl+2")
    keys.until(lambda: window.compare.pages.isVisible())
    page = window.compare.page
    set_up(page, keys)
    keys.press("Ctrl+Return")
    wait_for_race(window, keys, qtbot)
    shown = read(page, keys)
    file = tmp_path / "race.json"
    export(keys, page, file)
    equal(json.loads(file.read_text()), shown)

    keys.press("D")
    keys.until(lambda: page.bar.seed.value.text() != shown["seed"])
    open_race(keys, page, file)
    keys.until(lambda: page.bar.seed.value.text() == shown["seed"])
    assert read(page, keys) == shown
    keys.press("Ctrl+Return")
    keys.until(lambda: window.compare.race.busy)
    wait_for_race(window, keys, qtbot)
    again = read(page, keys)
    assert again["errors"] == shown["errors"]
    assert again["figures"] == shown["figures"]

    keys.press("Ctrl+Q")
    keys.until(lambda: not window.isVisible())
    reopened = open_real(models)
    keys.until(lambda: reopened.isActiveWindow() and reopened.session.desk.card is not None)
    keys.press("Ctrl+2")
    keys.until(lambda: reopened.compare.race.model.view.can_export)
    assert read(reopened.compare.page, keys) == again
    assert all(column.clean is not None for column in reopened.compare.race.model.view.columns)
    keys.press("J")
    column = reopened.compare.page.lanes.columns[0]
    keys.until(lambda: column.facts.text() == "step 23 of 24")
    assert reopened.compare.race.model.view.columns[0].clean is not None


def set_up(page: ComparePage, keys: Keyboard) -> None:
    """Six lanes: four are there; one is added by a key, one by name, and one gets another sampler."""
    keys.until(lambda: len(page.lanes.columns) == 4)
    keys.press("L")
    keys.until(lambda: len(page.lanes.columns) == 5)
    if QGuiApplication.platformName() == "offscreen":
        # That platform gives the focus to a menu that has closed; a display server does not.
        keys.press("L")
        page.race.change(reference=ReferenceSettings(steps=32), slopes=False)
    else:
        by_menus(page, keys)
    keys.until(lambda: len(page.lanes.columns) == 6)
    assert len({column.name.text() for column in page.lanes.columns}) == 6
    assert page.bar.evaluations.value.text() == "24 each"


def by_menus(page: ComparePage, keys: Keyboard) -> None:
    """Evaluations, a shorter reference, no slopes; one more lane by its sampler's name, and another sampler for one."""
    keys.tab_to(page.bar.evaluations)
    from_menu(keys, "24 each")
    keys.tab_to(page.bar.reference)
    from_menu(keys, "Heun, 250 evaluations")
    keys.tab_to(page.bar.repeats)
    from_menu(keys, "Measure slopes too")
    keys.tab_to(page.bar.add)
    from_menu(keys, "LMS")
    keys.tab_to(page.lanes.columns[0].more)
    from_menu(keys, "&Sampler", "DDIM")


def from_menu(keys: Keyboard, *words: str) -> None:
    """Open the menu of what has the focus, and choose in it; a word with & by that letter."""
    keys.press("Space")
    for place, word in enumerate(words):
        kind = SearchMenu if place else QMenu
        keys.until(lambda kind=kind: isinstance(QApplication.activePopupWidget(), kind))
        if word.startswith("&"):
            keys.write(word[1])
        else:
            (find if isinstance(QApplication.activePopupWidget(), SearchMenu) else walk_to)(keys, word)
            keys.press("Return")
    keys.until(lambda: QApplication.activePopupWidget() is None)


def find(keys: Keyboard, word: str) -> None:
    """Type that line of the menu."""
    menu: Any = QApplication.activePopupWidget()
    keys.write(word.lower())
    keys.until(lambda: menu.activeAction() is not None and menu.activeAction().text() == word)


def walk_to(keys: Keyboard, word: str) -> None:
    """Arrow down until that line of the menu is lit."""
    menu: Any = QApplication.activePopupWidget()
    for _ in menu.actions():
        lit = menu.activeAction()
        if lit is not None and lit.text().replace("&", "") == word:
            return
        keys.press("Down")
        keys.until(lambda lit=lit: menu.activeAction() is not lit)
    raise AssertionError(f"no line {word!r} in {[action.text() for action in menu.actions()]}")


def wait_for_race(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    race = window.compare.race
    qtbot.waitUntil(lambda: not race.busy and race.model.view.can_export, timeout=PATIENCE_MS)
    keys.until(lambda: window.session.status.view.words.startswith("Race finished in"))


def read(page: ComparePage, keys: Keyboard) -> dict[str, Any]:
    """What the labels say, and what the sheet of figures copies."""
    awake(page, keys)
    keys.press("Ctrl+Shift+T")
    keys.until(lambda: isinstance(QApplication.activePopupWidget(), FigureSheet))
    keys.press("Ctrl+A", "Ctrl+C")
    keys.until(QGuiApplication.clipboard().text)
    rows = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    keys.press("Esc")
    keys.until(lambda: QApplication.activePopupWidget() is None)
    columns = page.lanes.columns
    return {
        "seed": page.bar.seed.value.text(),
        "names": [column.name.text() for column in columns],
        "errors": [column.error.text() for column in columns],
        "seconds": [column.seconds.text() for column in columns],
        "finding": page.finding.text(),
        "figures": rows,
    }


def equal(told: dict[str, Any], shown: dict[str, Any]) -> None:
    """The file has the numbers of the screen: to the digits of the labels, and to the last bit of the sheet."""
    lanes = told["summary"]["lanes"]
    assert len(lanes) == 6
    assert {lane["evaluations"] for lane in lanes} == {24}
    assert shown["names"] == [lane["name"] for lane in lanes]
    assert shown["errors"] == [f"{lane['error']['value']:.4f}" for lane in lanes]
    assert shown["seconds"] == [f"{sum(lane['timing'][part] for part in TIMES):.2f} s" for lane in lanes]
    assert shown["finding"] == told["summary"]["finding"]
    figures = [row[:4] for row in shown["figures"][1:]]
    assert figures == [
        [lane["name"], str(point["evaluations"]), str(point["steps"]), repr(point["error"]["value"])]
        for lane in lanes
        for point in lane["curve"]
    ]


def export(keys: Keyboard, page: ComparePage, file: Path) -> None:
    keys.press("Ctrl+Shift+E")
    in_dialog(keys, page, file)
    keys.until(file.exists)


def open_race(keys: Keyboard, page: ComparePage, file: Path) -> None:
    keys.press("Alt+O")
    in_dialog(keys, page, file)


def awake(page: ComparePage, keys: Keyboard) -> None:
    """The window has the focus again after a popup or a dialog; the offscreen platform has to be told."""
    if QGuiApplication.platformName() == "offscreen":
        page.window().activateWindow()
    keys.until(lambda: QApplication.activeWindow() is page.window())


def in_dialog(keys: Keyboard, page: ComparePage, file: Path) -> None:
    """The name has the focus: type it, and Enter."""
    keys.until(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    dialog = QApplication.activeWindow()
    keys.press("Ctrl+A")
    keys.write(str(file))
    keys.until(lambda: bool(_name(dialog)) and _name(dialog) == str(file))
    keys.press("Return")
    keys.until(lambda: not shiboken6.isValid(dialog) or not dialog.isVisible())
    awake(page, keys)


def _name(dialog: object) -> str:
    assert isinstance(dialog, QFileDialog)
    return dialog.findChild(QLineEdit).text()  # type: ignore[union-attr]
