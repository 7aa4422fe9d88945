from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.pixels import to_image
from studio.theme import Theme
from studio.viewmodels.canvas import Picture
from studio.widgets.image_view import ImageView


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp)


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> ImageView:
    made = ImageView(theme)
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    made.show_picture(Picture(np.zeros((90, 120, 3), np.uint8), None, ("a",)))
    return made


def test_fitting_prefers_whole_numbers_and_says_the_true_figure(view: ImageView, qtbot: QtBot) -> None:
    assert view.zoom() == 3.0
    with qtbot.waitSignal(view.described) as heard:
        view.reserved = 100
        view.fit()
    assert heard.args == ["120 × 90", "200 %"]
    view.reserved = 0
    view.show_picture(Picture(np.zeros((600, 600, 3), np.uint8), None, ("b",)))
    assert view.zoom() == 0.5


def test_the_wheel_zooms_about_the_pointer(view: ImageView) -> None:
    view.fit()
    before = view.place()
    view._set_zoom(6.0, before.topLeft())
    after = view.place()
    assert after.width() == 2 * before.width()
    assert (after.topLeft() - before.topLeft()).manhattanLength() <= 2
    view.fit()
    assert view.place() == before


def test_the_split_shows_both_halves(view: ImageView) -> None:
    left, right = np.full((90, 120, 3), 10, np.uint8), np.full((90, 120, 3), 240, np.uint8)
    view.show_picture(Picture(left, right, ("c",)))
    image = view.grab().toImage()
    place, middle = view.place(), view.height() // 2
    assert image.pixelColor(int(place.left()) + 20, middle).red() == 10
    assert image.pixelColor(int(place.right()) - 20, middle).red() == 240


def test_arrays_of_any_layout_become_images() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (7, 5, 3), dtype=np.uint8)
    for rows in (pixels, pixels[::2], pixels[:, ::-1], np.asfortranarray(pixels)):
        image = to_image(rows)
        colour = image.pixelColor(1, 2)
        assert [colour.red(), colour.green(), colour.blue()] == list(rows[2, 1])
