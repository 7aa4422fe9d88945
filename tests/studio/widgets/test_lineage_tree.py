"""The relatives of a picture: what readers hear of them, and how the keyboard walks from one to the next."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio import accessible
from studio.background import Background
from studio.regions import reading_order
from studio.theme import Theme
from studio.thumbnail_loader import ThumbnailLoader
from studio.viewmodels.tile_words import Lines
from studio.widgets.kin_button import KinButton
from studio.widgets.lineage_tree import LineageTree
from tests.studio.viewmodels.test_archive import row
from tests.studio.viewmodels.test_tile_words import LINES, LINKS

TEXT, ROLE = QAccessible.Text, QAccessible.Role


class Family:
    """A tree between two fields, so that Tab can enter and leave it."""

    def __init__(self, qtbot: QtBot, theme: Theme, background: Background, thumbnail: Path) -> None:
        self.host, self.before, self.after = QWidget(), QLineEdit(), QLineEdit()
        self.tree = LineageTree(theme, ThumbnailLoader(background, 192))
        self.thumbnail = thumbnail
        column = QVBoxLayout(self.host)
        for part in (self.before, self.tree, self.after):
            column.addWidget(part)
        qtbot.addWidget(self.host, before_close_func=lambda _: background.close())
        self.host.resize(400, 400)
        self.show(LINES, "me")
        self.host.show()
        self.host.activateWindow()

    def show(self, lines: Lines, current: str) -> None:
        file = str(self.thumbnail)
        lit = tuple(
            (title, tuple(row(each.id, each.number, prompt=each.prompt, seed=each.seed, file=file) for each in r))
            for title, r in lines
        )
        self.tree.show_lines(lit, LINKS, current)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def button(self, name: str) -> KinButton:
        return self.tree._buttons[name]

    @property
    def focused(self) -> str:
        return next((name for name, each in self.tree._buttons.items() if each.hasFocus()), "")

    def press(self, key: Qt.Key) -> str:
        QTest.keyClick(QApplication.focusWidget(), key)
        return self.focused


@pytest.fixture
def family(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Family:
    accessible.install()
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(0)
    assert image.save(str(tmp_path / "a.png"))
    return Family(qtbot, Theme(qapp, "dark"), Background(qapp), tmp_path / "a.png")


def test_readers_hear_a_tree_and_what_each_is_to_the_others(family: Family) -> None:
    tree = QAccessible.queryAccessibleInterface(family.tree)
    assert (tree.role(), tree.text(TEXT.Name)) == (ROLE.Tree, "Relatives of this picture")
    assert tree.text(TEXT.Value) == "Before 1, Parents 1, Children 2, After 3"
    mother, me = (QAccessible.queryAccessibleInterface(family.button(name)) for name in ("mother", "me"))
    assert (mother.role(), mother.text(TEXT.Name)) == (ROLE.TreeItem, "a torus, seed 2")
    assert mother.text(TEXT.Value) == "Parents, 1 of 1, child of “a cone”, seed 1, parent of this picture"
    assert [(each.state().selectable, each.state().selected) for each in (mother, me)] == [(1, 0), (1, 1)]


def test_readers_can_press_a_relative(family: Family, qtbot: QtBot) -> None:
    spoken = QAccessible.queryAccessibleInterface(family.button("son")).actionInterface()
    assert spoken.pressAction() in spoken.actionNames()
    with qtbot.waitSignal(family.tree.chosen) as chosen:
        spoken.doAction(spoken.pressAction())
    assert chosen.args == ["son"]


def test_those_without_room_are_said_to_be_there(family: Family) -> None:
    family.tree.resize(76 + 2 * 50, family.tree.height())
    words = QAccessible.queryAccessibleInterface(family.tree).text(TEXT.Value)
    assert words.endswith(", After 3, 2 of them not shown")


def test_those_without_room_are_opened_by_key_and_walked(family: Family) -> None:
    family.tree.resize(76 + 2 * 50, family.tree.height())
    low = family.tree.height()
    family.button("son").setFocus()
    assert family.press(Qt.Key.Key_Down) == "grandchild 0"
    assert family.press(Qt.Key.Key_Right) == ""
    more = QApplication.focusWidget()
    assert isinstance(more, KinButton)
    assert (more.text(), more.accessibleName()) == ("+2", "2 more")
    assert family.press(Qt.Key.Key_Left) == "grandchild 0"
    family.press(Qt.Key.Key_Right)
    assert family.press(Qt.Key.Key_Return) == "grandchild 1"
    assert family.tree.height() > low
    assert not family.button("grandchild 2").isHidden()
    assert all(family.tree.rect().contains(each.geometry()) for each in family.tree._buttons.values())
    words = QAccessible.queryAccessibleInterface(family.tree).text(TEXT.Value)
    assert words.endswith(", After 3")
    assert family.press(Qt.Key.Key_Right) == "grandchild 2"
    family.show(LINES[1:], "me")
    assert family.button("grandchild 2").isHidden(), "another family is folded again"


def test_tab_stops_once_and_arrows_walk(family: Family) -> None:
    stops = [each for each in reading_order(family.host) if isinstance(each, KinButton)]
    assert stops == [family.button("me")]
    family.button("me").setFocus()
    steps = (
        (Qt.Key.Key_Down, "son"),
        (Qt.Key.Key_Right, "daughter"),
        (Qt.Key.Key_Right, "daughter"),
        (Qt.Key.Key_Up, "me"),
        (Qt.Key.Key_Up, "mother"),
        (Qt.Key.Key_Up, "grandmother"),
        (Qt.Key.Key_Up, "grandmother"),
        (Qt.Key.Key_Down, "mother"),
        (Qt.Key.Key_Down, "me"),
        (Qt.Key.Key_Down, "son"),
        (Qt.Key.Key_Down, "grandchild 0"),
        (Qt.Key.Key_End, "grandchild 2"),
        (Qt.Key.Key_Home, "grandchild 0"),
        (Qt.Key.Key_Left, "grandchild 0"),
        (Qt.Key.Key_Up, "son"),
    )
    for key, there in steps:
        assert family.press(key) == there


def test_enter_goes_there_and_the_focus_stays_in_the_tree(family: Family, qtbot: QtBot) -> None:
    family.button("me").setFocus()
    family.press(Qt.Key.Key_Down)
    with qtbot.waitSignal(family.tree.chosen) as chosen:
        family.press(Qt.Key.Key_Return)
    assert chosen.args == ["son"]
    own = (("Parents", (row("me"),)), ("This picture", (row("son", seed=4),)))
    family.show(own, "son")
    assert family.focused == "son"
    assert set(family.tree._buttons) == {"me", "son"}


def test_what_is_shown_again_keeps_its_buttons(family: Family) -> None:
    family.button("mother").setFocus()
    kept = family.button("mother")
    family.show(LINES, "me")
    assert family.button("mother") is kept
    assert family.focused == "mother"


def test_one_that_does_not_walk_leaves_the_focus_alone(family: Family) -> None:
    family.after.setFocus()
    family.show((("This picture", (row("son"),)),), "son")
    assert QApplication.focusWidget() is family.after
