"""A worker without a thread: tests move it step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from core.history.database import Database
from core.history.home import HomeFolder
from core.history.store import HistoryStore
from core.jobs.broadcast import Broadcast
from core.jobs.context import JobContext
from core.jobs.event import Event, Queued
from core.jobs.gate import Gate
from core.jobs.job import Job
from core.jobs.lookup import Task
from core.jobs.queue import JobQueue
from core.jobs.worker import Worker
from core.models.registry import ModelRegistry
from core.requests import ImageRequest


class Clock:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Inline(Executor):
    """Runs what it is given at once, on the caller's thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Bench:
    """A worker with its queue, gate and one mailbox. tasks: job id -> task."""

    def __init__(self, folder: Path, **tasks: Task) -> None:
        home = HomeFolder(folder)
        self.database = Database(home.database)
        self.history = HistoryStore(home, self.database)
        self.gate = Gate()
        self.queue = JobQueue(self.gate.changed)
        self.broadcast = Broadcast()
        self.mailbox = self.broadcast.subscribe()
        self.clock = Clock()
        self.finished: list[str] = []
        self.ends: list[tuple[Event, int, int]] = []
        self.tasks = tasks
        self.registry = ModelRegistry(())
        self.worker = Worker(self.queue, self.gate, self.broadcast, self._find, self.context, self._finish, self.clock)
        for job_id in tasks:
            self.add(job_id)

    def add(self, job_id: str) -> None:
        job = Job(job_id, ImageRequest(prompt=job_id))
        self.queue.add(job, lambda ahead: self.broadcast.send(Queued(job_id, ahead)))

    def context(self, job: Job) -> JobContext:
        return JobContext(job.id, self.history.home.root, self.history, self.registry, self.gate, self.clock)

    def run(self) -> list[Event]:
        """Step until nothing moves; every event since the last look, none merged."""
        events = self.mailbox.drain()
        while self.worker.step():
            events += self.mailbox.drain()
        return events

    def _finish(self, job: Job, event: Event, done: int, total: int) -> None:
        self.finished.append(job.id)
        self.ends.append((event, done, total))

    def _find(self, request: Any) -> Task:
        return self.tasks[request.prompt]


def names(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def task(*moves: Event | BaseException | Callable[[JobContext], None]) -> Task:
    """A task that plays a script: yields events, raises errors, calls the rest with its context."""

    def play(_: ImageRequest, context: JobContext) -> Iterator[Event]:
        for move in moves:
            if isinstance(move, BaseException):
                raise move
            if isinstance(move, Event):
                yield move
            else:
                move(context)

    return play
