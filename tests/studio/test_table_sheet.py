"""Plots as tables: opened by keys, followed through a run, copied."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from studio.main_window import MainWindow
from studio.panels.table_sheet import TableSheet
from studio.table_saving import TableError, write
from studio.viewmodels.plot_table import COMMA, Plot, copied
from tests.studio.scripted import Script
from tests.studio.test_session import WAIT_MS, make

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
DISPLAY = Qt.ItemDataRole.DisplayRole


def opened(window: MainWindow) -> TableSheet:
    window.activateWindow()
    # From where the focus is.
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_T, CTRL_SHIFT)
    sheet = QApplication.activePopupWidget()
    assert isinstance(sheet, TableSheet)
    return sheet


def column(sheet: TableSheet, at: int) -> list[str]:
    model = sheet.table.figures
    return [str(model.index(row, at).data(DISPLAY)) for row in range(model.rowCount())]


def test_the_plot_with_the_focus_opens_else_the_schedule(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script)
    create = window.create_page
    for focus, plot in (
        (create.prompt.editor, Plot.SCHEDULE),
        (create.sampler.plot.handles[0], Plot.SCHEDULE),
        (create.trajectory.strip.scrubber, Plot.TRAJECTORY),
    ):
        window.activateWindow()
        focus.setFocus()
        sheet = opened(window)
        assert sheet.model.view.plot is plot
        assert sheet.choice.current() == plot
        QTest.keyClick(sheet.table, Qt.Key.Key_Escape)
        assert QApplication.activePopupWidget() is None


def test_the_palette_offers_it(window: MainWindow) -> None:
    assert "table" in [card.id for card, _ in window.actions_.listed()]


def test_it_follows_the_run(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    session.desk.change(prompt="a red cube", steps=6)
    session.generate()
    script.release(2)
    qtbot.waitUntil(lambda: session.desk.sampler.view.curve.done == 2, timeout=WAIT_MS)
    sheet = opened(window)
    assert column(sheet, 5) == ["made", "now", *["to come"] * 4]
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down):
        QTest.keyClick(sheet.table, key)
    script.release(2)
    qtbot.waitUntil(lambda: column(sheet, 5) == [*["made"] * 3, "now", *["to come"] * 2], timeout=WAIT_MS)
    assert sheet.table.taken() == (3,)
    sheet.choice.button(Plot.TRAJECTORY).click()
    assert column(sheet, 4) == [*["made"] * 3, "on show", *["to come"] * 2]
    script.release(2)
    qtbot.waitUntil(lambda: column(sheet, 4)[-1] == "on show", timeout=WAIT_MS)
    sheet.close()


def test_it_stops_following_once_closed(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script)
    sheet = opened(window)
    model = sheet.model
    told: list[object] = []
    model.watch_all(told.append)
    sheet.close()
    window.session.desk.change(steps=11)
    assert len(told) == 1


def test_rows_are_walked_and_copied_by_keys(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script)
    said: list[str] = []
    window.session.said.connect(said.append)
    sheet = opened(window)
    table = sheet.table
    assert QApplication.focusWidget() is table
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    mime = QGuiApplication.clipboard().mimeData()
    assert len(mime.text().splitlines()) == table.figures.rowCount() + 1
    heads = mime.text().splitlines()[0].split("\t")
    assert [head.partition(" (")[0] for head in heads] == ["Step", "t", "sigma", "log-SNR", "Guidance"]
    QTest.keyClick(table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert table.taken() == (1,)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert table.taken() == (1, 2)
    sheet.copy.click()
    assert [line[0] for line in QGuiApplication.clipboard().text().splitlines()] == ["S", "2", "3"]
    assert said == [
        f"{table.figures.rowCount()} rows copied, with tabs between the columns",
        "2 rows copied, with tabs between the columns",
    ]
    sheet.close()


def test_rows_are_copied_as_csv(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script, steps=7)
    said: list[str] = []
    window.session.said.connect(said.append)
    sheet = opened(window)
    QTest.keyClick(sheet.table, Qt.Key.Key_C, CTRL_SHIFT)
    lines = list(csv.DictReader(QGuiApplication.clipboard().text().splitlines()))
    sigmas = window.session.desk.sampler.view.curve.sigmas
    assert [float(line["sigma (noise over signal)"]) for line in lines] == list(sigmas[:7])
    assert said == ["7 rows copied, as CSV"]
    sheet.close()


def test_the_rows_taken_are_saved_where_one_says(
    window: MainWindow, qtbot: QtBot, script: Script, tmp_path: Path
) -> None:
    make(window, qtbot, script, steps=7)
    said: list[str] = []
    window.session.said.connect(said.append)
    sheet = opened(window)
    QTest.keyClick(sheet.table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    for modifier in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
        QTest.keyClick(sheet.table, Qt.Key.Key_Down, modifier)
    text = copied(sheet.model.view.table, (1, 2), separator=COMMA)
    sheet.save.click()
    assert QApplication.activePopupWidget() is None
    dialog = window.findChild(QFileDialog)
    assert dialog.defaultSuffix() == "csv"
    assert [Path(name).name for name in dialog.selectedFiles()] == ["noise-schedule.csv"]
    target = tmp_path / "figures.csv"
    dialog.fileSelected.emit(str(target))
    dialog.reject()
    qtbot.waitUntil(lambda: said == [f"2 rows saved in {target}"], timeout=WAIT_MS)
    assert target.read_text(encoding="utf-8") == text


def test_a_table_that_can_not_be_saved_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TableError, match=r"a\.csv can't be written \(.+\); choose another folder"):
        write(tmp_path / "file" / "a.csv", "Step")


def test_the_keyboard_reaches_every_part_of_the_sheet(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script)
    sheet = opened(window)
    met = set()
    for _ in range(6):
        met.add(QApplication.focusWidget())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert {sheet.table, sheet.copy, sheet.copy_csv, sheet.save, sheet.choice.button(Plot.SCHEDULE)} <= met
    sheet.close()


def test_readers_hear_a_table_with_its_heads(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script)
    sheet = opened(window)
    spoken = QAccessible.queryAccessibleInterface(sheet.table)
    assert spoken.role() == QAccessible.Role.Table
    assert spoken.text(QAccessible.Text.Name) == "Noise schedule as a table"
    first = sheet.table.figures.index(0, 1)
    assert first.data(Qt.ItemDataRole.AccessibleTextRole) == "t 1.000"
    del spoken
    sheet.close()


def test_no_rows_without_a_trajectory(window: MainWindow) -> None:
    window.activateWindow()
    sheet = opened(window)
    sheet.model.update(plot=Plot.TRAJECTORY)
    assert not sheet.table.isVisible()
    assert "No steps to show" in sheet._empty.text()
    assert not any(button.isEnabled() for button in (sheet.copy, sheet.copy_csv, sheet.save))
    sheet.close()
