"""The noise schedule's section of the panel, from a moved handle to the picture that it shaped."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.requests import CUSTOM, GridSettings
from studio.main_window import MainWindow
from studio.panels.sampler import SamplerPanel
from tests.studio.scripted import Script
from tests.studio.test_session import WAIT_MS, make
from tests.studio.widgets.test_schedule_plot import drag


@pytest.fixture
def panel(window: MainWindow) -> SamplerPanel:
    window.show()
    found = window.findChild(SamplerPanel)
    assert found is not None
    return found


def test_a_moved_handle_reaches_the_pictures_recipe(
    window: MainWindow, panel: SamplerPanel, qtbot: QtBot, script: Script
) -> None:
    drag(panel.plot.handles[1], QPoint(8, -10))
    assert (panel.grids.currentText(), window.session.desk.draft.time_grid) == ("Custom", CUSTOM)
    drawn = window.session.desk.draft.grid
    assert len(drawn.handles) >= 3
    make(window, qtbot, script)
    current = window.session.gallery.current
    assert current is not None
    request = current.recipe.request
    assert (request.time_grid, request.grid) == (CUSTOM, drawn)
    panel.back.click()
    window.session.reuse()
    assert (window.session.desk.draft.time_grid, window.session.desk.draft.grid) == (CUSTOM, drawn)


def test_the_line_of_the_present_step_stands_only_on_the_running_jobs_curve(
    window: MainWindow, panel: SamplerPanel, qtbot: QtBot, script: Script
) -> None:
    window.session.generate()
    script.release(2)
    qtbot.waitUntil(lambda: window.session.desk.sampler.inputs.done == 2, timeout=WAIT_MS)
    QTest.keyClick(panel.plot.handles[1], Qt.Key.Key_Up)
    assert window.session.desk.sampler.inputs.done is None
    panel.back.click()
    assert window.session.desk.sampler.inputs.done == 2


def test_the_named_grid_comes_back_with_its_bends(window: MainWindow, panel: SamplerPanel) -> None:
    session = window.session
    session.desk.choose_grid("karras")
    session.desk.change_grid(rho=3.0, largest=20.0)
    QTest.keyClick(panel.plot.handles[1], Qt.Key.Key_Up)
    assert (panel.grids.currentText(), panel.back.text()) == ("Custom", "Back to Karras")
    assert panel.rho.isHidden()
    panel.back.click()
    assert panel.grids.currentText() == "Karras"
    assert session.desk.draft.grid == GridSettings(largest=20.0, rho=3.0)
    assert not panel.rho.isHidden()
    session.desk.choose_grid(CUSTOM)
    assert panel.grids.currentText() == "Custom"
    session.desk.choose_grid("uniform")
    assert session.desk.draft.grid == GridSettings()


def test_sliders_bend_the_grid_and_its_own_value_is_none(window: MainWindow, panel: SamplerPanel) -> None:
    window.session.desk.choose_grid("karras")
    before = window.session.desk.sampler.view.curve
    panel.sigma_largest.field.setText("20")
    QTest.keyClick(panel.sigma_largest.field, Qt.Key.Key_Return)
    panel.sigma_smallest.track.setValue(60)
    panel.rho.field.setText("3")
    QTest.keyClick(panel.rho.field, Qt.Key.Key_Return)
    grid, after = window.session.desk.draft.grid, window.session.desk.sampler.view.curve
    assert before is not None
    assert after is not None
    assert (grid.largest, grid.rho) == (20.0, 3.0)
    assert grid.smallest is not None
    assert after.sigmas[0] == pytest.approx(20.0)
    assert after.sigmas[-2] == pytest.approx(grid.smallest)
    for slider in (panel.sigma_largest, panel.sigma_smallest, panel.rho):
        slider.reset.click()
    assert window.session.desk.draft.grid == GridSettings()
    assert window.session.desk.sampler.view.curve == before


def test_a_largest_below_the_smallest_is_refused_in_words(
    window: MainWindow, panel: SamplerPanel, qtbot: QtBot
) -> None:
    window.session.desk.choose_grid("exponential")
    window.session.desk.change_grid(largest=1.0)
    with qtbot.waitSignal(window.session.said) as heard:
        panel.sigma_smallest.field.setText("5")
        QTest.keyClick(panel.sigma_smallest.field, Qt.Key.Key_Return)
    assert heard.args == ["sigma smallest 5 is not below the largest, 1; lower it"]
    assert window.session.desk.draft.grid == GridSettings(largest=1.0)
    assert panel.sigma_smallest.field.text() == "0.01"
