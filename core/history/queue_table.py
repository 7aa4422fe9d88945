"""The queue on disk: requests that were asked for and are not finished."""

from __future__ import annotations

import json

from core.errors import NoisetteError
from core.history.database import Database
from core.jobs.job import Job
from core.plain import parse_json
from core.request_json import request_from_plain, request_to_plain


class StoredQueue:
    """Rows in the order they were asked for. A job under way keeps its row until it ends."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, job: Job) -> None:
        text = json.dumps(request_to_plain(job.request))
        with self._database.transaction() as connection:
            connection.execute("INSERT INTO queue (id, request) VALUES (?, ?)", (job.id, text))

    def remove(self, job_id: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM queue WHERE id = ?", (job_id,))

    def load(self) -> tuple[tuple[Job, ...], tuple[str, ...]]:
        """The jobs, and a sentence for each row that this edition can't read (it is left where it is)."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id, request FROM queue ORDER BY number").fetchall()
        jobs: list[Job] = []
        unread: list[str] = []
        for row in rows:
            where = f"the waiting job {row['id']}"
            try:
                jobs.append(Job(row["id"], request_from_plain(parse_json(row["request"], where), where)))
            except NoisetteError as error:
                unread.append(str(error))
        return tuple(jobs), tuple(unread)
