from __future__ import annotations

import numpy as np

from core.jobs.event import Cancelled, Failed, Progress, Started
from studio.viewmodels.canvas import CanvasInputs, Look, Scene, Shown, derive_canvas, kept_words
from studio.viewmodels.run import fold
from studio.viewmodels.steps import StepLook
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
    earlier = derive_canvas(CanvasInputs(run, shown=shown, step=1))
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
    assert derive_canvas(CanvasInputs(run, step=1)).scene is Scene.PICTURE
    assert "1 finished picture" in kept_words(fold(run, produced(1)))


def test_all_pictures_of_a_job_stand_in_the_batch_finished_or_not() -> None:
    run = run_of(
        preview(0, pictures=2), preview(3, pictures=2), produced(1), produced(2), preview(0, pictures=2), count=6
    )
    small = Shown(f"{JOB}-02", np.full((4, 4, 3), 7, np.uint8))
    batch = derive_canvas(CanvasInputs(run, item=2, siblings=(small,))).batch
    assert [picture is not None for picture in batch] == [True, True, True, True, False, False]
    first, second, third = (picture for picture in batch[:3] if picture is not None)
    assert [int(picture.left[0, 0, 0]) for picture in (first, second, third)] == [3, 7, 0]


def test_a_cancelled_run_can_go_on() -> None:
    run = fold(run_of(Started(JOB), Progress(JOB, 2, 4, 1.0), preview(1)), Cancelled(JOB, 2, 4))
    view = derive_canvas(CanvasInputs(run))
    assert (view.resumable, view.resume_words) == (True, "Cancelled at step 2 of 4")
    early = fold(run_of(Started(JOB)), Cancelled(JOB, 0, 0))
    assert not derive_canvas(CanvasInputs(early)).resumable


def test_a_fetched_look_is_shown_at_its_step() -> None:
    fetched = StepLook(2, np.full((8, 8, 3), 99, np.uint8), None, ("fetched", 2))
    run = run_of(preview(0), preview(3))
    view = derive_canvas(CanvasInputs(run, step=2, fetched=(fetched,)))
    assert view.picture is not None
    assert view.picture.left[0, 0, 0] == 99
