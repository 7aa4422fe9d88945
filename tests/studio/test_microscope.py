"""The Schedules page in a real window: the whole task by keys, and the rest of what it can do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.grid_settings import CUSTOM, LISTED, GridSettings
from core.history.kept_grids import FOLDER, KeptGrid, keep_grid
from core.microscope.overlay import DRAWN, LIST
from core.microscope.picture import Look
from core.microscope.plot import Across, Quantity
from studio.main_window import MainWindow
from studio.microscope import Microscope, look_of
from studio.panels.figure_sheet import FigureSheet
from studio.panels.microscope import MicroscopePage
from studio.theme.tokens import LIGHT
from tests.studio.keyboard import keyboard_for
from tests.studio.walking import faults

WAIT_MS = 20_000
SIGMAS = "9.0, 4.0, 1.5, 0.4, 0.1, 0.0"


def opened(window: MainWindow, qtbot: QtBot) -> tuple[MicroscopePage, Microscope]:
    window.activateWindow()
    window.actions_["schedules"].trigger()
    page = window.compare.pages.body("schedules")
    assert isinstance(page, MicroscopePage)
    settle(page, qtbot)
    return page, page.microscope


def settle(page: MicroscopePage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.microscope.settled, timeout=WAIT_MS)


def press(window: MainWindow, name: str) -> None:
    assert window.actions_[name].isEnabled(), name
    window.actions_[name].trigger()


def test_grids_are_laid_over_one_another_drawn_and_used_by_keys(window: MainWindow, qtbot: QtBot) -> None:
    """Choose a grid, read it off, draw on from it, bend it, and make a picture's grid of it: no mouse."""
    keys = keyboard_for(qtbot)
    window.activateWindow()
    keys.until(window.isActiveWindow)
    keys.press("Ctrl+2", "Shift+C")
    page = window.compare.pages.body("schedules")
    assert isinstance(page, MicroscopePage)
    microscope = page.microscope
    keys.until(lambda: microscope.settled and page.plot.hasFocus())
    # Off with what is there but the first, on with KL-optimal.
    for name in ("karras", "comfyui:karras", "kl_optimal"):
        keys.tab_to(page.list.rows[name])
        keys.press("Space")
        keys.until(lambda: microscope.settled)
    assert [each.curve.name for each in microscope.model.view.curves] == ["uniform", "kl_optimal"]
    keys.tab_to(page.plot)
    keys.press("Home", "Right", "Right")
    assert microscope.model.view.readout.startswith("KL-optimal, step 3 of 12: σ ")
    keys.press("Up")
    assert microscope.model.view.readout.startswith("Uniform, step 3 of 12: σ ")
    keys.press("Down", "V")
    assert microscope.inputs.quantity is Quantity.LOG_SNR
    # Draw on from KL-optimal; the focus is on a handle.
    keys.press("Shift+E")
    keys.until(lambda: microscope.settled and QApplication.focusWidget() in page.plot.handles)
    before = microscope.inputs.handles
    keys.press("Up", "Up")
    keys.until(lambda: microscope.settled)
    assert microscope.inputs.handles != before
    count = len(page.plot.handles)
    keys.press("Insert")
    keys.until(lambda: microscope.settled and len(page.plot.handles) == count + 1)
    keys.press("Alt+Return")
    keys.until(lambda: window.modes.currentWidget() is window.create_page)
    draft = window.session.desk.draft
    assert (draft.time_grid, draft.grid.handles, draft.steps) == (CUSTOM, microscope.inputs.handles, 12)
    window.session.desk.undo()
    assert window.session.desk.draft.time_grid != CUSTOM


def test_a_list_is_pasted_read_anew_used_and_taken_away(window: MainWindow, qtbot: QtBot) -> None:
    page, microscope = opened(window, qtbot)
    QGuiApplication.clipboard().setText(SIGMAS)
    press(window, "paste_settings")
    qtbot.waitUntil(lambda: len(microscope.inputs.lists) == 1, timeout=WAIT_MS)
    settle(page, qtbot)
    found = microscope.inputs.lists[0]
    assert (found.name, found.steps, found.unit, found.guessed) == ("Pasted", 5, "sigma", True)
    assert microscope.inputs.current == LIST + "Pasted"
    assert "read as σ, noise over signal, as it seems" in page.list.rows[LIST + "Pasted"].note
    microscope.read_as("Pasted", "time")
    assert "level 9 is out of range" in microscope.model.view.problem
    press(window, "use_grid")
    draft = window.session.desk.draft
    assert (draft.time_grid, draft.steps) == (LISTED, 5)
    assert draft.grid.levels == pytest.approx((9.0, 4.0, 1.5, 0.4, 0.1))
    press(window, "schedules")
    microscope.read_as("Pasted", "log_snr")
    assert microscope.inputs.lists[0].unit == "log_snr"
    microscope.drop_list("Pasted")
    assert (microscope.inputs.lists, LIST + "Pasted" in microscope.inputs.chosen) == ((), False)


def test_files_are_brought_in_and_what_is_wrong_is_said(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    page, microscope = opened(window, qtbot)
    two = tmp_path / "two.json"
    two.write_text(json.dumps([{"name": "a", "t": [1.0, 0.5, 0.1]}, {"name": "a", "log_snr": [-4, 0, 4]}]))
    microscope.bring_in(two)
    qtbot.waitUntil(lambda: len(microscope.inputs.lists) == 2, timeout=WAIT_MS)
    assert [each.name for each in microscope.inputs.lists] == ["a", "a 2"]
    (tmp_path / "bad.csv").write_text("sigma\nmany\n")
    microscope.bring_in(tmp_path / "bad.csv")
    qtbot.waitUntil(lambda: bool(microscope.model.view.problem), timeout=WAIT_MS)
    assert page.problem.text() == "level 'many' is not a number; give for example 14.6, 3.9, 1.2, 0.3, 0"
    assert page.problem.isVisible()
    microscope.bring_in(tmp_path / "none.txt")
    qtbot.waitUntil(lambda: "can't be read" in microscope.model.view.problem, timeout=WAIT_MS)


def test_curves_are_exported_as_they_are_seen(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    page, microscope = opened(window, qtbot)
    heard: list[str] = []
    microscope.said.connect(heard.append)
    for kind in ("png", "svg", "csv", "json", "gif"):
        page.write(tmp_path / f"grids.{kind}")
        qtbot.waitUntil(lambda kind=kind: any(f"grids.{kind}" in each for each in heard), timeout=WAIT_MS)
    with Image.open(tmp_path / "grids.png") as drawn:
        assert drawn.width == 2400
    assert "ComfyUI karras" in (tmp_path / "grids.svg").read_text()
    told = json.loads((tmp_path / "grids.json").read_text())
    assert [curve["name"] for curve in told["curves"]] == ["uniform", "karras", "comfyui:karras"]
    assert heard[-1] == "grids.gif can't be told from its name; end it with .png, .svg, .csv or .json"
    press(window, "table")
    sheet = QApplication.activePopupWidget()
    assert isinstance(sheet, FigureSheet)
    assert sheet.table.model().rowCount() == 3 * 13
    sheet.close()


def test_a_handle_is_dragged_and_a_mark_is_pointed_at(window: MainWindow, qtbot: QtBot) -> None:
    page, microscope = opened(window, qtbot)
    page.draw()
    qtbot.waitUntil(lambda: microscope.settled and bool(page.plot.handles), timeout=WAIT_MS)
    handle, before = page.plot.handles[1], microscope.inputs.handles
    middle = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(handle, middle + QPoint(20, 12))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=middle + QPoint(20, 12))
    settle(page, qtbot)
    assert microscope.inputs.handles[1] != before[1]
    assert (microscope.inputs.handles[0], microscope.inputs.handles[-1]) == (before[0], before[-1])
    plot = microscope.model.view.plot
    assert plot is not None
    mark = plot.lines[1][4]
    QTest.mouseMove(page.plot, page.plot._point(mark.x, mark.y).toPoint())
    assert microscope.inputs.current == "karras"
    assert page.plot.bubble.isVisible()


def test_a_measured_grid_is_there_where_one_is_stored(
    open_studio: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_studio()
    card = window.session.desk.cards[0]
    kept = KeptGrid(card.id, "heun", 3, 1.0, (1.0, 0.6, 0.2), {})
    keep_grid(tmp_path / "home" / FOLDER / "one.json", kept)
    (tmp_path / "home" / FOLDER / "broken.json").write_text("{")
    _, microscope = opened(window, qtbot)
    qtbot.waitUntil(lambda: len(microscope.inputs.lists) == 1, timeout=WAIT_MS)
    assert microscope.inputs.lists[0].settings == GridSettings(levels=(1.0, 0.6, 0.2), levels_as="time")
    assert microscope.inputs.lists[0].name == f"Optimised for {card.id}, heun, 3 steps"


def test_the_page_is_as_it_was_left(open_studio: Callable[..., MainWindow], qtbot: QtBot) -> None:
    first = open_studio()
    page, microscope = opened(first, qtbot)
    page.draw()
    qtbot.waitUntil(lambda: microscope.settled and DRAWN in microscope.inputs.chosen, timeout=WAIT_MS)
    microscope.bring_in_text(SIGMAS)
    qtbot.waitUntil(lambda: len(microscope.inputs.lists) == 1, timeout=WAIT_MS)
    microscope.change(steps=9, quantity=Quantity.LOG_SNR_STEP, across=Across.TIME, schedule="latent_1000")
    left = microscope.inputs.wanted
    first.close()
    again = opened(open_studio(), qtbot)[1].inputs
    assert again.wanted == left
    assert [each.name for each in again.lists] == ["Pasted"]


@pytest.mark.parametrize("scale", [100, 150])
def test_the_page_fits_at_every_size(window: MainWindow, qtbot: QtBot, scale: int) -> None:
    page, microscope = opened(window, qtbot)
    microscope.change(schedule="latent_1000", chosen=("karras", "a1111:kl_optimal", "diffusers:euler_karras"))
    page.draw()
    settle(page, qtbot)
    found: list[str] = []
    window._preferences.set("look/text_scale", scale)
    for size in ((1440, 900), (1100, 700)):
        window.resize(*size)
        found += [f"{size}: {fault}" for fault in faults(window)]
    window._preferences.set("look/text_scale", 100)
    assert not found, "\n".join(found)


def test_pictures_of_the_command_line_have_the_light_theme_s_pens() -> None:
    assert look_of(LIGHT).pens == Look().pens
