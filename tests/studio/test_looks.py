"""Small parts of the look that the mock-ups fix."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from studio.main_window import SMALLEST, USUAL, MainWindow
from studio.panels.key_cap import KeyCap
from studio.theme import fonts, icons
from studio.theme.tokens import DARK
from studio.widgets.log_snr_ruler import numbers, paint_numbers
from studio.widgets.text import Elided


@pytest.mark.usefixtures("qapp")
def test_small_icons_keep_their_strokes() -> None:
    for size, least in ((12, 1.3), (16, 1.3), (20, 1.3), (48, 3.0)):
        image = icons.pixmap("minus", "#ffffff", size).toImage()
        middle = size // 2
        thickness = sum(image.pixelColor(middle, y).alphaF() for y in range(size))
        assert least <= thickness <= least + 0.3


def test_keys_that_do_one_thing_together_share_a_cap(window: MainWindow) -> None:
    actions = window.actions_
    assert KeyCap(actions, "step_back", "step_on").words() == "J K"
    assert KeyCap(actions, "queue", "palette").words() == "Ctrl J / Ctrl K"
    assert KeyCap(actions, *(f"side_b_{lane}" for lane in range(1, 7))).words() == "Shift 1–6"
    actions.set_keys("step_on")
    assert KeyCap(actions, "step_back", "step_on").words() == "J"


@pytest.mark.usefixtures("qapp")
def test_no_number_sticks_out_under_the_playhead() -> None:
    image = QImage(700, 40, QImage.Format.Format_ARGB32)
    image.fill(QColor(DARK.bg1))
    ruler = QRectF(10, 5, 680, 20)
    with QPainter(image) as painter:
        painter.setFont(fonts.caption())
        places = dict(numbers(painter.fontMetrics(), ruler))
        covered = QRectF(places[2].center().x() - 42, 5, 40, 20)
        paint_numbers(painter, DARK, ruler, covered)

    def written(place: QRectF) -> bool:
        cut = image.copy(place.toRect())
        return any(cut.pixelColor(x, 8) != QColor(DARK.bg1) for x in range(cut.width()))

    assert not written(places[2])
    assert written(places[-2])
    assert written(places[4])


def test_the_queue_hangs_from_its_button(window: MainWindow, qtbot: QtBot) -> None:
    button = window.top.queue_button
    window.actions_["queue"].trigger()
    sheet = QApplication.activePopupWidget()
    assert sheet is not None
    assert button.property("open") == "true"
    tip = sheet.mapFromGlobal(button.mapToGlobal(button.rect().center())).x()
    drawn = sheet.grab().toImage()
    assert drawn.pixelColor(tip, 5) == QColor(DARK.bg2)
    assert drawn.pixelColor(tip + 20, 5).alpha() == 0
    sheet.close()
    qtbot.waitUntil(lambda: button.property("open") == "false")


def test_suggestions_say_what_they_stand_for(window: MainWindow) -> None:
    prompt, desk = window.create_page.prompt, window.session.desk
    card = replace(desk.cards[0], id="tabletop", network="tabletop")
    desk.prompt.update(cards=(card,), draft=replace(desk.draft, prompt="a spher", model_id="tabletop"))
    prompt.suggest.click()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    first = menu.actions()[0]
    assert "spher" in first.text()
    assert not first.isEnabled()
    assert not first.isSeparator()
    menu.close()


def test_the_search_names_less_in_a_small_window(window: MainWindow, qtbot: QtBot) -> None:
    asked = "Find a picture, a setting or a command"
    search = next(each for each in window.top.findChildren(QPushButton) if each.property("kind") == "search")
    label = search.findChild(Elided)
    for size, words in ((USUAL, asked), (SMALLEST, "Find anything")):
        window.resize(*size)
        qtbot.waitUntil(lambda words=words: label.text() == words)
    assert search.accessibleName() == asked


def test_bars_over_the_canvas_follow_the_size_of_the_text(window: MainWindow) -> None:
    window.resize(*SMALLEST)
    canvas = window.create_page.canvas
    bar = canvas.variation_bar
    bar.show()
    window.theme.wear(replace(window.theme.look, text_scale=1.5))
    needed = sum(way.sizeHint().width() for way in bar.ways)
    assert bar.ways[0].text() == "Around"
    assert needed < bar.width()
