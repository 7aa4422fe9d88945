"""A race's lanes in the plane, beside the race."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from core.grid_settings import GridSettings
from core.jobs.toy import find_workshop
from core.requests import SolverSettings
from core.toy import ToyData
from studio.main_window import MainWindow
from studio.race import Race
from tests.studio.toy_parts import SmallWorkshop
from tests.studio.walking import faults

WAIT_MS = 20_000


@pytest.fixture
def race(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Race:
    """In Compare, the lanes' planes beside the lanes, with a workshop that answers at once."""
    monkeypatch.setattr(window.plane.bench, "_find", SmallWorkshop)
    window.session.desk.change(
        prompt="a red cube", sampler="lms", time_grid="karras", solver=SolverSettings(order=2), seed=5
    )
    window.actions_["compare"].trigger()
    window.actions_["in_plane"].trigger()
    return window.compare.race


def settle(window: MainWindow, qtbot: QtBot) -> None:
    drawer = window.plane.drawer
    qtbot.waitUntil(lambda: not window.plane.bench.busy and bool(drawer.planes), timeout=WAIT_MS)


def test_lanes_run_in_the_plane_as_they_do_in_the_race(window: MainWindow, race: Race, qtbot: QtBot) -> None:
    race.add_from_create()
    race.change(evaluations=10)
    settle(window, qtbot)
    lanes = window.plane.drawer._plane.model.inputs.lanes
    for lane, wanted in zip(lanes, race.draft.lanes, strict=True):
        assert lane.asked is not None
        assert (lane.asked.grid, lane.asked.evaluations) == (wanted.request.time_grid, 10)
        assert lane.asked.solver.sampler == wanted.request.sampler
    assert lanes[-1].asked is not None
    assert lanes[-1].asked.solver.options.order == 2
    assert [lane.name for lane in lanes] == [column.name for column in race.model.view.columns]
    shown = window.plane.drawer.planes
    assert shown[1].accessibleDescription() == "5 steps, 10 evaluations, error 0.10"
    assert "Heun comes nearest" in window.plane.drawer._finding.text()


def test_a_bent_grid_and_drawn_data_are_taken_into_the_plane(window: MainWindow, race: Race, qtbot: QtBot) -> None:
    drawer, strokes = window.plane.drawer, (((-1.0, 0.0), (1.0, 1.0)),)
    drawer._plane.set_shape("drawn")
    assert drawer.planes[0].accessibleDescription() == "Nothing is drawn yet; draw in the 2D mode"
    window.actions_["in_plane"].trigger()
    window.plane.twin.draw(strokes)
    bends = GridSettings(handles=((0.0, 1.0), (0.5, 0.2), (1.0, 0.0)))
    window.session.desk.change(time_grid="custom", grid=bends)
    race.add_from_create()
    window.actions_["in_plane"].trigger()
    settle(window, qtbot)
    lane = drawer._plane.model.inputs.lanes[len(race.draft.lanes) - 1]
    assert lane.asked is not None
    assert (lane.asked.grid, lane.asked.bends, lane.asked.model.data) == ("custom", bends, ToyData("drawn", strokes))
    run = find_workshop().run(replace(lane.asked, evaluations=6, particles=20))
    assert run.times[len(run.times) // 2] < 0.45


def test_the_shared_scrubber_moves_the_planes(window: MainWindow, race: Race, qtbot: QtBot) -> None:
    settle(window, qtbot)
    plane = window.plane.drawer.planes[0]
    assert plane._time == 0.0
    race.scrub_to(0.0)
    assert plane._time == pytest.approx(0.5)
    race.scrub_to(-math.inf)
    assert plane._time == 1.0


def test_a_lane_that_the_plane_can_not_follow_says_why(window: MainWindow, race: Race, qtbot: QtBot) -> None:
    window.session.desk.change(time_grid="listed", grid=replaced_levels(window))
    race.add_from_create()
    settle(window, qtbot)
    assert window.plane.drawer.planes[len(race.draft.lanes) - 1].accessibleDescription() == "the list is too short"


def replaced_levels(window: MainWindow) -> object:
    return type(window.session.desk.draft.grid)(levels=(10.0, 1.0))


def test_it_takes_the_place_of_what_looks_closer(window: MainWindow, race: Race, qtbot: QtBot) -> None:
    page, drawer = window.compare.page, window.plane.drawer
    settle(window, qtbot)
    assert drawer.isVisible()
    assert page.closer.isHidden()
    drawer.close_button.click()
    assert drawer.isHidden()
    assert page.closer.isVisible()
    before = drawer._plane.model.inputs
    race.change(evaluations=30)
    assert drawer._plane.model.inputs is before
    page.in_plane.click()
    window.actions_["right_panel"].trigger()
    assert drawer.isHidden()
    assert page.closer.isVisible()


def test_six_planes_fit_at_every_size(window: MainWindow, race: Race, qtbot: QtBot) -> None:
    while race.draft.can_add:
        race.add_lane()
    settle(window, qtbot)
    found: list[str] = []
    for size in ((1440, 900), (1100, 700)):
        for scale in (100, 150):
            window.resize(*size)
            window._preferences.set("look/text_scale", scale)
            found += [f"{size} {scale}: {fault}" for fault in faults(window.plane.drawer)]
    window._preferences.set("look/text_scale", 100)
    assert not found, "\n".join(found)
