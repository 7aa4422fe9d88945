"""Jobs that were cancelled or failed and can be taken up again."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import UTC, datetime

from core.jobs.event import Cancelled, EndedJob, Failed
from core.jobs.job import Job
from core.jobs.journal import Journal


class EndedJobs:
    """What became of them, the last one last, here and in the journal. Safe between threads: all under `lock`."""

    def __init__(self, journal: Journal, lock: threading.Condition) -> None:
        self._journal, self._lock = journal, lock
        self._jobs: dict[str, EndedJob] = {}

    def all(self) -> tuple[EndedJob, ...]:
        with self._lock:
            return tuple(self._jobs.values())

    def get(self, job_id: str) -> EndedJob | None:
        with self._lock:
            return self._jobs.get(job_id)

    def restore(self, earlier: Iterable[EndedJob]) -> None:
        """Those of earlier sessions, before what this one has seen end."""
        with self._lock:
            self._jobs = {**{ended.job.id: ended for ended in earlier}, **self._jobs}

    def remember(self, job: Job, end: Cancelled | Failed, done: int, total: int, *, wait: bool) -> None:
        """done of total steps were made. wait: return once it is on the disk. What is made to be watched is let go."""
        if not job.kept:
            return
        ended = EndedJob(job, end, done, total, datetime.now(UTC).isoformat(timespec="seconds"))
        with self._lock:
            self._jobs[job.id] = ended
        self._journal.ended(ended, wait=wait)

    def taken_up(self, job_id: str) -> None:
        """It waits again, and the journal has it among those that do."""
        with self._lock:
            self._jobs.pop(job_id, None)

    def forget(self, *job_ids: str) -> None:
        """Remember these no more; without ids, none at all."""
        with self._lock:
            gone = [job_id for job_id in job_ids or tuple(self._jobs) if self._jobs.pop(job_id, None)]
            if gone:
                self._journal.forgotten(gone)
