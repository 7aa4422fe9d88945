"""Guidance of each step, looked into in a real window: live, by scrubbing, after a restart, with maps of words."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

# Before Qt is imported anywhere.
os.environ["QT_QPA_PLATFORM"] = os.environ.get("NOISETTE_TEST_PLATFORM", "offscreen")

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.dissection import Quantity, Reading, Space
from core.engine import Engine
from core.jobs.event import Dissected
from studio.app import open_window
from studio.main_window import MainWindow
from studio.panels.dissection import DissectionPanel
from studio.panels.figure_sheet import FigureSheet
from studio.viewmodels.dissection import NO_WORD, UNWATCHED, WATCH
from studio.viewmodels.run import Phase
from tests.core.models.mixture_model import install_mixture
from tests.studio.scripted import Script
from tests.studio.test_accessibility import walk
from tests.studio.test_session import WAIT_MS, make

Opened = Callable[[], MainWindow]


@pytest.fixture
def real(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Opened]:
    """Opens windows on one home, with an exact model whose guidance is that of formulas."""
    models, home = tmp_path / "models", tmp_path / "home"
    install_mixture(models)
    windows: list[MainWindow] = []

    def opened() -> MainWindow:
        window = open_window(qapp, home, lambda: Engine(home=home, models=models))
        windows.append(window)
        qtbot.waitUntil(lambda: bool(window.session.desk.cards), timeout=WAIT_MS)
        return window

    yield opened
    for window in windows:
        window.close()
        shiboken6.delete(window)
    qapp.setStyleSheet("")


def look_into(window: MainWindow) -> DissectionPanel:
    window.activateWindow()
    window.actions_["dissection"].trigger()
    return window.create_page.trajectory.guidance


def generate(window: MainWindow, qtbot: QtBot, **changes: object) -> None:
    window.session.desk.change(
        prompt="a red cube", steps=6, guidance_scale=2.0, sampler="euler", seed_locked=True, **changes
    )
    job = window.session.generate()
    run = window.session.runs.get
    qtbot.waitUntil(lambda: (found := run(job or "")) is not None and found.phase is Phase.DONE, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.session.stage.canvas.view.finished, timeout=WAIT_MS)


def test_it_is_made_when_it_is_first_opened_and_follows_run_and_scrubber(real: Opened, qtbot: QtBot) -> None:
    window = real()
    stage, trajectory = window.session.stage, window.create_page.trajectory
    assert not trajectory.has_guidance
    assert "dissection" not in vars(window.session)
    generate(window, qtbot, seed=1, interval=(0.3, 0.9))
    panel = look_into(window)
    model = panel.dissection.model
    assert (model.view.empty, model.view.places) == (UNWATCHED, ())
    assert panel.isVisible()
    assert trajectory.strip.isHidden()
    assert trajectory.seen.isChecked()
    # What was not watched can be made again.
    shown = stage.run
    assert panel.again.text() == WATCH
    QTest.mouseClick(panel.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(model.view.places) == 6 and panel.again.isHidden(), timeout=WAIT_MS)
    assert stage.run == shown
    assert not window.session.apart
    again = model.view.sizes
    generate(window, qtbot, seed=1)
    qtbot.waitUntil(lambda: len(model.view.places) == 6, timeout=WAIT_MS)
    assert str(model.view.sizes) == str(again), "a repetition is the same run"
    generate(window, qtbot, seed=2)
    qtbot.waitUntil(lambda: len(model.view.places) == 6, timeout=WAIT_MS)
    assert not model.view.words, "the exact model has no network to read words"
    assert "no words by attention" in model.view.sentence
    assert model.view.band is not None
    # Till it is known that all steps are kept, only those can be gone to that were looked at.
    qtbot.waitUntil(lambda: bool(stage.trajectory.inputs.kept), timeout=WAIT_MS)
    # A press on the plot goes to the nearest evaluation, keys to the next ones.
    pane, plot = panel.plot.panes()[0], panel.plot
    target = QPointF(pane.left() + 0.48 * pane.width(), pane.center().y())
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=target.toPoint())
    step = plot.step_at(target)
    assert 1 < step < 6
    assert stage.trajectory.view.step == step
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert stage.trajectory.view.step == step + 1
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert model.view.here == -np.inf
    assert [line.value for line in model.view.sizes][1:4] == ["", "", "0.000"], "outside the interval"
    before = model.view.sizes
    QTest.mouseClick(panel.space.button(1), Qt.MouseButton.LeftButton)
    assert model.view.space is Space.NOISE
    assert model.view.sizes != before
    plot.setFocus()
    window.actions_["table"].trigger()
    sheet = QApplication.activePopupWidget()
    assert isinstance(sheet, FigureSheet)
    assert len(sheet._shown.rows) == 6
    sheet.close()
    QTest.keyClick(plot, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert panel.isHidden()
    assert trajectory.strip.isVisible()
    generate(window, qtbot, seed=3)
    look_into(window)
    assert model.view.empty == UNWATCHED, "nobody looked"


def test_a_later_session_shows_what_was_kept(real: Opened, qtbot: QtBot) -> None:
    first = real()
    seen = look_into(first).dissection.model
    generate(first, qtbot, seed=2)
    qtbot.waitUntil(lambda: len(seen.view.places) == 6, timeout=WAIT_MS)
    expected = seen.view.sizes
    first.close()
    window = real()
    session = window.session
    qtbot.waitUntil(lambda: session.gallery.list.rowCount() == 1, timeout=WAIT_MS)
    artifact = session.gallery.list.tile(0).artifact
    assert artifact is not None
    session.open_artifact(artifact)
    model = look_into(window).dissection.model
    qtbot.waitUntil(lambda: len(model.view.places) == 6, timeout=WAIT_MS)
    assert [line.points for line in model.view.sizes] == [line.points for line in expected]


def reading(step: int, words: tuple[str, ...]) -> Reading:
    """All of the attention that is not on "nothing" on the first word, at one cell."""
    maps = np.zeros((1, 1 + len(words), 4, 4), np.float16)
    maps[0, 0] = 1.0
    maps[0, 0, 1, 2], maps[0, 1, 1, 2] = 0.5, 0.5
    figures = np.ones((1, 2, len(Quantity), 1), np.float32)
    return Reading(step, (0,), (step - 3.0,), figures, (words,), ("up 2, block 1",), (maps,), np.ones((1, 1)) * 0.01)


def test_a_word_is_laid_over_the_picture(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script, seed=3, steps=5)
    panel = look_into(window)
    run = window.session.stage.run
    assert run is not None
    words = ("a", "red", "cube", "to the left of", "a", "gold (yellow)", "gold (metal)", "sphere", "from above")
    window.bridge.tell(Dissected(run.job_id, tuple(reading(step, words) for step in range(1, 6))))
    model = panel.dissection.model
    assert model.view.words == ("nothing", *words)
    assert model.view.sentence == "Words get 3.1 % of the attention and move the state by 1 %"
    assert panel.overlay.isHidden()
    panel.chips[1].setFocus()
    QTest.keyClick(panel.chips[1], Qt.Key.Key_Space)
    assert panel.overlay.isVisible()
    shown = model.view.overlay
    assert shown is not None
    assert (shown.word, shown.low, shown.top) == ("a", 0.0, 0.5)
    assert (shown.mapped[1, 2] != shown.mapped[0, 0]).any()
    assert panel.overlay.accessibleDescription() == "“a”: 0 % to 50 % of the attention"
    assert panel.chips[1].isChecked()
    QTest.keyClick(panel.chips[1], Qt.Key.Key_Right)
    assert panel.chips[2].hasFocus()
    found = walk(window)
    assert not found, "\n".join(found)
    QTest.mouseClick(panel.chips[1], Qt.MouseButton.LeftButton)
    assert model.view.word == NO_WORD
    assert panel.overlay.isHidden()
    panel.dissection.set_word(2)
    window.actions_["dissection"].trigger()
    assert panel.overlay.isHidden(), "maps go with the view"
