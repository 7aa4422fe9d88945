"""The guidance section and the schedule's bends: each method and grid with its own rows only."""

from __future__ import annotations

import pytest

from core.guidance_settings import METHOD_OPTIONS, GuidanceSettings, Method
from studio.main_window import MainWindow
from studio.panels.sampler import SamplerPanel

OWN = ("blend", "parallel", "norm", "zero", "leave_out")


@pytest.fixture
def panel(window: MainWindow) -> SamplerPanel:
    window.session.desk.change(guidance_scale=3.0)
    return window.create_page.sampler


@pytest.mark.parametrize("method", list(METHOD_OPTIONS))
def test_a_method_shows_its_own_settings_only(panel: SamplerPanel, window: MainWindow, method: Method) -> None:
    section, desk = panel.guidance, window.session.desk
    section.method.setCurrentIndex(section.method.findData(method))
    section.method.activated.emit(section.method.currentIndex())
    assert desk.draft.guidance.method == method
    takes = METHOD_OPTIONS[method]
    shown = {name for name in OWN if name in section._sliders and section._sliders[name].isVisibleTo(panel)}
    assert shown == set(takes) & set(OWN)
    for row, name in ((section.scale, "scale"), (section.rescale, "rescale"), (section.threshold, "threshold")):
        assert row.isVisibleTo(panel) is (name in takes)


def test_settings_of_another_method_are_kept_but_not_asked_for(panel: SamplerPanel, window: MainWindow) -> None:
    desk = window.session.desk
    panel.guidance._change(method="apg")
    panel.guidance.parallel.changed.emit(0.3)
    assert desk.draft.request().guidance.parallel == 0.3
    panel.guidance._change(method="cfg")
    assert desk.draft.request().guidance == GuidanceSettings(3.0)
    panel.guidance._change(method="apg")
    assert desk.draft.request().guidance.parallel == 0.3


def test_a_drawn_course_takes_its_scales_from_the_field(panel: SamplerPanel, window: MainWindow) -> None:
    section, desk = panel.guidance, window.session.desk
    section._change_course("drawn")
    assert desk.draft.guidance.drawn == (3.0, 3.0)
    assert not section.scale.isVisibleTo(panel)
    section.drawn.field.setText("1, 4, 2")
    section.drawn.field.editingFinished.emit()
    assert desk.draft.guidance.drawn == (1.0, 4.0, 2.0)
    section.drawn.field.setText("1, four")
    section.drawn.field.editingFinished.emit()
    assert "are not numbers; give for example 1,4,2" in section.drawn.problem.text()
    section.drawn.field.setText("99, 1")
    section.drawn.field.editingFinished.emit()
    assert "drawn guidance scale 99.0 is out of range" in section.drawn.problem.text()
    assert desk.draft.guidance.drawn == (1.0, 4.0, 2.0)


def test_a_threshold_is_off_or_at_least_a_half(panel: SamplerPanel, window: MainWindow) -> None:
    section, desk = panel.guidance, window.session.desk
    section.threshold.changed.emit(0.1)
    assert desk.draft.guidance.threshold == 0.5
    section.threshold.changed.emit(0.4)
    assert desk.draft.guidance.threshold == 0.0


def test_any_grid_is_written_out_as_a_list_and_changed(panel: SamplerPanel, window: MainWindow) -> None:
    desk = window.session.desk
    desk.change(steps=4)
    desk.choose_grid("shifted")
    assert panel.bends.shift.isVisibleTo(panel)
    before = desk.sampler.view.curve
    desk.choose_grid("listed")
    assert not panel.bends.shift.isVisibleTo(panel)
    after = desk.sampler.view.curve
    assert before is not None
    assert after is not None
    assert after.sigmas[1:] == pytest.approx(before.sigmas[1:], rel=1e-4)
    panel.bends.levels_as.chosen.emit(0)
    assert (desk.draft.grid.levels_as, desk.draft.grid.levels[1]) == (
        "sigma",
        pytest.approx(before.sigmas[1], rel=1e-4),
    )
    panel.bends.levels.field.setText("[10, 3\n1 0.2]")
    panel.bends.levels.field.editingFinished.emit()
    assert desk.draft.grid.levels == (10.0, 3.0, 1.0, 0.2)
    panel.bends.levels.field.setText("1, 2")
    panel.bends.levels.field.editingFinished.emit()
    assert panel.bends.levels.problem.text() == "level 2 follows 1; levels must fall from one to the next"
