from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from studio.viewmodels.archive_grid import KEPT, PICTURE_MIME, WINDOW, ArchiveGrid
from tests.studio.viewmodels.test_archive import row


def filled(count: int) -> tuple[ArchiveGrid, list[list[int]]]:
    """A grid of the numbers `count` to 1, and what it has asked for."""
    grid = ArchiveGrid()
    asked: list[list[int]] = []
    grid.wanted.connect(asked.append)
    grid.set_numbers(np.arange(count, 0, -1))
    return grid, asked


@pytest.mark.usefixtures("qtbot")
def test_the_grid_is_a_sound_model() -> None:
    grid = ArchiveGrid()
    tester = QAbstractItemModelTester(grid, QAbstractItemModelTester.FailureReportingMode.Warning)
    grid.set_numbers(np.asarray([5, 3]))
    grid.take_rows([row("b", 3), row("a", 5)])
    told = [grid.index(at).data(Qt.ItemDataRole.AccessibleTextRole) for at in (0, 1)]
    assert told == ["a cube, seed 7, 1 of 2", "a cube, seed 7, 2 of 2"]
    grid.set_numbers(np.asarray([], np.int64))
    assert grid.rowCount() == 0
    del tester


@pytest.mark.usefixtures("qtbot")
def test_readers_hear_marks_and_places_and_of_unread_rows_the_place_alone() -> None:
    grid, _ = filled(12_040)
    grid.take_rows([row("a", 12_040, prompt="", favourite=True, branched=True), row("b", 12_037)])
    told = [grid.index(at).data(Qt.ItemDataRole.AccessibleTextRole) for at in (0, 2, 3)]
    assert told == [
        "No prompt, seed 7, favourite, branch, 1 of 12\u2009040",
        "Picture 3 of 12\u2009040",
        "a cube, seed 7, 4 of 12\u2009040",
    ]
    assert grid.index(2).data(Qt.ItemDataRole.DisplayRole) is None


def test_only_the_window_around_what_is_looked_at_is_asked_for(qtbot: QtBot) -> None:
    grid, asked = filled(100_000)
    grid.look_at(50_000, 50_079)
    qtbot.waitUntil(lambda: len(asked) == 1)
    assert len(asked[0]) == WINDOW
    assert {grid.number(50_000), grid.number(50_079)} <= set(asked[0])


def test_while_one_window_is_read_no_other_is_asked_for_and_then_the_last_looked_at(qtbot: QtBot) -> None:
    grid, asked = filled(100_000)
    grid.look_at(0, 10)
    qtbot.waitUntil(lambda: len(asked) == 1)
    for first in (10_000, 20_000, 30_000):
        grid.look_at(first, first + 10)
        qtbot.wait(2)
    assert len(asked) == 1
    grid.take_rows([row(str(number), number) for number in asked[0]])
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert grid.number(30_000) in asked[1]
    assert grid.number(10_000) not in asked[1]


def test_rows_that_can_not_be_read_are_not_asked_for_without_end(qtbot: QtBot) -> None:
    grid, asked = filled(10)
    grid.look_at(0, 9)
    qtbot.waitUntil(lambda: len(asked) == 1)
    grid.take_rows(())
    qtbot.wait(5)
    assert len(asked) == 1
    grid.look_at(0, 9)
    qtbot.waitUntil(lambda: len(asked) == 2)
    grid.give_up()
    grid.look_at(0, 9)
    qtbot.waitUntil(lambda: len(asked) == 3)


def test_rows_unused_for_long_are_let_go() -> None:
    grid, _ = filled(KEPT + 10)
    grid.take_rows([row(str(number), number) for number in range(1, KEPT + 11)])
    assert grid.row(KEPT + 9) is None
    assert grid.row(0) is not None


def test_dragging_takes_the_files_and_our_ids_along() -> None:
    grid, _ = filled(3)
    grid.take_rows([row("a", 3), row("b", 2), row("c", 1)])
    mime = grid.mimeData([grid.index(2), grid.index(0)])
    assert [url.fileName() for url in mime.urls()] == ["a", "c"]
    assert bytes(mime.data(PICTURE_MIME).data()) == b"a\nc"


def test_places_are_found_by_number() -> None:
    grid, _ = filled(5)
    assert grid.place_of(5) == 0
    assert grid.place_of(6) == -1
