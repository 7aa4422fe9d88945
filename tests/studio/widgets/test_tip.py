"""Tips: when they come, what they say, where they lie and how they go."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.main_window import MainWindow
from studio.theme import Theme
from studio.theme.tokens import TOOLTIP_MS
from studio.widgets.slider_field import SliderField
from studio.widgets.tip import Tips


@dataclass
class Bench:
    window: QWidget
    tips: Tips
    slider: SliderField
    button: QPushButton

    def shown(self) -> dict[str, str]:
        """What the tip says, part by part."""
        tip = self.tips._tip
        assert tip is not None
        parts = {"title": tip.title, "words": tip.words, "range": tip.range, "default": tip.default, "keys": tip.keys}
        return {name: label.text() for name, label in parts.items() if label.isVisible()}

    def point_at(self, widget: QWidget) -> None:
        middle = QPointF(widget.rect().center())
        QApplication.sendEvent(widget, QEnterEvent(middle, middle, QPointF(widget.mapToGlobal(middle))))


@pytest.fixture
def bench(qapp: QApplication, qtbot: QtBot) -> Bench:
    theme, window = Theme(qapp), QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    slider = SliderField(
        theme, "Scale", 1, 15, 0.1, lambda value: f"{value:.1f}", title="Guidance scale", tip="How strongly it pulls."
    )
    slider.set_value(3.0, 1.0)
    slider.shown_keys = lambda: "G"
    button = QPushButton("Seed")
    button.setToolTip("Draw another seed (D)")
    bare = QPushButton("Bare")
    for each in (slider, button, bare):
        column.addWidget(each)
    column.addStretch(1)
    window.resize(600, 500)
    tips = Tips(theme, window)
    tips.adopt(window)
    window.show()
    window.activateWindow()
    return Bench(window, tips, slider, button)


def test_a_tip_comes_after_half_a_second_of_rest(bench: Bench, qtbot: QtBot) -> None:
    assert TOOLTIP_MS == 500
    bench.point_at(bench.button)
    assert not bench.tips.visible
    rest: QTimer = bench.tips._rest
    assert rest.isActive()
    assert rest.interval() == 500
    qtbot.waitUntil(lambda: bench.tips.visible, timeout=5000)
    assert bench.shown() == {"title": "Seed", "words": "Draw another seed.", "keys": "D"}


@pytest.mark.parametrize("gone", [QEvent.Type.Leave, QEvent.Type.Wheel, QEvent.Type.Hide])
def test_a_pointer_that_moves_on_gets_none(bench: Bench, gone: QEvent.Type) -> None:
    bench.point_at(bench.button)
    bench.tips.eventFilter(bench.button, QEvent(gone))
    assert not bench.tips._rest.isActive()
    assert not bench.tips.visible


def test_f1_asks_at_once_with_title_words_range_default_and_keys(bench: Bench) -> None:
    bench.slider.track.setFocus()
    assert bench.tips.show_for_focus()
    assert bench.shown() == {
        "title": "Guidance scale",
        "words": "How strongly it pulls.",
        "range": "1.0 – 15.0",
        "default": "default 1.0",
        "keys": "G",
    }


def test_a_tip_lies_below_and_never_over_its_control(bench: Bench) -> None:
    bench.slider.track.setFocus()
    bench.tips.show_for_focus()
    tip = bench.tips._tip
    assert tip is not None
    foot = bench.slider.mapToGlobal(QPoint(0, bench.slider.height())).y()
    assert tip._below
    assert tip.geometry().top() + 8 >= foot
    # At the foot of the window there is no room below.
    bench.window.layout().insertStretch(0, 1)
    bench.window.layout().setStretch(bench.window.layout().count() - 1, 0)
    bench.window.resize(600, 300)
    QApplication.processEvents()
    bench.tips.hide()
    bench.tips.show_for_focus()
    assert not tip._below
    assert tip.geometry().bottom() - 8 <= bench.slider.mapToGlobal(QPoint(0, 0)).y()


def test_what_has_no_tip_says_so(bench: Bench) -> None:
    bare = next(each for each in bench.window.findChildren(QPushButton) if each.text() == "Bare")
    bare.setFocus()
    assert not bench.tips.show_for_focus()
    assert not bench.tips.visible


def test_f1_shows_and_esc_closes_it_in_the_window(window: MainWindow) -> None:
    window.activateWindow()
    window.create_page.sampler.scale.track.setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F1)
    assert window.tips.visible
    tip = window.tips._tip
    assert tip is not None
    assert (tip.title.text(), tip.keys.text()) == ("Guidance scale", "G")
    assert tip.accessibleName().startswith("Guidance scale. How strongly")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not window.tips.visible


def test_every_action_that_has_a_button_shows_its_keys(window: MainWindow) -> None:
    window.activateWindow()
    dice = window.create_page.prompt.picture.dice
    for keys, shown in (("Alt+M", "Alt M"), ("D", "D")):
        window.actions_.set_keys("new_seed", keys)
        found = window.tips.card(dice)
        assert found is not None
        assert found[1].keys == shown


def test_what_is_explained_can_be_let_go(bench: Bench, qapp: QApplication) -> None:
    panel, theme = QWidget(bench.window), Theme(qapp)
    own, plain = SliderField(theme, "Steps", 1, 50, 1, str, title="Steps", tip="More is slower."), QPushButton("Seed")
    plain.setToolTip("Draw another seed (D)")
    own.setParent(panel)
    plain.setParent(panel)
    bench.tips.adopt(panel)
    gone = [weakref.ref(panel), weakref.ref(own), weakref.ref(plain)]
    shiboken6.delete(panel)
    del panel, own, plain
    gc.collect()
    assert [each() for each in gone] == [None, None, None]
