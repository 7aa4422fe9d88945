from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
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


def wheel(view: ImageView, at: QPointF, notches: float) -> None:
    delta = QPoint(0, round(120 * notches))
    event = QWheelEvent(
        at,
        view.mapToGlobal(at),
        QPoint(),
        delta,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def test_the_wheel_zooms_about_the_pointer_by_whole_numbers(view: ImageView) -> None:
    view.fit()
    before = view.place()
    wheel(view, before.topLeft(), 1)
    after = view.place()
    assert view.zoom() == 4.0
    assert (after.topLeft() - before.topLeft()).manhattanLength() <= 2
    wheel(view, before.topLeft(), 0.5)
    assert view.zoom() == 4.0
    wheel(view, before.topLeft(), 0.5)
    assert view.zoom() == 5.0
    view.fit()
    assert view.place() == before


def test_arrow_keys_and_drags_move_what_is_too_large(view: ImageView) -> None:
    view.zoom_by(3)
    before = view.place()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.place().left() == before.left() - 40
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    QTest.mouseMove(view, QPoint(215, 140))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(215, 140))
    assert view.place().topLeft() == before.topLeft() + QPointF(-25, -10)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom() == 8.0


def test_the_split_line_is_dragged(view: ImageView) -> None:
    left, right = np.full((90, 120, 3), 10, np.uint8), np.full((90, 120, 3), 240, np.uint8)
    view.show_picture(Picture(left, right, ("c",)))

    def reds(*parts: float) -> list[int]:
        image, place = view.grab().toImage(), view.place()
        return [image.pixelColor(round(place.left() + part * place.width()), 150).red() for part in parts]

    assert reds(0.1, 0.4, 0.6, 0.9) == [10, 10, 240, 240]
    start = QPoint(round(view.split_x()), 150)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, QPoint(round(view.place().left() + 0.8 * view.place().width()), 150))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton)
    assert reds(0.1, 0.4, 0.6, 0.9) == [10, 10, 10, 240]


def test_the_pinned_picture_stands_at_the_left_in_the_same_zoom_and_place(view: ImageView) -> None:
    view.show_pinned(Picture(np.full((90, 120, 3), 77, np.uint8), None, ("pinned",)))
    view.show_picture(Picture(np.full((90, 120, 3), 200, np.uint8), None, ("now",)))
    assert view.zoom() == 1.0
    pinned, now = view.pinned_place(), view.place()
    assert pinned.right() < now.left()
    image = view.grab().toImage()
    assert image.pixelColor(pinned.center().toPoint()).red() == 77
    assert image.pixelColor(now.center().toPoint()).red() == 200
    apart = now.topLeft() - pinned.topLeft()
    view.zoom_by(2)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.pinned_place().size() == view.place().size() == now.size() * 3
    assert (view.place().topLeft() - view.pinned_place().topLeft() - apart).manhattanLength() <= 2
    view.show_pinned(None)
    assert view.pinned_place().isEmpty()


def test_the_pixel_grid_comes_at_800_percent(view: ImageView) -> None:
    view.show_picture(Picture(np.zeros((90, 120, 3), np.uint8), None, ("black",)))
    view.set_grid(True)

    def colours() -> set[str]:
        image = view.grab().toImage()
        return {image.pixelColor(x, 150).name() for x in range(160, 240)}

    for scale, lines in ((6.0, False), (8.0, True)):
        view._zoom_to(scale)
        assert (len(colours()) > 1) is lines
    view.set_grid(False)
    assert len(colours()) == 1


def test_arrays_of_any_layout_become_images() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (7, 5, 3), dtype=np.uint8)
    for rows in (pixels, pixels[::2], pixels[:, ::-1], np.asfortranarray(pixels)):
        image = to_image(rows)
        colour = image.pixelColor(1, 2)
        assert [colour.red(), colour.green(), colour.blue()] == list(rows[2, 1])
