"""The jobs that wait, in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from core.jobs.job import Job


class JobQueue:
    """First in, first out, with removal from the middle and moves. Safe between threads.

    changed: notified by every addition; shared with the gate.
    """

    def __init__(self, changed: threading.Condition) -> None:
        self._changed = changed
        self._jobs: list[Job] = []
        self._seen: set[str] | None = set()

    def __len__(self) -> int:
        return len(self._jobs)

    def waiting(self) -> tuple[Job, ...]:
        with self._changed:
            return tuple(self._jobs)

    def add(self, job: Job, announce: Callable[[int], None], *, first: bool = False) -> None:
        """Append, or put before all others.

        announce(ahead) runs before anyone can take the job, so `Queued` always comes before `Started`.
        """
        with self._changed:
            place = 0 if first else len(self._jobs)
            announce(place)
            if self._seen is not None:
                self._seen.add(job.id)
            self._jobs.insert(place, job)
            self._changed.notify_all()

    def move(self, job_id: str, place: int) -> int | None:
        """Put a waiting job at a place among the others, 0 the first; the place it got, None where it does not wait."""
        with self._changed:
            job = self.remove(job_id)
            if job is None:
                return None
            place = min(max(place, 0), len(self._jobs))
            self._jobs.insert(place, job)
            return place

    def restore(self, jobs: Iterable[Job], announce: Callable[[Job, int], None]) -> None:
        """Put jobs of an earlier session before the present ones; those of this session are left alone. Once only."""
        with self._changed:
            earlier = [job for job in jobs if job.id not in (self._seen or ())]
            self._seen = None
            for ahead, job in enumerate(earlier):
                announce(job, ahead)
            self._jobs[:0] = earlier
            self._changed.notify_all()

    def take(self) -> Job | None:
        """Remove and return the first job, None where there is none."""
        with self._changed:
            return self._jobs.pop(0) if self._jobs else None

    def remove(self, job_id: str) -> Job | None:
        """Remove and return a waiting job, None where it does not wait here."""
        with self._changed:
            for place, job in enumerate(self._jobs):
                if job.id == job_id:
                    return self._jobs.pop(place)
            return None
