from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.background import Background
from studio.theme import DARK, Theme
from studio.thumbnail_loader import ThumbnailLoader, Wanted, tile_image
from studio.viewmodels.archive_grid import ArchiveGrid
from studio.widgets.choice_chip import ChoiceChip
from studio.widgets.picture_grid import GAP, PictureGrid
from studio.widgets.spoken import ItemNews, listen_to_items
from studio.widgets.toast import Toast
from tests.studio.viewmodels.test_archive import row

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, "dark")


@pytest.fixture
def colours(tmp_path: Path) -> list[Path]:
    """Four thumbnails, each of one colour."""
    paths = []
    for at, colour in enumerate(("#FF0000", "#00FF00", "#0000FF", "#FFFF00")):
        image = QImage(40, 60, QImage.Format.Format_RGB32)
        image.fill(QColor(colour))
        paths.append(tmp_path / f"{at}.png")
        assert image.save(str(paths[-1]))
    return paths


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication, theme: Theme, colours: list[Path]) -> PictureGrid:
    """103 pictures in four colours, ten a line."""
    grid, background = ArchiveGrid(), Background(qapp)
    made = PictureGrid(theme, grid, ThumbnailLoader(background, 192))
    made.set_tile_side(74)
    grid.set_numbers(np.arange(103))
    grid.take_rows([row(f"p{n}", n, small=str(colours[n % 4]), favourite=n == 1) for n in range(103)])
    qtbot.addWidget(made)
    made.resize(10 * 74 + 9 * GAP + 28 + made.verticalScrollBar().sizeHint().width(), 400)
    made.show()
    qtbot.addWidget(made, before_close_func=lambda _: background.close())
    return made


def middle(view: PictureGrid, at: int) -> QPoint:
    return view.visualRect(view.model().index(at, 0)).center()


def test_places_fill_lines_and_points_find_them(view: PictureGrid) -> None:
    assert view.visualRect(view.model().index(9, 0)).y() == view.visualRect(view.model().index(0, 0)).y()
    assert view.visualRect(view.model().index(10, 0)).y() > view.visualRect(view.model().index(0, 0)).y()
    for at in (0, 9, 10, 37):
        assert view.indexAt(middle(view, at)).row() == at
    assert not view.indexAt(QPoint(1, 1)).isValid()
    view.choose(102)
    assert view.viewport().rect().contains(view.visualRect(view.model().index(102, 0)))
    assert view.indexAt(middle(view, 102)).row() == 102


def test_thumbnails_are_drawn_where_they_belong(view: PictureGrid, qtbot: QtBot) -> None:
    def colour(at: int) -> str:
        return view.viewport().grab().toImage().pixelColor(middle(view, at)).name()

    qtbot.waitUntil(lambda: colour(37) == "#00ff00", timeout=10_000)
    assert [colour(at) for at in (0, 1, 2, 3)] == ["#ff0000", "#00ff00", "#0000ff", "#ffff00"]
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: colour(102) == "#0000ff", timeout=10_000)


def test_arrows_pages_and_ends_move_and_shift_extends(view: PictureGrid) -> None:
    view.choose(12)
    steps = ((Qt.Key.Key_Right, 13), (Qt.Key.Key_Down, 23), (Qt.Key.Key_Left, 22), (Qt.Key.Key_Up, 12))
    for key, there in steps:
        QTest.keyClick(view, key)
        assert view.currentIndex().row() == there
        assert view.chosen_places() == [there]
    QTest.keyClick(view, Qt.Key.Key_Down, SHIFT)
    QTest.keyClick(view, Qt.Key.Key_Left, SHIFT)
    assert view.chosen_places() == list(range(12, 22))
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.chosen_places() == [102]
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.chosen_places() == [102]
    QTest.keyClick(view, Qt.Key.Key_Home)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.chosen_places() == [0]
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert view.currentIndex().row() % 10 == 0
    assert view.currentIndex().row() > 10
    QTest.keyClick(view, Qt.Key.Key_A, CONTROL)
    assert view.chosen_count() == 103


def test_clicks_choose_add_and_extend_over_lines(view: PictureGrid) -> None:
    def click(at: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, middle(view, at))

    click(8)
    click(12, SHIFT)
    assert view.chosen_places() == [8, 9, 10, 11, 12]
    click(30, CONTROL)
    assert view.chosen_places() == [8, 9, 10, 11, 12, 30]
    click(9, CONTROL)
    assert view.chosen_places() == [8, 10, 11, 12, 30]
    click(3)
    assert view.chosen_places() == [3]


def test_enter_opens_and_letters_are_left_to_the_window(view: PictureGrid, qtbot: QtBot) -> None:
    view.choose(5)
    with qtbot.waitSignal(view.opened) as opened:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert opened.args == [5]
    QTest.keyClicks(view, "p")
    assert view.currentIndex().row() == 5


def test_readers_hear_a_list_of_pictures(view: PictureGrid) -> None:
    view.choose(1)
    spoken = QAccessible.queryAccessibleInterface(view)
    assert (spoken.role(), spoken.text(QAccessible.Text.Name)) == (QAccessible.Role.List, "Pictures")
    assert spoken.childCount() == 103
    items = [spoken.child(at) for at in (1, 2)]
    assert [each.role() for each in items] == [QAccessible.Role.ListItem] * 2
    assert [each.text(QAccessible.Text.Name) for each in items] == [
        "a cube, seed 7, favourite, 2 of 103",
        "a cube, seed 7, 3 of 103",
    ]
    assert [each.state().selected for each in items] == [1, 0]
    assert items[0].rect().size() == view.visualRect(view.model().index(1, 0)).size()


def test_a_name_that_comes_late_is_told_and_so_is_the_one_that_follows_a_deletion(view: PictureGrid) -> None:
    told: list[tuple[int, ItemNews]] = []
    listen_to_items(lambda widget, at, news: told.append((at, news)) if widget is view else None)
    grid = view._grid
    grid.forget_rows()
    view.choose(40)
    assert view.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole) == "Picture 41 of 103"
    grid.take_rows([row("p39", 39)])
    assert told == []
    grid.take_rows([row("p40", 40)])
    assert told == [(40, ItemNews.NAME)]
    grid.take_rows([row("p40", 40)])
    view.activateWindow()
    view.setFocus()
    view.tell_current()
    assert told[1:] == [(40, ItemNews.FOCUS)]


@pytest.mark.parametrize(
    "modifier_and_key", [(Qt.KeyboardModifier.NoModifier, Qt.Key.Key_Menu), (SHIFT, Qt.Key.Key_F10)]
)
def test_its_menu_is_asked_for_by_keys_at_the_current_picture(
    view: PictureGrid, qtbot: QtBot, modifier_and_key: tuple[Qt.KeyboardModifier, Qt.Key]
) -> None:
    view.choose(12)
    modifier, key = modifier_and_key
    with qtbot.waitSignal(view.asked) as asked:
        QTest.keyClick(view, key, modifier)
    assert asked.args == [12]
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1), view.mapToGlobal(QPoint(1, 1)))
    with qtbot.waitSignal(view.asked) as asked:
        QApplication.sendEvent(view, event)
    assert asked.args == [12]


def test_its_menu_is_asked_for_by_a_click_at_the_picture_below_it(view: PictureGrid, qtbot: QtBot) -> None:
    view.choose(12)
    at = middle(view, 3)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.viewport().mapToGlobal(at))
    with qtbot.waitSignal(view.asked) as asked:
        QApplication.sendEvent(view.viewport(), event)
    assert asked.args == [3]


def test_another_size_keeps_the_chosen_picture_on_show(view: PictureGrid) -> None:
    view.choose(60)
    for side in (240, 74, 111):
        view.set_tile_side(side)
        assert view.viewport().rect().intersects(view.visualRect(view.currentIndex()))
    view.set_tile_side(1000)
    assert view.tile_side == 240


def test_the_chosen_one_is_outlined(view: PictureGrid) -> None:
    view.choose(4)
    view.clearFocus()
    rect = view.visualRect(view.model().index(4, 0))
    image = view.viewport().grab().toImage()
    assert image.pixelColor(rect.center().x(), rect.top() - 2) in (QColor(DARK.acc), QColor(DARK.focus))


def test_what_was_scrolled_past_is_not_decoded(qapp: QApplication, qtbot: QtBot, colours: list[Path]) -> None:
    background = Background(qapp)
    loader = ThumbnailLoader(background, 192)
    came: list[int] = []
    loader.came.connect(came.extend)
    loader.want([Wanted(number, colours[0], colours[0]) for number in range(100)])
    loader.want([Wanted(200, colours[1], colours[1])])
    qtbot.waitUntil(lambda: 200 in came, timeout=10_000)
    assert len(came) < 30
    background.close()


def test_a_damaged_thumbnail_falls_back_on_the_picture_and_both_on_nothing(tmp_path: Path, colours: list[Path]) -> None:
    gone = tmp_path / "gone.png"
    made = tile_image(Wanted(1, gone, colours[2]), 32, 1.0, large=False)
    assert made.pixelColor(16, 16).name() == "#0000ff"
    assert made.pixelColor(0, 0).alpha() < 128
    assert tile_image(Wanted(1, gone, gone), 32, 1.0, large=True).isNull()


@pytest.mark.usefixtures("theme")
def test_a_toast_offers_one_thing_to_do(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(600, 300)
    parent.show()
    toast, done = Toast(parent), list[str]()
    toast.say("1 picture moved to the bin", 280, "Undo", lambda: done.append("undone"))
    assert toast.button.isVisible()
    assert parent.rect().contains(toast.geometry())
    toast.button.click()
    assert done == ["undone"]
    assert toast.isHidden()
    toast.say("Only words", 280)
    assert not toast.button.isVisible()


def test_a_chip_says_what_it_is_set_to(qtbot: QtBot, theme: Theme) -> None:
    chip = ChoiceChip(theme, "Made", ((0, "Any time"), (1, "Today")))
    qtbot.addWidget(chip)
    chip.show_value(0)
    assert (chip.text(), chip.accessibleName(), chip.property("lit")) == ("Any time", "Made: Any time", False)
    chip.show()
    chip.click()
    with qtbot.waitSignal(chip.chosen) as chosen:
        chip._menu.actions()[1].trigger()
    chip._menu.close()
    assert chosen.args == [1]
    assert (chip.text(), chip.property("lit")) == ("Today", True)
