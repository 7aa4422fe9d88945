from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.jobs.event import Cancelled, Done, Progress, Started
from core.requests import ImageRequest
from studio.viewmodels.run import Frame, Phase, Run, fold
from studio.viewmodels.steps import StepLook, planned_places, steps_of
from studio.viewmodels.trajectory import (
    GONE_HINT,
    TrajectoryInputs,
    TrajectoryView,
    derive_trajectory,
    nearest,
    ruler_place,
    ruler_value,
    spread,
)
from tests.studio.viewmodels.test_run import JOB, preview, run_of


def places(total: int) -> tuple[tuple[float, float], ...]:
    return tuple((1.0 / (i + 1), -6.0 + 12.0 * i / total) for i in range(total))


def look(number: int) -> StepLook:
    pixels = np.full((8, 8, 3), number, np.uint8)
    return StepLook(number, pixels, pixels, ("fetched", number))


def view_of(run: Run, **inputs: object) -> TrajectoryView:
    return derive_trajectory(TrajectoryInputs(run, **inputs))  # type: ignore[arg-type]


def under_way(done: int, total: int = 24) -> Run:
    """A run whose every step was looked at."""
    run = run_of(Started(JOB), Progress(JOB, done, total, 1.0))
    run = Run(run.job_id, ImageRequest("a cube", steps=total), run.phase, done=done, total=total)
    for index in range(done):
        run = fold(run, preview(index, total, place=places(total)[index]))
    return run


def test_every_second_step_of_24_with_the_last_one() -> None:
    assert spread(24, 12) == (1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 24)
    assert spread(24, 7) == (1, 5, 9, 13, 17, 21, 24)
    assert spread(5, 12) == (1, 2, 3, 4, 5)
    view = view_of(under_way(19), places=places(24))
    assert [column.number for column in view.columns] == list(spread(24, 12))
    assert view.caption == "every 2nd of 24 steps, placed by log-SNR below"
    assert view.columns[view.current].number == 19
    assert [column.reached for column in view.columns] == [True] * 10 + [False] * 2
    assert view.figures == "step 19   σ 0.053   log-SNR +3.00"
    assert view.description == "Step 19 of 24, log-SNR +3.0"


@given(st.integers(1, 1000), st.integers(3, 20))
def test_any_number_of_steps_fits_into_the_columns(total: int, columns: int) -> None:
    numbers = spread(total, columns)
    assert len(numbers) <= columns
    assert (numbers[0], numbers[-1]) == (1, total)
    assert list(numbers) == sorted(set(numbers))


def test_the_step_that_has_just_come_takes_the_next_outlines_place() -> None:
    shown = [[column.number for column in view_of(under_way(done)).columns] for done in (3, 4, 5)]
    assert shown[0] == shown[2] == list(spread(24, 12))
    assert shown[1] == [1, 3, 4, 7, 9, 11, 13, 15, 17, 19, 21, 24]


def test_a_scrubbed_strip_shows_that_step_as_current() -> None:
    run = fold(under_way(24), Done(JOB, 2.0))
    for number in range(1, 25):
        view = view_of(run, step=number, columns=7)
        assert view.columns[view.current].number == view.step == number
        assert view.pinned


def test_steps_that_were_not_looked_at_are_asked_for_the_one_on_show_first() -> None:
    run = Run(JOB, ImageRequest("a cube", steps=24), Phase.DONE, done=24, total=24)
    view = view_of(run, kept=24, places=places(24), step=10)
    assert view.wanted[0] == 10
    assert set(view.wanted[1:]) == {column.number for column in view.columns} - {10}
    assert view.last == 24
    looks = tuple(look(number) for number in view.wanted)
    fetched = view_of(run, kept=24, places=places(24), step=10, fetched=tuple(sorted(looks, key=lambda a: a.number)))
    assert fetched.wanted == ()
    assert all(column.clean is not None for column in fetched.columns)


def test_a_neighbour_stands_in_until_a_step_is_fetched_and_says_its_own_number() -> None:
    run = Run(JOB, ImageRequest("a cube", steps=24), Phase.RUNNING, done=8, total=24)
    for index in (0, 3, 7):
        run = fold(run, preview(index, 24))
    view = view_of(run, kept=8, places=places(24))
    assert [(column.number, column.clean is not None) for column in view.columns][:5] == [
        (1, True),
        (4, True),
        (5, False),
        (7, False),
        (8, True),
    ]
    assert view.wanted == (3, 5, 7)


def test_where_steps_are_gone_only_looks_are_shown_and_said_to_be() -> None:
    run = Run(JOB, ImageRequest("a cube", steps=24), Phase.RUNNING, done=24, total=24)
    for index in (0, 6, 23):
        run = fold(run, preview(index, 24))
    view = view_of(fold(run, Done(JOB, 1.0)))
    assert [column.number for column in view.columns] == [1, 7, 24]
    assert view.caption == "3 of 24 steps were looked at, placed by log-SNR below"
    assert view.wanted == ()
    assert not view.branchable
    assert view_of(fold(run, Done(JOB, 1.0)), step=9).step == 7


@given(st.sets(st.integers(0, 59), min_size=1), st.integers(3, 14), st.sampled_from(list(Phase)), st.integers(0, 60))
def test_any_looks_fit_into_the_columns(indices: set[int], columns: int, phase: Phase, kept: int) -> None:
    clean = np.zeros((1, 8, 8, 3), np.uint8)
    frames = tuple(Frame(i, 60, 1.0, 0.1 * i - 3, clean, None) for i in sorted(indices))
    run = Run("job-1", phase=phase, total=60, done=frames[-1].index + 1, frames=frames)
    view = view_of(run, columns=columns, kept=kept)
    numbers = [column.number for column in view.columns]
    assert 1 <= len(numbers) <= columns
    assert numbers == sorted(set(numbers))
    assert view.columns[view.current].number == view.step


def test_pictures_of_a_batch_have_steps_of_their_own() -> None:
    clean = np.arange(3, dtype=np.uint8)[:, None, None, None] + np.zeros((3, 8, 8, 3), np.uint8)
    run = Run("job-1", ImageRequest("a", count=12, steps=4), Phase.RUNNING, done=5, total=8, first=8)
    run = Run(**{**{f: getattr(run, f) for f in run.__slots__}, "frames": (Frame(0, 4, 1.0, 0.0, clean, None),)})
    assert steps_of(run, 9).looks[0].clean[0, 0, 0] == 1
    assert (steps_of(run, 9).total, steps_of(run, 9).reached) == (4, 1)
    assert steps_of(run, 2).looks == ()


def test_places_come_from_the_request_before_any_step_is_made() -> None:
    planned = planned_places(ImageRequest("a cube", steps=8), "flow")
    log_snrs = [log_snr for _, log_snr in planned]
    assert len(planned) == 8
    assert log_snrs == sorted(log_snrs)
    assert math.isinf(log_snrs[-1])
    assert planned_places(ImageRequest("a cube"), "no such schedule") == ()


def test_the_hill_is_high_where_the_guess_changes_fast() -> None:
    run = Run(JOB, ImageRequest("a cube", steps=5), Phase.DONE, done=5, total=5)
    pixels = [np.full((8, 8, 3), value, np.uint8) for value in (0, 10, 100, 110, 110)]
    looks = tuple(StepLook(i, each, None, (i,)) for i, each in enumerate(pixels, 1))
    hill = view_of(run, kept=24, fetched=looks, places=places(5)).hill
    assert max(hill, key=lambda point: point[1])[1] == 1.0
    assert max(hill, key=lambda point: point[1])[0] == pytest.approx((places(5)[1][1] + places(5)[2][1]) / 2)
    assert hill[-1][1] == 0.0


def test_steps_to_come_will_not_once_a_run_was_cancelled() -> None:
    view = view_of(fold(under_way(6), Cancelled(JOB, 6, 24)))
    assert view.failed
    assert view.columns[-1].number == 24
    assert not view.columns[-1].reached


def test_without_a_run_the_strip_says_what_will_be_there() -> None:
    assert derive_trajectory(TrajectoryInputs()).caption == "fills as a picture forms"
    gone = Run(JOB, ImageRequest("a cube"), Phase.DONE, done=20, total=20)
    assert view_of(gone, empty=GONE_HINT).caption == "the steps of this picture were not kept"


@pytest.mark.parametrize(("log_snr", "place"), [(-9.0, 0.0), (0.0, 0.5), (9.0, 1.0), (-40.0, 0.0), (float("inf"), 1.0)])
def test_the_ruler(log_snr: float, place: float) -> None:
    assert ruler_place(log_snr) == place
    assert ruler_value(ruler_place(3.0)) == pytest.approx(3.0)


def test_the_nearest_step_made() -> None:
    assert nearest((-6.0, 0.0), 0.6) == 2
    assert nearest((-6.0, 0.0), 1.0) == 2
    assert nearest((-6.0, 0.0, 6.0), 1.0) == 3
    assert nearest((), 0.5) == 0
