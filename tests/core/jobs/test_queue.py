from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.history.database import Database
from core.history.migrations import MIGRATIONS
from core.history.queue_table import REMEMBERED, StoredQueue
from core.jobs.event import Cancelled, EndedJob, Failed
from core.jobs.gate import Gate, JobInterrupted
from core.jobs.job import Job, new_job_id
from core.jobs.journal import Journal
from core.jobs.queue import JobQueue
from core.request_json import request_to_plain
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


def test_a_job_may_be_put_first() -> None:
    queue, told = queue_of("a", "b"), list[int]()
    queue.add(job("urgent"), told.append, first=True)
    assert ids(queue) == ["urgent", "a", "b"]
    assert told == [0]


@pytest.mark.parametrize(
    ("name", "place", "order"),
    [("c", 0, "cabd"), ("a", 2, "bcad"), ("a", 99, "bcda"), ("d", -5, "dabc"), ("b", 1, "abcd")],
)
def test_a_waiting_job_moves_to_a_place_among_the_others(name: str, place: int, order: str) -> None:
    queue = queue_of(*"abcd")
    assert queue.move(name, place) == order.index(name)
    assert "".join(ids(queue)) == order


def test_a_job_that_does_not_wait_can_not_be_moved() -> None:
    queue = queue_of("a")
    assert queue.move("x", 0) is None
    assert ids(queue) == ["a"]


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


@pytest.fixture
def table(tmp_path: Path) -> Iterator[StoredQueue]:
    database = Database(tmp_path / "noisette.sqlite3")
    yield StoredQueue(database)
    database.close()


def journal_of(table: StoredQueue) -> Journal:
    return Journal(table, Inline(), lambda: True, lambda _, error: pytest.fail(str(error)))


def ended(name: str, end: Cancelled | Failed | None = None) -> EndedJob:
    return EndedJob(job(name), end or Cancelled(name, 3, 8), 3, 8, "2026-11-21T10:03:00+00:00")


def waiting(journal: Journal) -> list[str]:
    left = journal.load()
    assert left is not None
    return [each.id for each in left.jobs]


def test_the_journal_keeps_the_queue(table: StoredQueue) -> None:
    journal = journal_of(table)
    for name in "abc":
        journal.added(job(name))
    journal.removed("a")
    assert waiting(journal) == ["b", "c"]


def test_the_journal_keeps_the_order_and_a_job_under_way_stays_first(table: StoredQueue) -> None:
    journal = journal_of(table)
    for name in "rabc":
        journal.added(job(name))
    journal.ordered(["c", "a", "b"])
    assert waiting(journal) == list("rcab")
    journal.added(job("n"))
    journal.added(job("f"), ["f", "c", "a", "b", "n"])
    assert waiting(journal) == list("rfcabn")


def test_what_ended_is_remembered_until_it_is_taken_up_or_forgotten(table: StoredQueue) -> None:
    journal = journal_of(table)
    failure = Failed("b", "it broke; mend it", "Traceback", expected=False)
    for name in "abc":
        journal.added(job(name))
    journal.ended(ended("a"), wait=True)
    journal.ended(ended("b", failure), wait=False)
    left = journal.load()
    assert left is not None
    assert left.ended == (ended("a"), ended("b", failure))
    assert [each.id for each in left.jobs] == ["c"]
    journal.added(job("a"))
    journal.forgotten(["b"])
    left = journal.load()
    assert left is not None
    assert left.ended == ()
    assert [each.id for each in left.jobs] == ["c", "a"]


def test_only_the_last_ended_jobs_are_remembered(table: StoredQueue) -> None:
    journal = journal_of(table)
    names = [f"j{number:03}" for number in range(REMEMBERED + 5)]
    for name in names:
        journal.ended(ended(name), wait=False)
    left = journal.load()
    assert left is not None
    assert [each.job.id for each in left.ended] == names[5:]


def test_a_held_queue_is_remembered(table: StoredQueue) -> None:
    journal = journal_of(table)
    assert not table.held()
    journal.held(True)
    assert table.held()
    journal.held(False)
    left = journal.load()
    assert left is not None
    assert not left.held


def test_a_row_that_can_not_be_read_is_told_and_left(tmp_path: Path) -> None:
    database = Database(tmp_path / "noisette.sqlite3")
    table = StoredQueue(database)
    table.end(ended("good"))
    table.end(ended("bad"))
    with database.transaction() as connection:
        connection.execute("UPDATE ended_jobs SET ending = '{' WHERE id = 'bad'")
    good, unread = table.load_ended()
    database.close()
    assert [each.job.id for each in good] == ["good"]
    assert len(unread) == 1
    assert "the ended job bad is not JSON" in unread[0]


def test_a_queue_of_the_first_edition_keeps_its_order(tmp_path: Path) -> None:
    path = tmp_path / "noisette.sqlite3"
    old = sqlite3.connect(path)
    for statement in MIGRATIONS[0]:
        old.execute(statement)
    for name in ("first", "second"):
        text = json.dumps(request_to_plain(ImageRequest(name)))
        old.execute("INSERT INTO queue (id, request) VALUES (?, ?)", (name, text))
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    database = Database(path)
    table = StoredQueue(database)
    table.add(job("third"))
    assert [each.id for each in table.load()[0]] == ["first", "second", "third"]
    database.close()


def test_the_journal_of_a_queue_that_is_not_ours_touches_nothing(table: StoredQueue) -> None:
    journal = Journal(table, Inline(), lambda: False, lambda _, error: pytest.fail(str(error)))
    journal.added(job("a"))
    journal.ended(ended("b"), wait=True)
    journal.held(True)
    assert table.load() == ((), ())
    assert table.load_ended() == ((), ())
    assert not table.held()
    assert journal.load() is None


def test_a_failing_disk_is_told_and_the_job_goes_on(tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []
    (tmp_path / "file").write_text("not a folder")
    table = StoredQueue(Database(tmp_path / "file" / "noisette.sqlite3"))
    journal = Journal(table, Inline(), lambda: True, lambda name, error: told.append((name, str(error))))
    journal.added(job("a"))
    journal.ended(ended("b"), wait=True)
    assert [name for name, _ in told] == ["a", "b"]
    assert all("check the disk" in sentence for _, sentence in told)
