"""The exercises of a course, by keyboard: train flow matching in the plane, see the field, compare solvers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.engine import Engine
from studio.app import open_window
from studio.main_window import MainWindow
from studio.viewmodels.toy_inputs import PARTICLES
from tests.studio.keyboard import Keyboard, keyboard_for

WAIT_MS = 120_000
"""The first training imports what torch learns with."""
STEPS = "60"


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[MainWindow]:
    """On a real engine and the real workshop, without a model of pictures."""
    models, home = tmp_path / "models", tmp_path / "home"
    models.mkdir()
    opened = open_window(qapp, home, lambda: Engine(home=home, models=models))
    qtbot.waitUntil(lambda: opened.bridge.is_open, timeout=60_000)
    opened.activateWindow()
    yield opened
    opened.close()
    shiboken6.delete(opened)
    qapp.setStyleSheet("")


@pytest.fixture
def keys(qtbot: QtBot) -> Keyboard:
    return keyboard_for(qtbot)


def test_flow_matching_on_two_shapes_by_keyboard(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("Ctrl+7")
    page, model = window.plane.page, window.plane.twin.model

    def settled() -> bool:
        return model.inputs.ready and not model.view.at_work and not window.plane.bench.busy

    def trained() -> bool:
        return model.inputs.training is None and model.view.planes[0].caption == "trained" and settled()

    def wait(until: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(until()), timeout=WAIT_MS)

    # Swiss roll comes first: see its exact field.
    wait(settled)
    assert page.planes[0].accessibleDescription() == "exact"

    # Train flow matching on it, watch it learn and the job in the queue.
    keys.tab_to(page.left.steps.field, "Shift+Tab")
    keys.press("Ctrl+A")
    keys.write(STEPS)
    keys.press("Return", "Ctrl+Return")
    wait(lambda: model.inputs.live is not None)
    assert page.planes[0].accessibleDescription() == "as it learns"
    assert window.session.runs.queue.view.rows[0].title == "Training: Flow on Swiss roll"
    wait(trained)
    assert model.view.action == "Train again"

    # Two moons, the same.
    keys.tab_to(page.left.shapes, "Shift+Tab")
    keys.press("Down")
    assert model.inputs.shape == "two_moons"
    keys.press("Ctrl+Return")
    wait(trained)
    assert window.session.runs.queue.view.rows[0].state.startswith("network, done in")

    # See the field half-way.
    keys.press("Shift+J", "K", "K", "K")
    assert page.track.value() == 3
    field = model.view.planes[0].field
    assert field is not None
    assert field.paths.shape[1] == PARTICLES

    # Compare Euler and Heun on the network, at equal evaluations.
    keys.tab_to(page.layouts.button(0))
    keys.press("Right")
    wait(lambda: settled() and len(model.view.curve.lines) == 2)
    assert [plane.caption.split(", error")[0] for plane in model.view.planes] == [
        "16 steps, 16 evaluations",
        "9 steps, 16 evaluations",
    ]
    assert "nearer to the true end" in page._finding.text()

    # Another sampler on the left, told otherwise; then its figures as a table.
    keys.tab_to(page.right.pair.sides[0].samplers)
    keys.write("lms")
    wait(lambda: model.inputs.solvers[0].sampler == "lms" and settled())
    keys.tab_to(page.right.pair.sides[0].options.sliders["order"].track)
    keys.press("Left")
    assert model.inputs.solvers[0].options.order == 3
    keys.press("Ctrl+Shift+T")
    sheet = QApplication.activePopupWidget() or QApplication.focusWidget().window()
    assert sheet.windowTitle() == "The plane as a table" or sheet.accessibleName() == "The plane as a table"
    keys.press("Esc")


def test_a_drawing_of_ones_own_is_learnt_by_keyboard(window: MainWindow, keys: Keyboard, qtbot: QtBot) -> None:
    keys.press("Ctrl+7", "Shift+E", "Space", "Right", "Right", "Up", "Up", "Space", "Shift+E")
    model = window.plane.twin.model
    assert model.inputs.strokes == (((0.0, 0.0), (0.15, 0.0), (0.3, 0.0), (0.3, 0.15), (0.3, 0.3)),)
    qtbot.waitUntil(lambda: model.view.planes[0].caption == "exact", timeout=WAIT_MS)
    window.plane.twin.change(training_steps=30)
    keys.press("Ctrl+Return")
    qtbot.waitUntil(
        lambda: model.inputs.training is None and model.view.planes[0].caption == "trained", timeout=WAIT_MS
    )
    assert window.session.runs.queue.view.rows[0].title == "Training: Flow on Your drawing"
