"""The Grid page of Compare on a real engine with an exact model, used as a person uses it: by keys."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

# Before Qt is imported anywhere.
os.environ["QT_QPA_PLATFORM"] = os.environ.get("NOISETTE_TEST_PLATFORM", "offscreen")

import pytest
import shiboken6
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.engine import Engine
from core.sweeps.sheet import SheetColours
from studio.app import open_window
from studio.main_window import MainWindow
from studio.panels.sweep import SweepPage
from studio.viewmodels.run import Phase
from tests.core.models.mixture_model import install_mixture

WAIT_MS = 120_000


def opened(qtbot: QtBot, qapp: QApplication, folder: Path) -> MainWindow:
    home, models = folder / "home", folder / "models"
    install_mixture(models)
    window = open_window(qapp, home, lambda: Engine(home=home, models=models))
    qtbot.waitUntil(lambda: bool(window.session.desk.cards), timeout=WAIT_MS)
    window.session.desk.change(prompt="a red cube", seed=5, guidance_scale=2.0)
    window.activateWindow()
    return window


def closed(window: MainWindow) -> None:
    window.close()
    shiboken6.delete(window)


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[MainWindow]:
    made = opened(qtbot, qapp, tmp_path)
    yield made
    closed(made)
    qapp.setStyleSheet("")


def grid_of(window: MainWindow) -> SweepPage:
    page = window.findChild(SweepPage)
    assert isinstance(page, SweepPage)
    return page


def entered(qtbot: QtBot, window: MainWindow) -> SweepPage:
    """By keys: to Compare, to the control of its pages, and on to Grid."""
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    control = window.compare.pages.choice
    control.button(0).setFocus()
    QTest.keyClick(control.button(0), Qt.Key.Key_Right)
    page = grid_of(window)
    qtbot.waitUntil(lambda: page.sweep.model.inputs.planned is not None, timeout=WAIT_MS)
    return page


def typed(page: SweepPage, place: int, setting: str, values: str) -> None:
    """Choose a setting by the arrow keys, and type values for it."""
    editor = page.axes[place]
    editor.setting.setFocus()
    QTest.keyClick(editor.setting, Qt.Key.Key_Home)
    while editor.setting.currentText() != setting:
        QTest.keyClick(editor.setting, Qt.Key.Key_Down)
    editor.field.setFocus()
    editor.field.selectAll()
    QTest.keyClicks(editor.field, values)


def finish(qtbot: QtBot, page: SweepPage) -> None:
    qtbot.waitUntil(lambda: page.sweep.model.inputs.complete and not page.sweep.busy, timeout=WAIT_MS)


def test_a_grid_is_set_run_looked_at_and_opened_with_the_keyboard(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    page = entered(qtbot, window)
    sweep = page.sweep
    typed(page, 2, "Seed", "5..6")
    typed(page, 1, "Evaluations", "4..8:4x")
    shown = sweep.model.view.axes[1]
    assert shown.problem == "'4..8:4x' is neither a number nor a range; write for example 4..12:4, 20"
    assert page.axes[1].problem.text() == shown.problem
    assert sweep.model.view.title == "a red cube"
    assert not page.bar.run.isEnabled()
    QTest.keyClick(page.axes[1].field, Qt.Key.Key_Backspace)
    typed(page, 0, "Sampler", "euler, heun")
    assert [row.count for row in sweep.model.view.axes] == ["2 values", "2 values", "2 values"]
    assert sweep.model.view.total == "8 cells"
    qtbot.waitUntil(lambda: page.bar.run.isEnabled(), timeout=WAIT_MS)
    page.cells.setFocus()
    QTest.keyClick(page.cells, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert sweep.busy
    finish(qtbot, page)
    assert window.session.status.view.words.startswith("Grid finished in")
    assert sweep.model.view.progress == "8 of 8 cells made"
    qtbot.waitUntil(lambda: bool(sweep.model.view.cost.startswith(("about", "under"))), timeout=WAIT_MS)
    assert (sweep.model.view.columns, sweep.model.view.rows) == (("Euler", "Heun"), ("4 evaluations", "8 evaluations"))
    window.resize(1440, 900)
    QApplication.processEvents()
    assert sweep.model.view.side == 256
    window.actions_["zoom_out"].trigger()
    window.resize(1100, 700)
    QApplication.processEvents()
    assert sweep.model.view.side == 192
    QTest.keyClick(page.cells, Qt.Key.Key_K)
    assert sweep.model.view.sheet == 1
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(page.cells, key)
    words = "Heun, 8 evaluations, Seed 6: 5 steps, 8 evaluations, seed 6"
    assert sweep.model.view.current_words.startswith(words)
    assert page.cells.spoken().words == sweep.model.view.current_words
    sheet, numbers = tmp_path / "grid.png", tmp_path / "grid.csv"
    sweep.export_sheet(sheet, SheetColours())
    sweep.export_numbers(numbers)
    qtbot.waitUntil(lambda: (tmp_path / "grid-2.png").exists() and numbers.exists(), timeout=WAIT_MS)
    with Image.open(sheet) as drawn:
        assert min(drawn.size) > 256
    rows = list(csv.DictReader(numbers.read_text().splitlines()))
    assert (rows[7]["sampler"], rows[7]["evaluations"], rows[7]["seed"], rows[7]["steps"]) == ("heun", "8", "6", "5")
    QTest.keyClick(page.cells, Qt.Key.Key_Return)
    assert window.modes.currentWidget() is window.create_page
    asked = window.session.desk.draft.request()
    assert (asked.sampler, asked.steps, asked.seed) == ("heun", 5, 6)
    qtbot.waitUntil(lambda: window.session.gallery.current is not None, timeout=WAIT_MS)
    assert window.session.gallery.current is not None
    assert window.session.gallery.current.id == rows[7]["picture"]


def test_a_grid_that_was_stopped_goes_on_after_a_restart(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    first = opened(qtbot, qapp, tmp_path)
    page = entered(qtbot, first)
    page.sweep.set_text(1, "90, 100")
    qtbot.waitUntil(lambda: page.sweep.model.view.can_run, timeout=WAIT_MS)
    page.sweep.run()
    qtbot.waitUntil(lambda: len(page.sweep.model.inputs.made) >= 1, timeout=WAIT_MS)
    page.sweep.cancel()
    qtbot.waitUntil(lambda: page.sweep.model.inputs.run.phase is Phase.CANCELLED, timeout=WAIT_MS)  # type: ignore[union-attr]
    assert page.sweep.model.view.can_resume
    kept = {cell: made.figures for cell, made in page.sweep.model.inputs.made.items()}
    assert len(kept) < 6
    closed(first)
    second = opened(qtbot, qapp, tmp_path)
    QTest.keyClick(second, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    page = grid_of(second)
    qtbot.waitUntil(lambda: page.sweep.model.view.can_resume, timeout=WAIT_MS)
    assert {cell: made.figures for cell, made in page.sweep.model.inputs.made.items()} == kept
    QTest.keyClick(page.cells, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    finish(qtbot, page)
    assert {cell: page.sweep.model.inputs.made[cell].figures for cell in kept} == kept
    closed(second)
    qapp.setStyleSheet("")


def test_the_queue_shows_an_earlier_grid(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    window = opened(qtbot, qapp, tmp_path)
    page = entered(qtbot, window)
    sweep, made = page.sweep, list[str]()
    for steps in ("2, 3", "3, 4"):
        sweep.set_text(1, steps)
        qtbot.waitUntil(lambda: sweep.model.view.can_run, timeout=WAIT_MS)
        sweep.run()
        finish(qtbot, page)
        made.append(sweep.job.id)
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    window.session.show_job(made[0])
    qtbot.waitUntil(lambda: sweep.job.id == made[0], timeout=WAIT_MS)
    assert page.isVisible()
    assert sweep.model.inputs.complete
    assert all(each.artifact.job_id.startswith(made[0]) for each in sweep.model.inputs.made.values())
    closed(window)
    qapp.setStyleSheet("")
