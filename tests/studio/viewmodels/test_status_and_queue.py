from __future__ import annotations

from dataclasses import replace

import pytest

from core.jobs.event import Cancelled, Done, Failed, Progress, Queued, Started
from studio.viewmodels.queue import QueueInputs, derive_queue
from studio.viewmodels.run import Run
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
    assert [row.cancellable for row in view.rows] == [True, True, False]
    assert (view.open, view.finished, view.fraction) == (2, 1, 9 / 24)
    assert view.rows[0].state == "1 picture, step 9 of 24"


def test_an_empty_queue() -> None:
    view = derive_queue(QueueInputs())
    assert (view.open, view.rows, view.fraction) == (0, (), 0.0)
    assert derive_queue(QueueInputs((Run("restored"),))).rows[0].title == "No prompt"
