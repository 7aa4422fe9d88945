"""Races on a real engine with an exact model: what is opened, stopped, and taken up again, also after a restart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMetaObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from core.compare.figures import RaceRecord, RunFigures, Timing
from core.jobs.event import RaceMeasured
from core.requests import ReferenceSettings
from studio.main_window import MainWindow
from studio.race import Race
from studio.viewmodels.run import Phase
from tests.core.models.mixture_model import SIDE, install_mixture

WAIT_MS = 60_000


@pytest.fixture
def open_compare(open_real: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path) -> Callable[[], MainWindow]:
    """Opens a window, and its Compare mode."""
    models = tmp_path / "models"
    install_mixture(models)

    def opened() -> MainWindow:
        window = open_real(models)
        qtbot.waitUntil(lambda: bool(window.session.desk.cards), timeout=WAIT_MS)
        window.session.desk.change(prompt="a red cube and a blue cube", seed=5, guidance_scale=2.0)
        window.actions_["mode_compare"].trigger()
        return window

    return opened


def begin(window: MainWindow, runs: int, then: Callable[[], object]) -> None:
    """Begin a race of four runs; then() on the worker's thread once so many are measured."""
    race = window.compare.race
    race.change(reference=ReferenceSettings(steps=32), slopes=False)

    def hear() -> None:
        if any(isinstance(event, RaceMeasured) and len(event.record.runs) == runs for event in mailbox.drain()):
            mailbox.close()
            then()

    mailbox = window.bridge.engine.subscribe(hear)
    race.run()


def stop(window: MainWindow, qtbot: QtBot, runs: int) -> RaceRecord:
    """Begin a race and cancel it once so many of its runs are measured."""
    race = window.compare.race
    begin(window, runs, lambda: window.bridge.engine.cancel(race.job.id))
    qtbot.waitUntil(lambda: race.model.view.can_resume, timeout=WAIT_MS)
    record = race.model.inputs.record
    assert record is not None
    assert (len(record.runs), record.wanted) == (runs, 4)
    assert race.model.view.progress == f"Stopped, {runs} of 4 runs kept"
    return record


def finish(qtbot: QtBot, race: Race) -> None:
    qtbot.waitUntil(lambda: race.model.inputs.complete and not race.busy, timeout=WAIT_MS)


def measured(race: Race) -> list[RunFigures]:
    """What the race on show came to, without the clock."""
    assert race.model.inputs.record is not None
    return untimed(race.model.inputs.record)


def untimed(record: RaceRecord) -> list[RunFigures]:
    return [replace(run, timing=Timing(0.0, 0.0, 0.0)) for run in record.runs]


def test_lanes_of_two_models_are_raced_each_at_its_own_size(
    open_compare: Callable[[], MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    install_mixture(tmp_path / "models", "smaller", side=12)
    window = open_compare()
    race = window.compare.race
    while len(race.draft.lanes) > 2:
        race.remove_lane(len(race.draft.lanes) - 1)
    lanes = window.compare.page.lanes.columns
    menu = QMenu()
    lanes[1]._offer_settings(menu)
    models = next(part for part in menu.findChildren(QMenu) if part.title() == "Mode&l")
    next(action for action in models.actions() if not action.isChecked()).trigger()
    race.change(reference=ReferenceSettings(steps=32), slopes=False)
    race.run()
    finish(qtbot, race)
    record = race.model.inputs.record
    assert record is not None
    assert [lane.request.model_id for lane in record.request.lanes] == ["mixture", "smaller"]
    assert [column.name.text() for column in lanes] == list(record.names)
    pictures = [column.clean for column in race.model.view.columns]
    assert [picture.shape[0] for picture in pictures if picture is not None] == [SIDE, 12]


def test_no_file_is_read_while_a_race_runs(
    open_compare: Callable[[], MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    race = open_compare().compare.race
    race.change(reference=ReferenceSettings(steps=3000))
    race.run()
    said: list[str] = []
    race.said.connect(said.append)
    race.open_file(tmp_path / "nowhere.json")
    race.cancel()
    qtbot.waitUntil(lambda: not race.busy, timeout=WAIT_MS)
    race.open_file(tmp_path / "gone.json")
    qtbot.waitUntil(lambda: "gone.json" in said[-1], timeout=WAIT_MS)
    assert said[0] == "A race is running; stop it first, or let it end"
    assert len(said) == 2


def test_the_queue_shows_an_earlier_race_which_then_goes_on(
    open_compare: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    window = open_compare()
    race, session = window.compare.race, window.session
    stop(window, qtbot, 2)
    stopped = race.job.id
    race.new_seed()
    race.run()
    finish(qtbot, race)
    assert race.job.id != stopped
    window.actions_["mode_create"].trigger()
    session.show_job(stopped)
    qtbot.waitUntil(lambda: race.job.id == stopped and race.model.view.can_resume, timeout=WAIT_MS)
    assert window.compare.page.isVisible()
    race.resume()
    finish(qtbot, race)
    assert race.job.id == stopped
    assert len(measured(race)) == 4


def test_a_race_that_was_stopped_goes_on_after_a_restart(open_compare: Callable[[], MainWindow], qtbot: QtBot) -> None:
    """What was finished is on show again, and is not made again."""
    window = open_compare()
    kept = stop(window, qtbot, 2)
    window.close()

    window = open_compare()
    race, page = window.compare.race, window.compare.page
    qtbot.waitUntil(lambda: race.model.view.can_resume, timeout=WAIT_MS)
    assert race.model.inputs.record == kept
    shown = race.model.inputs.steps
    assert [len(lane) for lane in shown] == [*(run.steps for run in kept.runs), 0, 0]
    assert all(step.clean is not None for lane in shown for step in lane)
    window.bridge.engine.set_trajectory_budgets(0, 0)
    folder = window.bridge.engine.home.races
    assert len(list(folder.glob("*-steps.png"))) == 2, "what is on show stays"
    assert page.resume.isVisible()
    assert page.progress.text() == "Stopped, 2 of 4 runs kept"
    QTest.keyClick(page, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    finish(qtbot, race)
    assert not page.resume.isVisible()
    assert race.model.inputs.steps[:2] == shown[:2]
    figures = measured(race)
    assert figures[:2] == untimed(kept)
    race.run()
    finish(qtbot, race)
    assert measured(race) == figures


def test_a_race_that_the_queue_forgot_goes_on(open_compare: Callable[[], MainWindow], qtbot: QtBot) -> None:
    window = open_compare()
    race = window.compare.race
    stop(window, qtbot, 1)
    window.session.runs.forget(race.job.id)
    assert not window.session.runs.queue.view.rows
    window.compare.page.resume.click()
    finish(qtbot, race)
    assert len(window.session.runs.queue.view.rows) == 1
    assert len(measured(race)) == 4


def test_a_race_that_ran_when_the_window_closed_is_shown_as_the_queue_goes_on(
    open_compare: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    """Whatever was told before its page was opened lies beside its record."""
    window = open_compare()
    closing = QTimer(window, singleShot=True, interval=0)
    closing.timeout.connect(window.close)
    begin(window, 1, lambda: QMetaObject.invokeMethod(closing, "start", Qt.ConnectionType.QueuedConnection))
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=WAIT_MS)
    race = open_compare().compare.race
    finish(qtbot, race)
    run = race.model.inputs.run
    assert run is None or run.phase is Phase.DONE
    for steps in race.model.inputs.steps:
        assert [step.step for step in steps] == list(range(1, steps[-1].total + 1))
        assert all(step.clean is not None for step in steps)
