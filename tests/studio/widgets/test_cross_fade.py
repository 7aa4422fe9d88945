"""One step of a run turns into the next within 80 ms; whatever the user asks for is there at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.theme import Theme
from studio.viewmodels.canvas import Picture
from studio.widgets.image_view import FADE_LEVELS, FADE_MS, ImageView

DARK, LIGHT = 40, 200


def flat(value: int, name: str, side: int = 60) -> Picture:
    return Picture(np.full((side, side, 3), value, np.uint8), None, (name,))


@pytest.fixture
def view(qapp: QApplication, qtbot: QtBot) -> ImageView:
    theme = Theme(qapp)
    theme.wear(replace(theme.look, motion="full"))
    made = ImageView(theme)
    qtbot.addWidget(made)
    made.resize(300, 300)
    made.show()
    made.show_picture(flat(DARK, "first"), "run/0")
    return made


def seen(view: ImageView) -> int:
    """The grey in the picture's middle."""
    image = view.grab().toImage()
    return QColor(image.pixel(image.width() // 2, image.height() // 2)).red()


def test_a_step_turns_into_the_next(view: ImageView, qtbot: QtBot) -> None:
    assert seen(view) == DARK
    view.show_picture(flat(LIGHT, "second"), "run/0")
    assert view.fade.duration() == FADE_MS
    view.fade.pause()
    assert seen(view) == DARK
    for level in range(1, FADE_LEVELS):
        view.fade.setCurrentTime(FADE_MS * level // FADE_LEVELS)
        assert seen(view) == pytest.approx(DARK + (LIGHT - DARK) * level / FADE_LEVELS, abs=2)
    view.fade.resume()
    qtbot.waitUntil(lambda: view.fade.state() == view.fade.State.Stopped)
    assert seen(view) == LIGHT


def test_the_next_step_may_come_before_the_fade_is_over(view: ImageView, qtbot: QtBot) -> None:
    view.show_picture(flat(LIGHT, "second"), "run/0")
    view.show_picture(flat(100, "third"), "run/0")
    qtbot.waitUntil(lambda: view.fade.state() == view.fade.State.Stopped)
    assert seen(view) == 100


def test_being_told_of_the_same_picture_again_leaves_the_fade_alone(view: ImageView) -> None:
    view.show_picture(flat(LIGHT, "second"), "run/0")
    view.fade.pause()
    view.show_picture(flat(LIGHT, "second"), "run/0")
    assert seen(view) == DARK


@pytest.mark.parametrize(
    ("picture", "course"),
    [
        (flat(LIGHT, "scrubbed"), ""),
        (flat(LIGHT, "another run"), "other/0"),
        (flat(LIGHT, "another size", side=30), "run/0"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_is_no_next_step_is_there_at_once(view: ImageView, picture: Picture, course: str) -> None:
    view.show_picture(picture, course)
    assert view.fade.state() == view.fade.State.Stopped
    assert seen(view) == LIGHT


def test_back_from_a_scrubbed_step_at_once(view: ImageView) -> None:
    view.show_picture(flat(LIGHT, "scrubbed"), "")
    view.show_picture(flat(100, "newest"), "run/0")
    assert seen(view) == 100


def test_with_little_motion_every_change_is_instant(qapp: QApplication, qtbot: QtBot) -> None:
    theme = Theme(qapp)
    theme.wear(replace(theme.look, motion="reduced"))
    view = ImageView(theme)
    qtbot.addWidget(view)
    view.resize(300, 300)
    view.show()
    view.show_picture(flat(DARK, "first"), "run/0")
    view.show_picture(flat(LIGHT, "second"), "run/0")
    assert view.fade.state() == view.fade.State.Stopped
    assert seen(view) == LIGHT
