from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.theme import Theme
from studio.widgets.number_field import NumberField
from studio.widgets.segmented import Segmented
from studio.widgets.slider_field import SliderField
from studio.widgets.stepper import Stepper
from studio.widgets.track import RangeTrack


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp)


def written(value: float) -> str:
    return f"{value:.1f}"


@pytest.fixture
def field(qtbot: QtBot) -> NumberField:
    made = NumberField("Scale", 1, 15, 0.5, written)
    qtbot.addWidget(made)
    made.set_value(3)
    return made


def test_a_sum_is_taken(field: NumberField, qtbot: QtBot) -> None:
    field.setText("2*4")
    with qtbot.waitSignal(field.committed) as heard:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert heard.args == [8.0]
    assert field.text() == "8.0"


@pytest.mark.parametrize(("text", "words"), [("40", "Scale: from 1.0 to 15.0"), ("many", "'many' is not a number")])
def test_what_can_not_be_taken_stays_and_is_told(field: NumberField, qtbot: QtBot, text: str, words: str) -> None:
    field.setText(text)
    with qtbot.waitSignal(field.refused) as heard:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert heard.args is not None
    assert words in heard.args[0]
    assert field.text() == text
    assert field.property("wrong") == "true"
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), field.property("wrong")) == ("3.0", "false")


def test_arrows_step(field: NumberField) -> None:
    heard: list[float] = []
    field.committed.connect(heard.append)
    QTest.keyClick(field, Qt.Key.Key_Up)
    QTest.keyClick(field, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(field, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(field, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert heard == pytest.approx([3.5, 8.5, 8.45, 13.45])


def test_a_slider_its_field_and_its_default_agree(theme: Theme, qtbot: QtBot) -> None:
    slider = SliderField(theme, "Scale", 1, 15, 0.5, written)
    qtbot.addWidget(slider)
    slider.resize(280, 30)
    slider.show()
    heard: list[float] = []
    slider.changed.connect(heard.append)
    slider.set_value(3, 3)
    assert heard == []
    assert not slider.reset.isVisible()
    slider.track.setValue(10)
    assert (heard, slider.field.text()) == ([6.0], "6.0")
    assert slider.reset.isVisible()
    QTest.mouseDClick(slider.label, Qt.MouseButton.LeftButton)
    assert heard == [6.0, 3.0]
    slider.field.setText("9")
    QTest.keyClick(slider.field, Qt.Key.Key_Return)
    assert slider.track.value() == 16
    QTest.mouseClick(slider.label, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier)
    assert heard == [6.0, 3.0, 9.0, 3.0]


def test_a_track_follows_the_pointer(theme: Theme, qtbot: QtBot) -> None:
    slider = SliderField(theme, "Scale", 0, 10, 1, written)
    qtbot.addWidget(slider)
    slider.resize(280, 30)
    slider.show()
    QTest.mouseClick(slider.track, Qt.MouseButton.LeftButton, pos=QPoint(slider.track.width() - 1, 12))
    assert slider.field.text() == "10.0"
    QTest.mouseClick(slider.track, Qt.MouseButton.LeftButton, pos=QPoint(0, 12))
    assert slider.field.text() == "0.0"


def test_range_handles_push_but_never_cross(theme: Theme, qtbot: QtBot) -> None:
    track = RangeTrack(theme, "Interval")
    qtbot.addWidget(track)
    track.resize(216, 24)
    track.set_values(0.2, 0.6)
    track.set_step(0.1)
    heard: list[tuple[float, float]] = []
    track.changed.connect(lambda low, high: heard.append((round(low, 3), round(high, 3))))
    QTest.mouseClick(track, Qt.MouseButton.LeftButton, pos=QPoint(8 + 60, 12))
    for _ in range(5):
        QTest.keyClick(track, Qt.Key.Key_Right)
    QTest.keyClick(track, Qt.Key.Key_Up)
    QTest.keyClick(track, Qt.Key.Key_Left)
    assert heard[0] == (0.3, 0.6)
    assert heard[-2] == (0.8, 0.8)
    assert heard[-1] == (0.7, 0.7)
    assert all(low <= high for low, high in heard)


def test_segments_are_chosen_by_click_and_by_key(qtbot: QtBot) -> None:
    row = Segmented("Look", ("Clean", "Noisy", "Split"))
    qtbot.addWidget(row)
    row.show()
    row.choose(0)
    heard: list[int] = []
    row.chosen.connect(heard.append)
    QTest.keyClick(row, Qt.Key.Key_Right)
    QTest.keyClick(row, Qt.Key.Key_Right)
    QTest.keyClick(row, Qt.Key.Key_Right)
    QTest.keyClick(row, Qt.Key.Key_Left)
    assert heard == [1, 2, 1]
    assert row.current() == 1


def test_a_stepper_keeps_to_its_bounds(theme: Theme, qtbot: QtBot) -> None:
    stepper = Stepper(theme, "Count", 1, 3)
    qtbot.addWidget(stepper)
    stepper.set_value(2)
    heard: list[int] = []
    stepper.changed.connect(heard.append)
    stepper._more.click()
    stepper._more.click()
    assert heard == [3]
    assert not stepper._more.isEnabled()
    stepper.field.setText("1")
    QTest.keyClick(stepper.field, Qt.Key.Key_Return)
    assert heard == [3, 1]
