"""The queue on disk, written off the caller's thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Protocol

from core.jobs.event import EndedJob
from core.jobs.job import Job


class QueueTable(Protocol):
    """Where the queue is kept (`core.history.queue_table`)."""

    def add(self, job: Job, order: Sequence[str] = ()) -> None: ...

    def order(self, job_ids: Sequence[str]) -> None: ...

    def remove(self, job_id: str) -> None: ...

    def end(self, ended: EndedJob) -> None: ...

    def forget(self, job_ids: Sequence[str]) -> None: ...

    def hold(self, held: bool) -> None: ...

    def load(self) -> tuple[tuple[Job, ...], tuple[str, ...]]: ...

    def load_ended(self) -> tuple[tuple[EndedJob, ...], tuple[str, ...]]: ...

    def held(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Left:
    """What earlier sessions left. jobs: that wait, in order. ended: by time. unread: a sentence for each bad row."""

    jobs: tuple[Job, ...]
    ended: tuple[EndedJob, ...]
    held: bool
    unread: tuple[str, ...]


class Journal:
    """Hands each change of the queue to `executor`, which must keep their order (one thread).

    owned(): asked on that thread before each write; False writes nothing (another process keeps the queue).
    on_error(job_id, error): called on that thread where a write failed; the job goes on, only not kept.
    """

    def __init__(
        self,
        table: QueueTable,
        executor: Executor,
        owned: Callable[[], bool],
        on_error: Callable[[str, Exception], None],
    ) -> None:
        self._table = table
        self._executor = executor
        self._owned = owned
        self._on_error = on_error

    def load(self) -> Left | None:
        """What earlier sessions left; None where the queue is not ours. Raises what the table or `owned` raises."""
        return self._executor.submit(lambda: self._read() if self._owned() else None).result()

    def added(self, job: Job, order: Sequence[str] = ()) -> None:
        """order: the ids of all that wait, where the job is not the last of them."""
        self._submit(job.id, lambda: self._table.add(job, order))

    def ordered(self, job_ids: Sequence[str]) -> None:
        self._submit(job_ids[0] if job_ids else "", lambda: self._table.order(job_ids))

    def held(self, held: bool) -> None:
        self._submit("", lambda: self._table.hold(held))

    def ended(self, ended: EndedJob, *, wait: bool) -> None:
        """Out of the queue and remembered, in one write. wait: return once that is on the disk (or failed)."""
        written = self._submit(ended.job.id, lambda: self._table.end(ended))
        if wait:
            written.result()

    def forgotten(self, job_ids: Sequence[str]) -> None:
        """These ended jobs are remembered no more."""
        self._submit(job_ids[0] if job_ids else "", lambda: self._table.forget(job_ids))

    def removed(self, job_id: str) -> None:
        """Returns once the row is gone (or could not be removed): a finished job must not come back."""
        self._submit(job_id, lambda: self._table.remove(job_id)).result()

    def _read(self) -> Left:
        jobs, unread = self._table.load()
        ended, unread_ended = self._table.load_ended()
        return Left(jobs, ended, self._table.held(), (*unread, *unread_ended))

    def _submit(self, job_id: str, write: Callable[[], None]) -> Future[None]:
        def attempt() -> None:
            try:
                if self._owned():
                    write()
            except Exception as error:
                self._on_error(job_id, error)

        return self._executor.submit(attempt)
