"""The Create mode on a real engine, driven step by step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from core.engine import Engine
from studio.main_window import MainWindow
from studio.viewmodels.canvas import Look, Scene
from studio.viewmodels.run import Phase
from tests.studio.scripted import CARD, Script, picture

WAIT_MS = 20_000


def make(window: MainWindow, qtbot: QtBot, script: Script, **changes: object) -> None:
    """Generate with these settings and wait until the picture is on the canvas."""
    window.session.desk.change(**changes)
    window.session.generate()
    script.release(window.session.desk.draft.steps)
    qtbot.waitUntil(lambda: not window.session.runs.busy, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.session.stage.canvas.view.finished, timeout=WAIT_MS)


def test_a_picture_that_one_opens_while_a_job_waits_stays_on_show(
    window: MainWindow, qtbot: QtBot, script: Script
) -> None:
    session = window.session
    make(window, qtbot, script, seed=3)
    kept = session.gallery.list.tile(0).artifact
    assert kept is not None
    session.desk.change(seed=4)
    session.generate()
    session.open_artifact(kept)
    qtbot.waitUntil(lambda: session.runs.running is not None, timeout=WAIT_MS)
    script.release(session.desk.draft.steps)
    qtbot.waitUntil(lambda: not session.runs.busy, timeout=WAIT_MS)
    assert session.stage.run is not None
    assert session.stage.run.job_id == kept.job_id


def test_the_models_best_settings_are_taken_up(window: MainWindow) -> None:
    draft = window.session.desk.draft
    assert (draft.model_id, draft.width, draft.steps, draft.guidance_scale) == ("flat", 32, 5, 3.0)
    assert window.session.desk.prompt.view.main_enabled
    assert window.session.stage.canvas.view.scene is Scene.WELCOME


def test_a_picture_forms_step_by_step_and_is_found_in_the_history(
    window: MainWindow, qtbot: QtBot, script: Script
) -> None:
    session = window.session
    session.desk.change(prompt="a red cube", seed=3)
    session.generate()
    for step in range(1, 5):
        script.release(1)
        qtbot.waitUntil(lambda step=step: session.runs.run_bar.view.headline == f"Step {step} of 5", timeout=WAIT_MS)
    assert session.status.view.words == "Generating, step 4 of 5"
    assert session.desk.prompt.view.main_label == "Add to queue"
    assert session.gallery.list.tile(0).badge == "4/5"
    assert [column.number for column in session.stage.trajectory.view.columns][-1] == 5
    script.release(1)
    qtbot.waitUntil(lambda: session.stage.canvas.view.finished, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: session.runs.running is None, timeout=WAIT_MS)
    assert session.stage.canvas.view.picture is not None
    np.testing.assert_array_equal(session.stage.canvas.view.picture.left, picture(3))
    assert session.gallery.list.rowCount() == 1
    artifact = session.gallery.list.tile(0).artifact
    assert artifact is not None
    assert artifact.path.is_file()
    assert artifact.recipe.request.prompt == "a red cube"
    qtbot.waitUntil(lambda: session.desk.prompt.view.main_label == "Generate", timeout=WAIT_MS)
    assert session.status.view.saved == "Saved"


def test_a_cancelled_job_ends_and_the_next_one_runs(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    first = session.generate()
    second = session.generate()
    script.release(2)
    qtbot.waitUntil(lambda: session.runs.run_bar.view.headline == "Step 2 of 5", timeout=WAIT_MS)
    assert session.runs.queue.view.open == 2
    session.runs.cancel()
    qtbot.waitUntil(lambda: session.runs.queue.view.open == 1, timeout=WAIT_MS)
    assert [row.job_id for row in session.runs.queue.view.rows] == [second, first]
    script.release(5)
    qtbot.waitUntil(lambda: session.runs.queue.view.open == 0, timeout=WAIT_MS)
    assert session.gallery.list.rowCount() == 1
    session.clear_finished()
    assert session.runs.queue.view.rows == ()
    assert session.stage.run is not None, "what is on show stays there"


def test_pausing_holds_the_steps_and_the_main_button_resumes(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    session.generate()
    script.release(1)
    qtbot.waitUntil(lambda: session.runs.run_bar.view.headline == "Step 1 of 5", timeout=WAIT_MS)
    session.set_paused(True)
    assert session.status.view.words == "Paused at step 1"
    assert session.desk.prompt.view.main_label == "Resume"
    script.release(4)
    assert session.generate() is None
    qtbot.waitUntil(lambda: session.stage.canvas.view.finished, timeout=WAIT_MS)


def test_scrubbing_pins_an_earlier_step_and_follows_again(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    make(window, qtbot, script, seed=3)
    qtbot.waitUntil(lambda: session.stage.trajectory.view.branchable, timeout=WAIT_MS)
    session.stage.move_step(-1)
    assert not session.stage.canvas.view.finished
    assert session.stage.trajectory.view.pinned
    assert session.stage.trajectory.view.step == 4
    session.stage.set_step(1)
    session.stage.set_look(Look.SPLIT)
    assert session.stage.canvas.view.picture is not None
    assert session.stage.canvas.view.picture.right is not None
    session.stage.next_look()
    assert session.stage.canvas.view.look_index == 0
    for step in (2, 3, 4):
        session.stage.move_step(1)
        assert session.stage.trajectory.view.step == step
    session.stage.move_step(1)
    assert session.stage.canvas.view.finished
    assert not session.stage.trajectory.view.pinned


def test_failure_shows_its_sentence_and_can_be_tried_again(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    session.desk.change(prompt="fail")
    session.generate()
    script.release(1)
    qtbot.waitUntil(lambda: session.stage.canvas.view.scene is Scene.ERROR, timeout=WAIT_MS)
    assert session.stage.canvas.view.sentence == "the state is not finite; lower the guidance scale"
    assert session.desk.prompt.view.main_calm
    session.take_remedy(0)
    qtbot.waitUntil(lambda: session.runs.running is not None, timeout=WAIT_MS)
    assert session.stage.canvas.view.scene is not Scene.ERROR
    script.release(1)
    qtbot.waitUntil(lambda: session.stage.canvas.view.scene is Scene.ERROR, timeout=WAIT_MS)


def test_a_crash_keeps_its_traceback_for_the_report(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    window.session.desk.change(prompt="crash")
    window.session.generate()
    script.release(1)
    qtbot.waitUntil(lambda: window.session.stage.canvas.view.scene is Scene.ERROR, timeout=WAIT_MS)
    assert "ZeroDivisionError" in window.session.stage.canvas.view.details
    window.create_page.canvas.error._copy_report()
    assert "ZeroDivisionError" in window.create_page.canvas.error.report()


def test_unknown_words_are_named_while_they_stand_in_the_prompt(
    window: MainWindow, qtbot: QtBot, script: Script
) -> None:
    make(window, qtbot, script, prompt="a velvet cube")
    assert window.session.desk.prompt.view.advice == "“velvet” is new to this model"
    window.session.desk.change(prompt="a cube")
    assert window.session.desk.prompt.view.advice == ""


def test_a_batch_can_be_looked_through(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    make(window, qtbot, script, seed=10, count=3)
    qtbot.waitUntil(lambda: session.status.view.words.startswith("Done"), timeout=WAIT_MS)
    assert session.stage.canvas.view.finished, "the other pictures do not take the first one's place"
    assert np.array_equal(shown(window), picture(10))
    assert len(session.stage.canvas.view.batch) == 3
    session.stage.set_item(2)
    last = picture(12)
    qtbot.waitUntil(lambda: np.array_equal(shown(window), last), timeout=WAIT_MS)
    row = session.gallery.list.row_of(session.gallery.current.id if session.gallery.current else "")
    assert session.gallery.list.tile(row).seed == 12


def shown(window: MainWindow) -> np.ndarray:
    on_show = window.session.stage.canvas.view.picture
    return np.zeros(0) if on_show is None else on_show.left


def test_seeds_change_unless_locked(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    make(window, qtbot, script, seed=3)
    assert session.desk.draft.seed == 3, "the seed on show is the one that was used"
    session.generate()
    assert session.desk.draft.seed != 3
    session.desk.change(seed=5, seed_locked=True)
    session.generate()
    session.generate()
    assert session.desk.draft.seed == 5


def test_a_picture_of_the_history_brings_its_settings_back(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    make(window, qtbot, script, prompt="first", seed=3)
    make(window, qtbot, script, prompt="second", seed=4, steps=4)
    row = next(r for r in range(2) if session.gallery.list.tile(r).prompt == "first")
    artifact = session.gallery.list.tile(row).artifact
    assert artifact is not None
    session.open_artifact(artifact)
    qtbot.waitUntil(lambda: np.array_equal(shown(window), picture(3)), timeout=WAIT_MS)
    session.reuse()
    assert (session.desk.draft.prompt, session.desk.draft.seed, session.desk.draft.steps) == ("first", 3, 5)
    assert session.desk.draft.seed_locked


def test_a_job_that_starts_does_not_take_the_place_of_what_one_looks_at(
    window: MainWindow, qtbot: QtBot, script: Script
) -> None:
    session = window.session
    make(window, qtbot, script, seed=3)
    kept = session.gallery.list.tile(0).artifact
    assert kept is not None
    session.desk.change(seed=4)
    session.generate()
    session.generate()
    script.release(1)
    qtbot.waitUntil(lambda: session.runs.run_bar.view.headline == "Step 1 of 5", timeout=WAIT_MS)
    session.open_artifact(kept)
    qtbot.waitUntil(lambda: session.stage.canvas.view.finished, timeout=WAIT_MS)
    script.release(5)
    qtbot.waitUntil(lambda: session.runs.queue.view.open == 1, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: session.runs.run_bar.view.headline == "Step 1 of 5", timeout=WAIT_MS)
    assert np.array_equal(shown(window), picture(3))
    session.follow()
    assert session.stage.canvas.inputs.run is session.runs.running


def test_favourites_are_kept(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session = window.session
    make(window, qtbot, script)
    session.toggle_favourite()
    assert session.stage.canvas.view.favourite
    assert session.gallery.list.tile(0).favourite
    history = window.bridge.engine.history
    qtbot.waitUntil(lambda: len(history.favourites()) == 1, timeout=WAIT_MS)


def test_an_export_is_the_file_itself(window: MainWindow, qtbot: QtBot, script: Script, tmp_path: Path) -> None:
    make(window, qtbot, script)
    artifact, target = window.session.gallery.current, tmp_path / "copy.png"
    assert artifact is not None
    window.sheets.exporting.save(artifact.path, target, clear=False)
    qtbot.waitUntil(lambda: target.is_file() and target.stat().st_size == artifact.path.stat().st_size)
    assert target.read_bytes() == artifact.path.read_bytes()


def test_time_is_measured_and_remembered(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    assert window.session.desk.prompt.view.estimate == "1 picture, time not measured yet"
    session = window.session
    session.generate()
    for step in range(1, 6):
        script.release(1)
        if step < 5:
            qtbot.waitUntil(
                lambda step=step: session.runs.run_bar.view.headline == f"Step {step} of 5", timeout=WAIT_MS
            )
    qtbot.waitUntil(lambda: session.runs.running is None and session.stage.canvas.view.finished, timeout=WAIT_MS)
    # The script says half a second an evaluation, and 3 MB a picture.
    qtbot.waitUntil(lambda: session.desk.prompt.view.estimate == "1 picture, about 2 s, 3.0 MB", timeout=WAIT_MS)
    assert session.desk.prompt.view.model_figures == ("3.0 MB", "≈ 2.5 s each")
    session.desk.change(count=4, steps=10)
    assert session.desk.prompt.view.estimate == "4 pictures, at most about 20 s"


def test_settings_history_and_waiting_jobs_survive_a_restart(
    open_studio: Callable[..., MainWindow], qtbot: QtBot, script: Script
) -> None:
    first = open_studio()
    make(first, qtbot, script, prompt="kept", seed=11)
    first.session.desk.change(prompt="not yet made")
    first.session.generate()
    first.close()
    second = open_studio()
    assert second.session.desk.draft.prompt == "not yet made"
    assert second.session.gallery.list.tile(second.session.gallery.list.rowCount() - 1).prompt == "kept"
    qtbot.waitUntil(lambda: second.session.runs.queue.view.open == 1, timeout=WAIT_MS)
    assert second.session.runs.queue.view.rows[0].title == "Not yet made"
    script.release(5)
    qtbot.waitUntil(lambda: second.session.runs.queue.view.open == 0, timeout=WAIT_MS)
    assert next(iter(second.session.runs.all)).phase is Phase.DONE


def test_no_model_is_said_in_words(open_studio: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    window = open_studio(ready=False, models=tmp_path / "none")
    qtbot.waitUntil(lambda: window.session.desk.prompt.view.model_title == "No model yet", timeout=WAIT_MS)
    assert not window.session.desk.prompt.view.main_enabled
    assert "No model is installed" in window.session.desk.prompt.view.estimate
    assert window.session.generate() is None


def test_an_engine_that_can_not_open_is_said(qtbot: QtBot, open_studio: Callable[..., MainWindow]) -> None:
    window = open_studio()
    window.session.refuse("the folder is read-only; choose another")
    assert window.session.status.view.words == "the folder is read-only; choose another"
    assert not window.session.desk.prompt.view.main_enabled
    del qtbot


def test_the_card_of_the_tests_is_what_the_engine_reads(window: MainWindow) -> None:
    assert isinstance(window.bridge.engine, Engine)
    assert CARD in window.session.desk.cards
