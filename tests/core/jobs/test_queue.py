from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from core.jobs.gate import Gate, JobInterrupted
from core.jobs.job import Job, new_job_id
from core.jobs.journal import Journal
from core.jobs.queue import JobQueue
from core.requests import ImageRequest
from tests.core.jobs.hand_driven import Inline


def job(name: str) -> Job:
    return Job(name, ImageRequest(name))


def queue_of(*names: str) -> JobQueue:
    queue = JobQueue(threading.Condition(threading.RLock()))
    for name in names:
        queue.add(job(name), lambda _: None)
    return queue


def ids(queue: JobQueue) -> list[str]:
    return [each.id for each in queue.waiting()]


def test_first_in_first_out_with_removal_from_the_middle() -> None:
    queue = queue_of("a", "b", "c")
    assert queue.remove("b") == job("b")
    assert queue.remove("b") is None
    assert [queue.take(), queue.take(), queue.take()] == [job("a"), job("c"), None]


def test_a_job_is_announced_with_how_many_wait_before_it() -> None:
    queue, told = queue_of("a"), list[int]()
    queue.add(job("b"), told.append)
    assert told == [1]


def test_restored_jobs_come_first_and_this_sessions_own_are_left_out() -> None:
    queue, told = queue_of("new", "gone"), list[tuple[str, int]]()
    queue.remove("gone")
    queue.restore(
        [job("old"), job("new"), job("gone"), job("older")], lambda each, ahead: told.append((each.id, ahead))
    )
    assert ids(queue) == ["old", "older", "new"]
    assert told == [("old", 0), ("older", 1)]


def test_a_job_id_sorts_by_time_and_is_fit_for_a_file_name() -> None:
    first = new_job_id(datetime(2026, 11, 21, 4, 3, 53, tzinfo=UTC))
    second = new_job_id(datetime(2026, 11, 21, 4, 3, 54, tzinfo=UTC))
    assert first.startswith("20261121-040353-")
    assert first < second
    assert new_job_id() != new_job_id()


def test_a_pause_point_waits_for_the_turn_that_resumes(monkeypatch: pytest.MonkeyPatch) -> None:
    gate, asked = Gate(), list[bool]()

    def wait_for(ready: Callable[[], bool]) -> bool:
        asked.append(ready())
        gate.set_paused(False)
        asked.append(ready())
        return True

    monkeypatch.setattr(gate.changed, "wait_for", wait_for)
    gate.pause_point()
    assert asked == []
    gate.set_paused(True)
    gate.pause_point()
    assert asked == [False, True]


@pytest.mark.parametrize("turn", [Gate.interrupt, Gate.close])
def test_a_paused_job_is_freed_by_its_end(turn: Callable[[Gate], None]) -> None:
    gate, outcome = Gate(), list[BaseException]()
    gate.set_paused(True)

    def work() -> None:
        try:
            gate.pause_point()
        except JobInterrupted as error:
            outcome.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    turn(gate)
    worker.join()
    assert len(outcome) == 1


class Table:
    def __init__(self, broken: bool = False) -> None:
        self.rows: list[str] = []
        self.broken = broken

    def add(self, entry: Job) -> None:
        if self.broken:
            raise OSError("disk full")
        self.rows.append(entry.id)

    def remove(self, job_id: str) -> None:
        self.rows.remove(job_id)

    def load(self) -> tuple[tuple[Job, ...], tuple[str, ...]]:
        return tuple(map(job, self.rows)), ()


def test_the_journal_keeps_the_queue() -> None:
    table = Table()
    journal = Journal(table, Inline(), lambda: True, lambda _, error: pytest.fail(str(error)))
    for name in "abc":
        journal.added(job(name))
    journal.removed("a")
    journal.forget("c")
    assert table.rows == ["b"]
    assert journal.load() == ((job("b"),), ())


def test_the_journal_of_a_queue_that_is_not_ours_touches_nothing() -> None:
    table = Table()
    journal = Journal(table, Inline(), lambda: False, lambda _, error: pytest.fail(str(error)))
    journal.added(job("a"))
    assert table.rows == []
    assert journal.load() is None


def test_a_failing_disk_is_told_and_the_job_goes_on() -> None:
    told: list[tuple[str, str]] = []
    journal = Journal(Table(broken=True), Inline(), lambda: True, lambda name, error: told.append((name, str(error))))
    journal.added(job("a"))
    assert told == [("a", "disk full")]
