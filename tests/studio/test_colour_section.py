"""Fresh noise and colour in the right panel: what is set there is what is asked for, and folding is remembered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from core.colour import AS_DECODED, ColourSettings
from core.samplers.cards import eta_of
from studio.main_window import MainWindow
from studio.panels.sampler import FINISH


def title(window: MainWindow) -> QPushButton:
    buttons = window.create_page.sampler.findChildren(QPushButton)
    return next(button for button in buttons if button.text() == FINISH)


def test_it_is_folded_at_first_and_stays_as_it_was_left(
    open_studio: Callable[..., MainWindow],
) -> None:
    first = open_studio()
    assert not first.create_page.sampler.colour.isVisible()
    title(first).click()
    assert first.create_page.sampler.colour.isVisible()
    first.close()
    assert open_studio().create_page.sampler.colour.isVisible()


def test_what_is_set_is_asked_for_and_can_be_undone(window: MainWindow) -> None:
    panel, desk = window.create_page.sampler.colour, window.session.desk
    title(window).click()
    assert "decoder" in panel.decoder.text()
    panel.out_of_range.button(1).click()
    panel.exposure.field.setText("+0.5")
    QTest.keyClick(panel.exposure.field, Qt.Key.Key_Return)
    panel.contrast.field.setText("2.5")
    QTest.keyClick(panel.contrast.field, Qt.Key.Key_Return)
    panel.saturation.track.setValue(0)
    assert desk.request().colour == ColourSettings("fit", 0.5, 2.5, 0.0)
    assert panel.exposure.field.text() == "+0.50"
    panel.saturation.reset.click()
    assert desk.draft.colour.saturation == 1.0
    desk.change(colour=AS_DECODED)
    assert panel.out_of_range.current() == 0
    assert panel.contrast.field.text() == "1.00"


def test_out_of_range_keeps_what_was_typed_and_says_the_range(window: MainWindow) -> None:
    field = window.create_page.sampler.noise_scale.field
    window.session.desk.change(sampler="ddpm")
    field.setText("3")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "3"
    assert window.create_page.sampler.noise_scale.problem.text() == "Noise scale: from 0.000 to 2.000"
    assert window.session.desk.draft.noise_scale == 1.0


@pytest.mark.parametrize(
    ("sampler", "eta", "scale"),
    [("euler", False, False), ("ddpm", False, True), ("ddim", True, True), ("euler_ancestral", True, True)],
)
def test_rows_of_fresh_noise_are_those_that_act(window: MainWindow, sampler: str, eta: bool, scale: bool) -> None:
    panel = window.create_page.sampler
    window.session.desk.change(sampler=sampler)
    assert (not panel.eta.isHidden(), not panel.noise_scale.isHidden()) == (eta, scale)
    if scale:
        panel.noise_scale.track.setValue(panel.noise_scale.track.value() + 5)
        assert window.session.desk.request().noise_scale == pytest.approx(1.005)


def test_the_amount_of_fresh_noise_is_the_samplers_own(window: MainWindow) -> None:
    desk, row = window.session.desk, window.create_page.sampler.eta
    desk.change(sampler="euler_ancestral")
    assert (row.field.text(), row.tip_card().default) == ("1.00", "1.00")
    assert row.reset.isHidden()
    row.track.setValue(row.track.value() - 40)
    assert (eta_of(desk.request()), desk.draft.eta) == (pytest.approx(0.6), 0.0)
    desk.change(sampler="ddim")
    assert (row.field.text(), row.tip_card().default, row.reset.isHidden()) == ("0.00", "0.00", True)
    row.track.setValue(30)
    desk.change(sampler="euler_ancestral")
    assert row.field.text() == "0.60"
    QTest.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert eta_of(desk.request()) == 1.0
    assert desk.draft.eta == pytest.approx(0.3)
    desk.undo()
    assert eta_of(desk.request()) == pytest.approx(0.6)
