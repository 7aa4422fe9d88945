from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from core.artifacts.artifact import Artifact
from core.artifacts.recipe import Environment, Recipe
from core.requests import ImageRequest
from studio.viewmodels.history import HELD, HistoryList, Tile, TileRole


def artifact(number: int) -> Artifact:
    environment = Environment("0", "3.11", "0", "test", "test", "cpu", "float32", 1)
    request = ImageRequest(f"picture {number}", seed=number)
    recipe = Recipe(request, 0, number, None, 8, 8, "Flat", {}, environment, "", "2026-01-01T00:00:00+00:00")
    return Artifact(f"job{number}-01", "image", Path(f"{number}.png"), None, recipe)


def ids(tiles: HistoryList) -> list[str]:
    shown = [tiles.tile(row).artifact for row in range(tiles.rowCount())]
    return [each.id for each in shown if each is not None]


def test_the_list_is_a_sound_model_through_its_whole_life(qtbot: QtBot) -> None:
    tiles = HistoryList()
    tester = QAbstractItemModelTester(tiles, QAbstractItemModelTester.FailureReportingMode.Warning)
    tiles.append((artifact(3), artifact(2)), frozenset({"job2-01"}), 3)
    assert tiles.canFetchMore(tiles.index(-1, -1))
    with qtbot.waitSignal(tiles.more_wanted) as asked:
        tiles.fetchMore(tiles.index(-1, -1))
    assert asked.args == [2]
    tiles.append((artifact(1),), frozenset(), 3)
    assert not tiles.canFetchMore(tiles.index(-1, -1))
    tiles.show_running(Tile("job4", None, "now", 4, "1/5", 0.2))
    tiles.show_running(Tile("job4", None, "now", 4, "2/5", 0.4))
    assert tiles.tile(0).badge == "2/5"
    assert tiles.row_of("job3-01") == 1
    tiles.end_running("job4")
    tiles.prepend(artifact(4))
    tiles.prepend(artifact(4))
    assert ids(tiles) == ["job4-01", "job3-01", "job2-01", "job1-01"]
    assert tiles.total == 4
    assert tiles.tile(2).favourite
    del tester


def test_a_thumbnail_is_asked_for_once_and_shown_when_it_comes(qtbot: QtBot) -> None:
    tiles = HistoryList()
    tiles.append((artifact(1),), frozenset(), 1)
    asked: list[Artifact] = []
    tiles.wanted.connect(asked.append)
    index = tiles.index(0, 0)
    assert tiles.data(index, TileRole.IMAGE) is None
    assert tiles.data(index, TileRole.IMAGE) is None
    assert [each.id for each in asked] == ["job1-01"]
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    with qtbot.waitSignal(tiles.dataChanged):
        tiles.set_image("job1-01", image)
    assert tiles.data(index, TileRole.IMAGE) is image


def test_thumbnails_out_of_sight_are_let_go_and_asked_for_again() -> None:
    tiles, asked = HistoryList(), list[str]()
    tiles.append(tuple(artifact(number) for number in range(HELD + 10)), frozenset(), HELD + 10)
    tiles.wanted.connect(lambda wanted: asked.append(wanted.id))
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    for row in (*range(HELD), 0, *range(HELD, HELD + 10)):
        if tiles.data(tiles.index(row, 0), TileRole.IMAGE) is None:
            tiles.set_image(asked[-1], image)
    assert len(tiles._images) == HELD
    assert len(asked) == HELD + 10
    assert tiles.data(tiles.index(0, 0), TileRole.IMAGE) is image, "it was in sight again meanwhile"
    assert tiles.data(tiles.index(1, 0), TileRole.IMAGE) is None
    assert asked[-1] == "job1-01"


def test_words_for_pointing_and_for_readers() -> None:
    tiles = HistoryList()
    tiles.append((artifact(7),), frozenset(), 1)
    tip = tiles.data(tiles.index(0, 0), int(Qt.ItemDataRole.ToolTipRole))
    assert tip == "picture 7\nSeed 7"
    assert tiles.data(tiles.index(0, 0), int(Qt.ItemDataRole.AccessibleTextRole)) == "picture 7, seed 7, 1 of 1"
    tiles.set_favourite(artifact(7).id, True)
    tiles.append((artifact(6),), frozenset(), 40)
    tiles.show_running(Tile("job", None, "a cube", 3, "2/5"))
    assert [tiles.data(tiles.index(at, 0), int(Qt.ItemDataRole.AccessibleTextRole)) for at in range(3)] == [
        "a cube, seed 3, 2/5, 1 of 41",
        "picture 7, seed 7, favourite, 2 of 41",
        "picture 6, seed 6, 3 of 41",
    ]


def test_thumbnails_of_what_is_no_longer_listed_are_let_go(qtbot: QtBot) -> None:
    tiles = HistoryList()
    tiles.append((artifact(2), artifact(1)), frozenset(), 2)
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    for name in ("job1-01", "job2-01"):
        tiles.set_image(name, image)
    tiles.clear()
    tiles.append((artifact(2),), frozenset(), 1)
    assert tiles.data(tiles.index(0, 0), TileRole.IMAGE) is not None
    tiles.clear()
    tiles.append((artifact(2), artifact(1)), frozenset(), 2)
    with qtbot.waitSignal(tiles.wanted) as asked:
        assert tiles.data(tiles.index(1, 0), TileRole.IMAGE) is None
    assert asked.args[0].id == "job1-01"
