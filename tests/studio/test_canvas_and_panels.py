"""The canvas' tools, the left panel's offers and the layout, in the window itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.artifacts.image import save_thumbnail
from core.requests import StartPicture, Variation
from core.turns import CENTRE
from studio.main_window import MainWindow
from tests.studio.scripted import Script, picture
from tests.studio.test_session import WAIT_MS, make

LEFT = Qt.MouseButton.LeftButton


def test_the_canvas_can_be_torn_off_and_comes_back(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script)
    create = window.create_page
    window.actions_["tear_off"].trigger()
    torn = create.torn_canvas.window
    assert torn is not None
    assert torn.isVisible()
    assert create.canvas.window() is torn
    assert create.canvas.view.isVisible()
    make(window, qtbot, script, seed=9)
    assert create.canvas.view._picture == window.session.stage.canvas.view.picture
    torn.close()
    assert create.canvas.window() is window
    assert create.centre.indexOf(create.canvas) == 0
    assert not create.torn_canvas.torn


@pytest.mark.parametrize(("action", "part"), [("tear_off_steps", "trajectory"), ("tear_off_plot", "plot")])
def test_plots_can_be_torn_off_too(window: MainWindow, action: str, part: str) -> None:
    create = window.create_page
    widget = create.trajectory if part == "trajectory" else create.sampler.plot
    for torn in (True, False):
        window.actions_[action].trigger()
        assert (widget.window() is not window) is torn
        assert widget.isVisible()


def test_the_pinned_picture_stays_beside_the_next_one(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    make(window, qtbot, script, seed=3)
    stage, header = window.session.stage, window.create_page.canvas.header
    QTest.mouseClick(header.pin, LEFT)
    pinned = stage.canvas.view.pinned
    assert pinned == stage.canvas.view.picture
    make(window, qtbot, script, seed=4)
    assert stage.canvas.view.pinned is pinned
    assert stage.canvas.view.picture != pinned
    view = window.create_page.canvas.view
    assert view.pinned_place().right() < view.place().left()
    QTest.mouseClick(header.pin, LEFT)
    assert stage.canvas.view.pinned is None
    assert not header.pin.isChecked()


def test_the_batch_of_a_finished_job_is_shown_again(
    open_studio: Callable[..., MainWindow], qtbot: QtBot, script: Script
) -> None:
    first = open_studio()
    make(first, qtbot, script, seed=3, count=3)
    first.close()
    window = open_studio()
    session = window.session
    qtbot.waitUntil(lambda: session.gallery.list.rowCount() == 3, timeout=WAIT_MS)
    artifact = session.gallery.list.tile(0).artifact
    assert artifact is not None
    session.open_artifact(artifact)
    qtbot.waitUntil(lambda: len(session.stage.canvas.view.batch) == 3, timeout=WAIT_MS)
    assert all(each is not None for each in session.stage.canvas.view.batch)
    assert session.stage.canvas.view.batch_index == 2
    session.stage.set_item(0)
    qtbot.waitUntil(lambda: session.stage.canvas.view.finished, timeout=WAIT_MS)
    assert session.gallery.current is not None
    assert session.gallery.current.id.endswith("-01")


def test_variations_lie_around_the_picture_they_were_made_from(
    window: MainWindow, qtbot: QtBot, script: Script
) -> None:
    session, canvas = window.session, window.create_page.canvas
    make(window, qtbot, script, prompt="a red cube", seed=3)
    window.actions_["variations"].trigger()
    script.release(window.session.desk.draft.steps)
    qtbot.waitUntil(lambda: canvas.neighbours.isVisible() and session.stage.canvas.view.finished, timeout=WAIT_MS)
    run = session.stage.run
    assert run is not None
    assert run.request is not None
    assert (run.request.count, run.request.seed, session.stage.item) == (9, 3, CENTRE)
    assert run.request.neighbours > 0
    assert canvas.neighbours.tiles[CENTRE].isChecked()
    assert not canvas.view.isVisible()
    QTest.mouseClick(canvas.neighbours.tiles[0], LEFT)
    assert session.stage.item == 0
    qtbot.waitUntil(lambda: session.stage.canvas.view.finished, timeout=WAIT_MS)


def drop(target: object, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    at, buttons, keys = QPointF(5, 5), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at.toPoint(), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(target, enter)  # type: ignore[arg-type]
    assert enter.isAccepted()
    QApplication.sendEvent(target, QDropEvent(at, Qt.DropAction.CopyAction, data, buttons, keys))  # type: ignore[arg-type]


def test_a_dropped_picture_is_where_the_next_one_starts(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    desk, section = window.session.desk, window.create_page.prompt.picture
    path = tmp_path / "start.png"
    save_thumbnail(path, picture(5))
    assert not section.strength.isVisible()
    drop(section.start, path)
    qtbot.waitUntil(lambda: desk.draft.start is not None, timeout=WAIT_MS)
    start = desk.draft.start
    assert start is not None
    assert (window.bridge.engine.home.starts / f"{start.sha256}.png").is_file()
    assert section.strength.isVisible()
    section.strength.changed.emit(0.35)
    assert desk.draft.request().start == StartPicture(start.sha256, 0.35)
    QTest.mouseClick(section.drop_start, LEFT)
    assert desk.draft.start is None
    assert section.start.isVisible()


def test_seeds_are_blended_once_it_is_asked_for(window: MainWindow) -> None:
    desk, section = window.session.desk, window.create_page.prompt.picture
    desk.change(seed=20)
    assert not section.other.isVisible()
    QTest.mouseClick(section.blend, LEFT)
    assert desk.draft.variation == Variation(21, 0.2)
    assert section.other.isVisible()
    section.other.committed.emit(77)
    section.share.changed.emit(0.5)
    assert desk.draft.request().variation == Variation(77, 0.5)
    QTest.mouseClick(section.blend, LEFT)
    assert desk.draft.variation is None


def test_an_edge_of_the_band_and_the_interval_are_one(window: MainWindow) -> None:
    desk, panel = window.session.desk, window.create_page.sampler
    desk.change(steps=8, guidance_scale=3.0)
    panel.plot.banded.emit(0, 3)
    panel.plot.banded.emit(1, 6)
    assert desk.sampler.view.interval_words == "3 – 6"
    assert desk.sampler.view.curve is not None
    assert desk.sampler.view.curve.on == (3, 6)
    assert panel.interval._ends == list(desk.draft.interval)
    panel.plot.banded.emit(0, 7)
    assert desk.sampler.view.interval_words == "7 – 7"
    panel.plot.banded.emit(1, 8)
    assert desk.draft.interval[1] == 1.0


def test_the_height_of_the_trajectory_is_remembered(
    open_studio: Callable[..., MainWindow], qtbot: QtBot, script: Script
) -> None:
    window = open_studio()
    make(window, qtbot, script)
    window.resize(1440, 900)
    create = window.create_page
    assert create.trajectory.height() == 214
    create.centre.setSizes([400, 300])
    create.centre.splitterMoved.emit(400, 1)
    height, side = create.trajectory.height(), create.trajectory.strip.cell(0, 0).width()
    assert height > 280
    assert side > 60
    window.close()
    again = open_studio()
    again.resize(1440, 900)
    QApplication.processEvents()
    assert again.create_page.trajectory.height() == height


def test_recent_prompts_are_offered_again(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    for prompt in ("a red cube", "a blue cone", "a red cube"):
        make(window, qtbot, script, prompt=prompt)
    assert window.session.gallery.recent_prompts(12) == ("a red cube", "a blue cone")
