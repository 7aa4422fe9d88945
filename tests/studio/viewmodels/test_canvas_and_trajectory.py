from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.jobs.event import Failed, Progress, Started
from studio.viewmodels.canvas import CanvasInputs, Look, Scene, Shown, derive_canvas, kept_words
from studio.viewmodels.run import Frame, Phase, Run, fold
from studio.viewmodels.trajectory import TrajectoryInputs, derive_trajectory, nearest, ruler_place
from tests.studio.viewmodels.test_run import JOB, preview, produced, run_of


def test_first_run_then_waiting_then_picture() -> None:
    assert derive_canvas(CanvasInputs(history_count=0)).scene is Scene.WELCOME
    assert derive_canvas(CanvasInputs()).scene is Scene.WAITING
    assert derive_canvas(CanvasInputs(run_of(Started(JOB)), history_count=0)).scene is Scene.WAITING
    assert derive_canvas(CanvasInputs(run_of(preview(0)))).scene is Scene.PICTURE


def test_looks_choose_clean_noisy_or_both() -> None:
    run = run_of(preview(1))
    clean, noisy, split = (derive_canvas(CanvasInputs(run, look=look)).picture for look in Look)
    assert clean is not None
    assert noisy is not None
    assert split is not None
    assert clean.right is None
    assert noisy.right is None
    assert split.right is not None
    assert len({clean, noisy, split}) == 3


def test_the_finished_picture_gives_way_to_an_earlier_step() -> None:
    shown = Shown("job-01", np.zeros((8, 8, 3), np.uint8))
    run = run_of(preview(0), preview(1), produced(1))
    assert derive_canvas(CanvasInputs(run, shown=shown)).finished
    earlier = derive_canvas(CanvasInputs(run, shown=shown, step=0))
    assert not earlier.finished
    assert earlier.picture is not None
    assert earlier.picture.left is run.frames[0].clean[0] or np.shares_memory(earlier.picture.left, run.frames[0].clean)


def test_a_batch_is_shown_beside_the_picture() -> None:
    view = derive_canvas(CanvasInputs(run_of(preview(0, pictures=3), count=3), item=2))
    assert (len(view.batch), view.batch_index, view.batch_title) == (3, 2, "3 in batch")
    assert derive_canvas(CanvasInputs(run_of(preview(0)))).batch == ()


def test_failure_takes_the_canvas_and_says_what_is_kept() -> None:
    run = fold(run_of(Started(JOB), Progress(JOB, 2, 4, 1.0), preview(1)), Failed(JOB, "it broke", "trace"))
    view = derive_canvas(CanvasInputs(run))
    assert (view.scene, view.sentence, view.details) == (Scene.ERROR, "it broke", "trace")
    assert view.kept == "Stopped at step 2 of 4. Your prompt and the seed are kept."
    assert derive_canvas(CanvasInputs(run, step=0)).scene is Scene.PICTURE
    assert "1 finished picture" in kept_words(fold(run, produced(1)))


def test_the_strip_places_columns_evenly_and_outlines_what_is_to_come() -> None:
    run = run_of(Started(JOB), Progress(JOB, 2, 24, 1.0), *(preview(i, 24) for i in range(12)))
    view = derive_trajectory(TrajectoryInputs(run, columns=12))
    assert len(view.columns) == 12
    assert [column.number for column in view.columns] == sorted({column.number for column in view.columns})
    assert view.columns[view.current].place == 11
    assert view.columns[-1].place == -1
    assert [column.place >= 0 for column in view.columns].count(True) == 6
    assert view.caption == "6 of 24 steps, placed by log-SNR below"
    assert view.figures.startswith("step 12")


def test_a_scrubbed_strip_shows_that_step_as_current() -> None:
    run = run_of(*(preview(i, 30) for i in range(30)))
    for step in range(30):
        view = derive_trajectory(TrajectoryInputs(run, step=step, columns=7))
        assert view.columns[view.current].place == step
        assert view.pinned


@given(st.sets(st.integers(0, 59), min_size=1), st.integers(3, 14), st.sampled_from(list(Phase)))
def test_any_frames_fit_into_the_columns(indices: set[int], columns: int, phase: Phase) -> None:
    clean = np.zeros((1, 8, 8, 3), np.uint8)
    frames = tuple(Frame(i, 60, 1.0, 0.1 * i - 3, clean, None) for i in sorted(indices))
    view = derive_trajectory(TrajectoryInputs(Run("job", phase=phase, total=60, frames=frames), columns=columns))
    assert 1 <= len(view.columns) <= columns
    places = [column.place for column in view.columns if column.place >= 0]
    assert len(set(places)) == len(places)
    assert view.columns[view.current].place == len(frames) - 1


def test_without_a_run_the_strip_says_what_will_be_there() -> None:
    assert derive_trajectory(TrajectoryInputs()).caption == "fills as a picture forms"
    assert "since the studio opened" in derive_trajectory(TrajectoryInputs(kept=False)).caption


@pytest.mark.parametrize(("log_snr", "place"), [(-9.0, 0.0), (0.0, 0.5), (9.0, 1.0), (-40.0, 0.0), (float("inf"), 1.0)])
def test_the_ruler(log_snr: float, place: float) -> None:
    assert ruler_place(log_snr) == place


def test_the_nearest_mark() -> None:
    assert nearest((-6.0, 0.0, 6.0), 0.6) == 1
    assert nearest((), 0.5) == -1
