from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.theme import fonts, sizes
from studio.widgets.remedy_button import HEIGHT, RemedyButton

NAME, COST = "Make one at a time", "same pictures, same seeds"


@pytest.fixture
def column(qtbot: QtBot) -> QWidget:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    for place in range(2):
        button = RemedyButton(first=place == 0)
        button.show_remedy(NAME, COST)
        button.show_key("R")
        layout.addWidget(button)
    layout.addStretch(1)
    qtbot.addWidget(holder)
    holder.resize(500, 400)
    holder.show()
    return holder


def inner(button: RemedyButton) -> tuple[QLabel, QLabel, QLabel]:
    return button._name, button._cost, button.key


def whole(button: RemedyButton) -> bool:
    """No word is cut, and no part lies over another or beyond the button."""
    name, cost, cap = inner(button)
    fits = all(label.heightForWidth(label.width()) <= label.height() for label in (name, cost))
    apart = not name.geometry().intersects(cost.geometry()) and not cost.geometry().intersects(cap.geometry())
    return fits and apart and all(button.rect().contains(label.geometry()) for label in (name, cost, cap))


def test_name_and_cost_share_a_line_where_both_fit(column: QWidget) -> None:
    for button in column.findChildren(RemedyButton):
        name, cost, _ = inner(button)
        assert button.height() == HEIGHT
        assert name.geometry().center().y() == cost.geometry().center().y()
        assert whole(button)


@pytest.mark.parametrize("width", [320, 260, 200, 150])
def test_where_they_do_not_they_stand_over_one_another_with_every_word(column: QWidget, width: int) -> None:
    column.resize(width, 600)
    for button in column.findChildren(RemedyButton):
        assert whole(button), width
        assert button.height() > HEIGHT


def test_a_larger_text_makes_room_for_itself(column: QWidget) -> None:
    before = fonts.text_scale()
    try:
        fonts.set_text_scale(1.5)
        sizes.follow(before)
        column.resize(401, 600)
        column.layout().activate()
        for button in column.findChildren(RemedyButton):
            assert button.height() > sizes.tall(HEIGHT)
            assert whole(button)
    finally:
        fonts.set_text_scale(before)
        sizes.follow(1.5)


def test_without_a_cost_there_is_but_the_name(column: QWidget) -> None:
    (button, _) = column.findChildren(RemedyButton)
    button.show_remedy("Try again", "")
    assert button.accessibleName() == "Try again"
    assert button.height() == HEIGHT
    assert inner(button)[0].height() == HEIGHT
