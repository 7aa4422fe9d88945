"""The queue on disk, written off the caller's thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Protocol

from core.jobs.job import Job


class QueueTable(Protocol):
    """Where the queue is kept (`core.history.queue_table`)."""

    def add(self, job: Job) -> None: ...

    def remove(self, job_id: str) -> None: ...

    def load(self) -> tuple[tuple[Job, ...], tuple[str, ...]]: ...


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

    def load(self) -> tuple[tuple[Job, ...], tuple[str, ...]] | None:
        """What earlier sessions left (see `StoredQueue.load`); None where the queue is not ours.

        Raises what the table or `owned` raises.
        """
        return self._executor.submit(lambda: self._table.load() if self._owned() else None).result()

    def added(self, job: Job) -> None:
        self._submit(job.id, lambda: self._table.add(job))

    def removed(self, job_id: str) -> None:
        """Returns once the row is gone (or could not be removed): a finished job must not come back."""
        self._submit(job_id, lambda: self._table.remove(job_id)).result()

    def forget(self, job_id: str) -> None:
        """Like `removed`, without waiting."""
        self._submit(job_id, lambda: self._table.remove(job_id))

    def _submit(self, job_id: str, write: Callable[[], None]) -> Future[None]:
        def attempt() -> None:
            try:
                if self._owned():
                    write()
            except Exception as error:
                self._on_error(job_id, error)

        return self._executor.submit(attempt)
