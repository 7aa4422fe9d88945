from __future__ import annotations

from dataclasses import replace

import pytest

from core.jobs.event import Cancelled, Done, EndedJob, Failed, Progress, Queued, Remembered, Started
from core.jobs.job import Job
from core.requests import ImageRequest
from studio.viewmodels.queue import Offer, QueueInputs, derive_queue
from studio.viewmodels.run import Phase, Run, fold
from studio.viewmodels.status import StatusInputs, derive_status
from tests.studio.viewmodels.test_run import JOB, produced, run_of

STARTED = (Started(JOB), Progress(JOB, 9, 24, 3.0))


@pytest.mark.parametrize(
    ("inputs", "words", "mark"),
    [
        (StatusInputs(), "Opening", "ring"),
        (StatusInputs(ready=True), "Ready", "ring"),
        (StatusInputs(ready=True, run=run_of(Queued(JOB, 2))), "Waiting, 2 ahead", "ring"),
        (StatusInputs(ready=True, run=run_of(*STARTED)), "Generating, step 9 of 24", "dot"),
        (StatusInputs(ready=True, run=run_of(*STARTED), paused=True), "Paused at step 9", "pause"),
        (StatusInputs(ready=True, run=run_of(*STARTED, Cancelled(JOB, 9, 24))), "Cancelled at step 9", "square"),
        (
            StatusInputs(ready=True, run=run_of(*STARTED, produced(1), Cancelled(JOB, 9, 24))),
            "Cancelled at step 9, 1 picture kept",
            "square",
        ),
        (StatusInputs(ready=True, run=run_of(*STARTED, Failed(JOB, "it broke"))), "Stopped: it broke", "error"),
        (StatusInputs(ready=True, run=run_of(*STARTED, Done(JOB, 4.1))), "Done in 4.1 s", "tick"),
        (StatusInputs(problem="the folder is in use"), "the folder is in use", "error"),
    ],
)
def test_states_have_words_and_a_shape(inputs: StatusInputs, words: str, mark: str) -> None:
    view = derive_status(inputs)
    assert (view.words, view.mark) == (words, mark)


def test_memory_is_told_in_gigabytes() -> None:
    assert derive_status(StatusInputs(memory=(3_100_000_000, 15_600_000_000))).memory == "Memory 3.1 of 15.6 GB"
    assert derive_status(StatusInputs()).memory == ""


def test_the_queue_lists_running_waiting_then_ended() -> None:
    done = replace(run_of(*STARTED, Done(JOB, 2.0)), job_id="done")
    waiting = replace(run_of(Queued(JOB, 1)), job_id="waiting")
    running = replace(run_of(*STARTED), job_id="running")
    view = derive_queue(QueueInputs((done, waiting, running)))
    assert [row.job_id for row in view.rows] == ["running", "waiting", "done"]
    assert [row.offer for row in view.rows] == [Offer.CANCEL, Offer.CANCEL, Offer.NONE]
    assert [row.movable for row in view.rows] == [False, True, False]
    assert (view.open, view.finished, view.fraction) == (2, 1, 9 / 24)
    assert view.rows[0].state == "1 picture, step 9 of 24"


def test_an_empty_queue() -> None:
    view = derive_queue(QueueInputs())
    assert (view.open, view.rows, view.fraction) == (0, (), 0.0)
    assert derive_queue(QueueInputs((Run("restored"),))).rows[0].title == "No prompt"


def test_times_come_from_what_was_measured() -> None:
    waiting = replace(run_of(Queued(JOB, 1)), job_id="waiting")
    running = replace(run_of(*STARTED), job_id="running")
    unknown = derive_queue(QueueInputs((running, waiting)))
    assert unknown.rows[1].time == ""
    assert unknown.total == "about 5 s and 1 not timed yet"
    known = derive_queue(QueueInputs((running, waiting), seconds=(("waiting", 31.4),)))
    assert known.rows[1].time == "31 s"
    assert known.rows[0].time == "5.0 s"
    assert known.total == "about 36 s in all"
    assert derive_queue(QueueInputs((running, waiting), paused=True)).total.startswith("paused, ")
    assert derive_queue(QueueInputs((waiting,))).total == "not timed yet"


def test_what_ended_says_where_and_offers_the_way_on() -> None:
    cancelled = run_of(*STARTED, Cancelled(JOB, 6, 24))
    failed = replace(run_of(*STARTED, Failed(JOB, "the memory ran out", cause="memory")), job_id="failed")
    ended = EndedJob(Job("old", ImageRequest("an old one", count=3)), Failed("old", "x", cause="disk"), 4, 9, "")
    old = fold(Run("old", ended.job.request), Remembered("old", ended))
    rows = derive_queue(QueueInputs((old, cancelled, failed))).rows
    assert [(row.state, row.offer) for row in rows] == [
        ("Ran out of memory at step 10", Offer.REMEDY),
        ("Cancelled at step 6, kept", Offer.RESUME),
        ("The disk was full at step 5", Offer.REMEDY),
    ]
    assert rows[2].title == "An old one"


def test_a_job_that_is_taken_up_again_waits_as_if_new() -> None:
    run = fold(run_of(*STARTED, Failed(JOB, "it broke")), Queued(JOB, 1))
    assert (run.phase, run.done, run.failure) == (Phase.WAITING, 0, None)
