"""The one place where jobs run: takes a job, iterates its task, says how it ended.

A worker holds no thread. The engine calls `step` in its thread; a test calls it by hand.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from core.jobs.broadcast import Broadcast
from core.jobs.context import JobContext
from core.jobs.event import TERMINAL, Cancelled, Done, Event, Failed, Progress, Queued, Started
from core.jobs.failure import failed
from core.jobs.gate import Gate, JobInterrupted
from core.jobs.job import Job
from core.jobs.lookup import Task
from core.jobs.queue import JobQueue
from core.request_kinds import Request


@dataclass(slots=True)
class _Running:
    job: Job
    started: float
    events: Iterator[Event] | None = None
    done: int = 0
    total: int = 0


class Worker:
    """find_task: from a request to its task. context: what a job's task is given.

    finished(job, event, done, total): called before the terminal event of every job that should not come back at the
    next start; done of total steps were made.
    """

    def __init__(
        self,
        queue: JobQueue,
        gate: Gate,
        broadcast: Broadcast,
        find_task: Callable[[Request], Task],
        context: Callable[[Job], JobContext],
        finished: Callable[[Job, Event, int, int], None],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._queue = queue
        self._gate = gate
        self._broadcast = broadcast
        self._find_task = find_task
        self._context = context
        self._finished = finished
        self._clock = clock
        self._running: _Running | None = None

    @property
    def job(self) -> Job | None:
        """The job under way."""
        running = self._running
        return running.job if running else None

    @property
    def ready(self) -> bool:
        """Whether a `step` would move."""
        if self._running is None:
            return not self._gate.paused and len(self._queue) > 0
        return self._gate.interrupted or not self._gate.paused

    def step(self) -> bool:
        """One move: take a job, or pull one event of the one under way. False where there is nothing to do now."""
        if self._running is None:
            return not self._gate.paused and self._take()
        if self._gate.interrupted:
            self._stop(self._running)
            return True
        if self._gate.paused:
            return False
        self._pull(self._running)
        return True

    def close(self) -> None:
        """End the job under way as cancelled, without `finished`: it may come back at the next start."""
        if self._running is not None:
            self._stop(self._running)

    def give_up(self, error: BaseException) -> None:
        """End the job under way, where there is one, as failed: a step of this worker itself has raised."""
        running = self._running
        if running is not None:
            _close(running)
            self._end(running, failed(running.job.id, error))

    def _take(self) -> bool:
        with self._gate.changed:
            job = self._queue.take()
            if job is None:
                return False
            self._gate.reset()
            self._running = _Running(job, self._clock())
        self._broadcast.send(Started(job.id))
        return True

    def _pull(self, running: _Running) -> None:
        try:
            if running.events is None:
                task = self._find_task(running.job.request)
                running.events = task(running.job.request, self._context(running.job))
            event = next(running.events)
        except StopIteration:
            self._end(running, Done(running.job.id, self._clock() - running.started))
        except JobInterrupted:
            self._stop(running)
        except BaseException as error:
            self._end(running, failed(running.job.id, error))
        else:
            self._pass_on(running, event)

    def _pass_on(self, running: _Running, event: Event) -> None:
        if isinstance(event, Queued | Started) or event.job_id != running.job.id:
            self._fail_task(running, f"a task sent {event!r}; lifecycle events and other jobs' events are not its own")
            return
        if isinstance(event, Progress):
            running.done, running.total = event.done, event.total
        if isinstance(event, TERMINAL):
            self._end(running, _close(running) or event)
            return
        self._broadcast.send(event)

    def _fail_task(self, running: _Running, reason: str) -> None:
        _close(running)
        self._end(running, failed(running.job.id, RuntimeError(reason)))

    def _stop(self, running: _Running) -> None:
        self._end(running, _close(running) or Cancelled(running.job.id, running.done, running.total))

    def _end(self, running: _Running, event: Event) -> None:
        comes_back = isinstance(event, Cancelled) and self._gate.closing and not self._gate.cancelled
        if not comes_back:
            with suppress(Exception):
                self._finished(running.job, event, running.done, running.total)
        self._running = None
        self._broadcast.send(event)


def _close(running: _Running) -> Failed | None:
    """Close the task's generator; the failure where its clean-up failed."""
    close = getattr(running.events, "close", None)
    if close is None:
        return None
    try:
        close()
    except JobInterrupted:
        return None
    except BaseException as error:
        return failed(running.job.id, error)
    return None
