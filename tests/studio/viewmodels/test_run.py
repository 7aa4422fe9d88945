from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from core.jobs.event import Cancelled, Done, Event, Failed, Notice, Preview, Produced, Progress, Queued, Started
from core.requests import ImageRequest
from studio.viewmodels.run import Phase, Run, RunBarInputs, derive_run_bar, fold

JOB = "job"


def run_of(*events: Event, count: int = 1) -> Run:
    run = Run(JOB, ImageRequest("a cube", count=count))
    for event in events:
        run = fold(run, event)
    return run


def preview(index: int, total: int = 4, pictures: int = 1, place: tuple[float, float] = (1.0, 0.0)) -> Preview:
    clean = np.full((pictures, 8, 8, 3), index, np.uint8)
    return Preview(JOB, index, total, *place, clean, clean)


def produced(number: int) -> Produced:
    artifact: Any = SimpleNamespace(id=f"{JOB}-{number:02d}", path=Path())
    return Produced(JOB, cast("Any", artifact))


def test_a_life_from_queue_to_done() -> None:
    run = run_of(Queued(JOB, 2))
    assert (run.phase, run.ahead) == (Phase.WAITING, 2)
    run = run_of(Queued(JOB, 2), Started(JOB), Progress(JOB, 1, 4, 0.5, "planning"))
    assert (run.phase, run.done, run.total, run.note) == (Phase.RUNNING, 1, 4, "planning")
    run = run_of(Started(JOB), Progress(JOB, 4, 4, 2.0), produced(1), Done(JOB, 2.5))
    assert (run.phase, run.seconds, run.produced) == (Phase.DONE, 2.5, ("job-01",))


def test_other_ends() -> None:
    assert run_of(Started(JOB), Cancelled(JOB, 2, 4)).phase is Phase.CANCELLED
    failed = run_of(Started(JOB), Failed(JOB, "it broke", "trace"))
    assert (failed.phase, failed.sentence, failed.details) == (Phase.FAILED, "it broke", "trace")
    assert run_of(Notice(JOB, "odd")).notices == ("odd",)


def test_frames_rise_and_a_step_seen_twice_is_kept_once() -> None:
    run = run_of(preview(0), preview(2), preview(2), preview(3))
    assert [frame.index for frame in run.frames] == [0, 2, 3]
    assert run.first == 0


def test_a_second_batch_starts_its_frames_anew() -> None:
    run = run_of(preview(0), preview(3), produced(1), produced(2), preview(1), count=4)
    assert [frame.index for frame in run.frames] == [1]
    assert run.first == 2


def test_the_time_left_is_withheld_until_three_steps() -> None:
    early = derive_run_bar(RunBarInputs(run_of(Started(JOB), Progress(JOB, 2, 10, 1.0))))
    assert (early.headline, early.left, early.speed) == ("Step 2 of 10", "", "")
    later = derive_run_bar(RunBarInputs(run_of(Started(JOB), Progress(JOB, 4, 10, 2.0, "step 4 of 10"))))
    assert (later.speed, later.left, later.so_far, later.note) == ("2.0", "3.0 s", "2.0 s", "")
    assert later.fraction == 0.4


def test_a_paused_run_promises_no_time() -> None:
    view = derive_run_bar(RunBarInputs(run_of(Started(JOB), Progress(JOB, 4, 10, 2.0)), paused=True))
    assert (view.headline, view.left) == ("Paused at step 4", "")


def test_the_bar_shows_running_jobs_only() -> None:
    assert not derive_run_bar(RunBarInputs()).visible
    assert not derive_run_bar(RunBarInputs(run_of(Queued(JOB, 0)))).visible
    assert not derive_run_bar(RunBarInputs(run_of(Started(JOB), Done(JOB, 1.0)))).visible
    assert derive_run_bar(RunBarInputs(run_of(Started(JOB)))).headline == "Getting ready"
