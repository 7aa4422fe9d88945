"""The queue on disk: requests that were asked for and are not finished, and those that ended without a result."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from core.errors import NoisetteError
from core.history.database import Database
from core.history.project_table import assign
from core.jobs.event import Cancelled, EndedJob, Failed
from core.jobs.job import Job
from core.plain import from_plain, parse_json, to_plain
from core.request_json import request_from_plain, request_to_plain

REMEMBERED = 60
"""Ended jobs that are kept; the oldest beyond them go."""
ENDS: dict[str, type[Cancelled | Failed]] = {"cancelled": Cancelled, "failed": Failed}
HELD = "held"
OF_JOB = "coalesce((SELECT project FROM job_projects WHERE job = id), 1) AS project"

T = TypeVar("T")


class StoredQueue:
    """Rows in the order in which they come to work. A job under way keeps its row until it ends."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, job: Job, order: Sequence[str] = ()) -> None:
        """A job that waits, the last one unless `order` names all that wait. It is no ended job any more."""
        text = json.dumps(request_to_plain(job.request))
        with self._database.transaction() as connection:
            assign(connection, job.id, job.project)
            connection.execute("DELETE FROM ended_jobs WHERE id = ?", (job.id,))
            connection.execute(
                "INSERT INTO queue (id, request, place) VALUES (?, ?, (SELECT coalesce(max(place), 0) + 1 FROM queue))",
                (job.id, text),
            )
            _order(connection, order)

    def order(self, job_ids: Sequence[str]) -> None:
        """The waiting jobs in their new order; a job under way stays before them."""
        with self._database.transaction() as connection:
            _order(connection, job_ids)

    def remove(self, job_id: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM queue WHERE id = ?", (job_id,))

    def end(self, ended: EndedJob) -> None:
        """Out of the queue and among the ended ones, or neither."""
        kind = next(name for name, known in ENDS.items() if type(ended.end) is known)
        request, end = json.dumps(request_to_plain(ended.job.request)), json.dumps(to_plain(ended.end))
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM queue WHERE id = ?", (ended.job.id,))
            connection.execute(
                "INSERT OR REPLACE INTO ended_jobs (id, request, kind, ending, done, total, ended_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (ended.job.id, request, kind, end, ended.done, ended.total, ended.at),
            )
            connection.execute(
                "DELETE FROM ended_jobs WHERE number NOT IN"
                " (SELECT number FROM ended_jobs ORDER BY number DESC LIMIT ?)",
                (REMEMBERED,),
            )

    def forget(self, job_ids: Sequence[str]) -> None:
        """Remember these ended jobs no more."""
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM ended_jobs WHERE id = ?", [(job_id,) for job_id in job_ids])

    def hold(self, held: bool) -> None:
        """Whether the queue stands still."""
        with self._database.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO queue_state (name, value) VALUES (?, ?)", (HELD, int(held)))

    def held(self) -> bool:
        with self._database.reading() as connection:
            row = connection.execute("SELECT value FROM queue_state WHERE name = ?", (HELD,)).fetchone()
        return bool(row and row["value"])

    def load(self) -> tuple[tuple[Job, ...], tuple[str, ...]]:
        """The jobs, and a sentence for each row that this edition can't read (it is left where it is)."""
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT id, request, {OF_JOB} FROM queue ORDER BY place, number").fetchall()
        return _readable(rows, lambda row: _job(row, f"the waiting job {row['id']}"))

    def load_ended(self) -> tuple[tuple[EndedJob, ...], tuple[str, ...]]:
        """The ended jobs, the last one last, and sentences as `load` gives them."""
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT *, {OF_JOB} FROM ended_jobs ORDER BY number").fetchall()
        return _readable(rows, _ended)


def _order(connection: sqlite3.Connection, job_ids: Sequence[str]) -> None:
    """Places only ever rise, so that a row that is not named (a job under way) comes before those that are."""
    if not job_ids:
        return
    last = int(connection.execute("SELECT coalesce(max(place), 0) FROM queue").fetchone()[0])
    connection.executemany(
        "UPDATE queue SET place = ? WHERE id = ?",
        [(place, job_id) for place, job_id in enumerate(job_ids, last + 1)],
    )


def _readable(rows: Iterable[Any], read: Callable[[Any], T]) -> tuple[tuple[T, ...], tuple[str, ...]]:
    good: list[T] = []
    unread: list[str] = []
    for row in rows:
        try:
            good.append(read(row))
        except NoisetteError as error:
            unread.append(str(error))
    return tuple(good), tuple(unread)


def _job(row: Any, where: str) -> Job:
    return Job(row["id"], request_from_plain(parse_json(row["request"], where), where), row["project"])


def _ended(row: Any) -> EndedJob:
    where = f"the ended job {row['id']}"
    end = from_plain(ENDS[row["kind"]], parse_json(row["ending"], where), where)
    return EndedJob(_job(row, where), end, row["done"], row["total"], row["ended_at"])
