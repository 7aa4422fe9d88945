from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.jobs.event import Cancelled, Done, Failed, Progress, Sketched, Started
from core.request_kinds import Request
from core.requests import TrainRequest
from core.toy import ToyModel
from studio.main_window import MainWindow
from studio.widgets.plane import states_until
from tests.studio.toy_parts import FRAMES, errors_of, field_of, run_of
from tests.studio.walking import faults

WAIT_MS = 20_000


@pytest.fixture
def plane(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """The window in its 2D mode, with an engine that answers at once."""
    engine = window.bridge.engine
    monkeypatch.setattr(engine, "toy_field", lambda model, _: field_of(model, 6))
    monkeypatch.setattr(engine, "toy_run", run_of)
    monkeypatch.setattr(engine, "toy_errors", errors_of)
    window.actions_["mode_plane"].trigger()
    settle(window, qtbot)
    return window


@pytest.fixture
def asked(plane: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """What the mode submits, in place of its being carried out."""
    requests: list[Request] = []

    def submit(request: Request, *, first: bool = False) -> str:
        del first
        requests.append(request)
        return f"job-{len(requests)}"

    monkeypatch.setattr(plane.bridge, "submit", submit)
    monkeypatch.setattr(plane.bridge, "cancel", lambda job_id: plane.bridge.tell(Cancelled(job_id, 1, 2)))
    return requests


def settle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.plane.model.view.at_work and window.plane._pending == set(), timeout=WAIT_MS)


def test_the_field_is_worked_out_and_time_is_scrubbed_by_keys(plane: MainWindow, qtbot: QtBot) -> None:
    page = plane.plane.page
    assert page.planes[0].isVisible()
    assert page.planes[0].accessibleDescription() == "exact"
    assert [each.isVisible() for each in page.planes[1:]] == [False, False]
    plane.actions_["step_first"].trigger()
    assert page._time_words.text().startswith("t 1.00")
    plane.actions_["step_on"].trigger()
    assert page.track.value() == 1
    plane.actions_["play"].trigger()
    qtbot.waitUntil(lambda: page.track.value() > 2, timeout=WAIT_MS)
    plane.actions_["play"].trigger()
    assert not page._timer.isActive()


def test_solvers_and_processes_stand_side_by_side(plane: MainWindow, qtbot: QtBot) -> None:
    page = plane.plane.page
    page.layouts.button(1).click()
    settle(plane, qtbot)
    assert [each.isVisible() for each in page.planes] == [True, True, False]
    assert "Heun is 3.0 times nearer" in page._finding.text()
    assert "Heun: " in page.plot.accessibleDescription()
    page.layouts.button(2).click()
    settle(plane, qtbot)
    assert [each.isVisible() for each in page.planes] == [True, True, True]
    assert "Train it" in page.planes[2].accessibleDescription()


@pytest.mark.parametrize("layout", [1, 2])
def test_the_layouts_fit_at_every_size(plane: MainWindow, qtbot: QtBot, layout: int) -> None:
    plane.plane.page.layouts.button(layout).click()
    settle(plane, qtbot)
    found: list[str] = []
    for size in ((1440, 900), (1100, 700)):
        for scale in (100, 150):
            plane.resize(*size)
            plane._preferences.set("look/text_scale", scale)
            found += [f"{size} {scale}: {fault}" for fault in faults(plane)]
    plane._preferences.set("look/text_scale", 100)
    assert not found, "\n".join(found)


def test_one_draws_with_the_mouse_and_by_keys(plane: MainWindow, qtbot: QtBot) -> None:
    plane.activateWindow()
    page, model = plane.plane.page, plane.plane.model
    plane.actions_["draw"].trigger()
    canvas = page.planes[0]
    assert model.inputs.drawing
    middle = canvas.rect().center()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(canvas, middle + QPoint(40, 0))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(40, 0))
    assert len(model.inputs.strokes) == 1
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Space):
        QTest.keyClick(canvas, key)
    assert model.inputs.strokes[1] == ((0.15, 0.0), (0.3, 0.0), (0.3, 0.15))
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    assert len(model.inputs.strokes) == 1
    page.draw.click()
    settle(plane, qtbot)
    assert not model.inputs.drawing
    assert model.inputs.fields[-1][0].data.strokes == model.inputs.strokes


def test_training_is_seen_as_it_goes_and_is_no_picture(plane: MainWindow, asked: list[Request], qtbot: QtBot) -> None:
    mode, model = plane.plane, plane.plane.model
    plane.actions_["generate"].trigger()
    request = asked[0]
    assert isinstance(request, TrainRequest)
    assert (request.recipe, request.watched) == ("toy_flow", True)
    assert ("shape", "swiss_roll") in request.options
    live = field_of()
    plane.bridge.tell(Started("job-1"), Progress("job-1", 30, 1500, 0.1, extras={"loss": 1.5}))
    plane.bridge.tell(Sketched("job-1", 30, 1500, live))
    assert model.view.planes[0].field is live
    assert mode.page.train.text() == "Stop training"
    assert plane.session.runs.get("job-1") is None
    weights = Path(request.folder) / "toy.safetensors"
    weights.parent.mkdir(parents=True)
    weights.touch()
    plane.bridge.tell(Done("job-1", 2.0))
    qtbot.waitUntil(lambda: dict(model.inputs.weights).get("flow") == str(weights), timeout=WAIT_MS)
    settle(plane, qtbot)
    assert model.inputs.fields[-1][0] == ToyModel(model.inputs.data, "flow", str(weights))  # type: ignore[arg-type]
    assert mode.page.train.text() == "Train again"


def test_a_rectified_flow_trains_its_teacher_first(plane: MainWindow, asked: list[Request]) -> None:
    plane.plane.change(process="rectified")
    plane.actions_["generate"].trigger()
    recipes = [request.recipe for request in asked if isinstance(request, TrainRequest)]
    assert recipes == ["toy_flow", "toy_rectified"]
    assert dict(asked[1].options)["teacher"].endswith("toy.safetensors'")  # type: ignore[union-attr]
    plane.actions_["cancel"].trigger()
    assert plane.plane.model.inputs.training is None


@pytest.mark.usefixtures("asked")
def test_what_fails_is_said(plane: MainWindow) -> None:
    plane.actions_["generate"].trigger()
    plane.bridge.tell(Started("job-1"), Failed("job-1", "the loss is nan"))
    assert plane.plane.page._finding.text() == "the loss is nan"


def test_layers_that_were_hidden_stay_so(plane: MainWindow) -> None:
    page = plane.plane.page
    page.switches["arrows"].click()
    assert page.planes[0]._layers == {"density", "paths", "particles"}
    assert plane._settings.value("plane/hidden", []) == ["arrows"]


def test_particles_stand_on_the_line_between_steps() -> None:
    field = field_of()
    times, paths = field.times[:: FRAMES - 1], field.paths[:: FRAMES - 1]
    made, now = states_until(times, paths, 0.25)
    assert len(made) == 1
    assert now[0, 0] == pytest.approx(-0.5)
    assert states_until(times, paths, 0.0)[1][0, 0] == -1.0
    assert len(states_until(times, paths, 1.0)[0]) == 1
