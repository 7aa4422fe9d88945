"""The one door to everything that works in the background: requests in, events out.

    engine = Engine()
    engine.start()
    mailbox = engine.subscribe()
    job_id = engine.submit(ImageRequest("a red cube"))
    for event in mailbox.wait(): ...
    engine.close()

Importing this loads no torch; the tasks do, on the worker thread, when the first job needs it.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core.artifacts.artifact import FIRST_PROJECT
from core.artifacts.trajectory import TrajectoryInfo
from core.artifacts.trajectory_store import DISK_BYTES, MEMORY_BYTES, TrajectoryStore
from core.dissection import Reading
from core.errors import RequestError
from core.history.database import Database
from core.history.home import HomeFolder, default_home
from core.history.queue_table import StoredQueue
from core.history.steps import find_glances, find_info, find_readings
from core.history.store import HistoryStore
from core.history.strips import StripShelf, shared
from core.jobs.broadcast import Broadcast
from core.jobs.broken_off import broken_off
from core.jobs.context import JobContext
from core.jobs.ended_jobs import EndedJobs
from core.jobs.event import Cancelled, EndedJob, Event, Failed, Fault, Notice, Preview, Queued, QueueHeld, Remembered
from core.jobs.gate import Gate
from core.jobs.job import Job, new_job_id
from core.jobs.journal import Journal, Left
from core.jobs.lookup import Task, find_devices, find_looks, find_preparation, find_task_for_good
from core.jobs.mailbox import Mailbox
from core.jobs.queue import JobQueue
from core.jobs.queue_owner import QueueOwner
from core.jobs.work_thread import WorkThread
from core.jobs.worker import Worker
from core.models.card import ModelCard
from core.models.registry import SHIPPED, ModelRegistry
from core.request_kinds import Request
from core.requests import Device

ENGINE = ""
"""The job id of an event that is about the engine itself."""


class Engine:
    """A queue, one worker thread, and mailboxes for whoever listens.

    home: the user's folder (default: `NOISETTE_HOME` or the platform's). models: the folders to look in,
    or the one that stands for the shipped models (default: those, then the home's own).
    keep_queue: jobs that wait outlive this process and those of an earlier one come back at `start`; of several engines
    in one home only the first does so. The command line turns it off.
    trajectory_memory, trajectory_disk: bytes that the steps of recent jobs may take; see `TrajectoryStore`.
    find_task: from a request to its task; another one serves tests.
    prepares: the worker imports torch while it has nothing else to do, and loads the models that `prepare` is told of.

    Each submitted job gets exactly one of Done, Cancelled, Failed, whatever happens. Those cancelled and failed are
    remembered, over restarts too where the queue is kept, until they are taken up again or forgotten.
    """

    def __init__(
        self,
        home: Path | None = None,
        models: Path | Sequence[Path] | None = None,
        *,
        keep_queue: bool = True,
        trajectory_memory: int = MEMORY_BYTES,
        trajectory_disk: int = DISK_BYTES,
        find_task: Callable[[Request], Task] = find_task_for_good,
        prepares: bool = False,
    ) -> None:
        self.home = HomeFolder(home or default_home())
        folders = (models or SHIPPED, self.home.models) if models is None or isinstance(models, Path) else tuple(models)
        self.registry = ModelRegistry(folders)
        self._database = Database(self.home.database)
        self._history = HistoryStore(self.home, self._database, emptied=self._forget_steps)
        own, raced = shared(trajectory_disk)
        self._strips = StripShelf(self.home.races, raced)
        self._trajectories = TrajectoryStore(self.home.trajectories, memory_bytes=trajectory_memory, disk_bytes=own)
        self._owner = QueueOwner(self.home.lock, asks=keep_queue, refused=self._not_owned)
        self._gate = Gate()
        self._queue = JobQueue(self._gate.changed)
        self._dissects = threading.Event()
        self._measured: Counter[tuple[object, ...]] = Counter()
        self._turned = False
        self._broadcast = Broadcast()
        self._scribe = ThreadPoolExecutor(1, thread_name_prefix="noisette-journal")
        self._journal = Journal(StoredQueue(self._database), self._scribe, self._owner.owned, self._not_kept)
        self._past = EndedJobs(self._journal, self._gate.changed)
        self._worker = Worker(self._queue, self._gate, self._broadcast, find_task, self._context, self._ended)
        self._prepares = prepares
        self._thread = WorkThread(
            self._worker,
            self._gate,
            recover=self._recover,
            load_ahead=lambda model_id: find_preparation()(self.registry, model_id),
            broke=self._broke,
            prepares=prepares,
        )
        self._closed = False

    def __enter__(self) -> Engine:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def history(self) -> HistoryStore:
        """What was made. Its calls touch the disk: not for a GUI thread."""
        return self._history

    @property
    def paused(self) -> bool:
        return self._gate.paused

    def start(self) -> None:
        """Start the worker: it settles what a crash left, brings back the queue, then takes jobs."""
        self._thread.start()

    def cards(self) -> tuple[ModelCard, ...]:
        """The models that make pictures. The first call reads the disk."""
        return tuple(card for card in self.registry.cards() if card.kind == "picture")

    def devices(self) -> tuple[Device, ...]:
        """What this machine can run networks on, the best first. Imports torch: not for a GUI thread."""
        return find_devices()

    def jobs(self) -> tuple[Job, ...]:
        """The job under way, if there is one, then those that wait, in order."""
        with self._gate.changed:
            running = self._worker.job
            return (*((running,) if running else ()), *self._queue.waiting())

    def ended(self) -> tuple[EndedJob, ...]:
        """The jobs that were cancelled or failed and can be taken up again, the last one last."""
        return self._past.all()

    def subscribe(self, wake: Callable[[], None] | None = None) -> Mailbox:
        """A mailbox of all events from now on. wake: see `Mailbox`; mostly called on the worker thread."""
        return self._broadcast.subscribe(wake)

    def submit(self, request: Request, *, first: bool = False, project: int = FIRST_PROJECT) -> str:
        """Queue a request and return its job's id at once; the disk is left to other threads.

        first: before all that wait. project: what it makes belongs to it. Raises RequestError after `close`.
        """
        job = Job(new_job_id(), request, project)
        with self._gate.changed:
            self._add(job, first)
        return job.id

    def resume_job(self, job_id: str, request: Request | None = None, *, first: bool = True) -> bool:
        """Queue a cancelled or failed job again under its own id, so that it goes on from what it has made.

        request: instead of its own; it must ask for the same pictures. False where no such job is remembered.
        Raises RequestError after `close`.
        """
        with self._gate.changed:
            ended = self._past.get(job_id)
            if ended is None:
                return False
            self._add(Job(job_id, request or ended.job.request, ended.job.project), first)
            self._past.taken_up(job_id)
            return True

    def broken_off(self) -> tuple[Job, ...]:
        """Jobs of any session that left steps, cells or runs, but not all, and run nowhere now; the oldest first.

        It reads the disk: not for a GUI thread.
        """
        busy = {job.id for job in self.jobs()}
        return broken_off(self._trajectories, self.home, self._history.projects.of_job, busy)

    def take_up(self, job_id: str) -> bool:
        """Like `resume_job`, for any of `broken_off`: what it left says enough. It reads the disk.

        False where nothing of such a job is left. Raises RequestError after `close`.
        """
        found = next((job for job in self.broken_off() if job.id == job_id), None)
        if found is None:
            return False
        with self._gate.changed:
            self._past.taken_up(job_id)
            self._add(found, first=True)
        return True

    def move(self, job_id: str, place: int) -> bool:
        """Put a waiting job at a place among those that wait, 0 the first. False where it does not wait."""
        with self._gate.changed:
            found = self._queue.move(job_id, place)
            if found is None:
                return False
            self._journal.ordered([job.id for job in self._queue.waiting() if job.kept])
            self._broadcast.send(Queued(job_id, found + self._running_count()))
            return True

    def forget(self, *job_ids: str) -> None:
        """Remember these ended jobs no more; without ids, none at all."""
        self._past.forget(*job_ids)

    def cancel(self, job_id: str) -> bool:
        """Stop a job, waiting or under way (within one network evaluation). False where it is neither."""
        with self._gate.changed:
            running = self._worker.job
            if running is not None and running.id == job_id:
                self._gate.interrupt()
                return True
        return self.remove(job_id)

    def remove(self, job_id: str) -> bool:
        """Take a waiting job out of the queue; it ends as cancelled. A job under way is left alone.

        False where it does not wait.
        """
        with self._gate.changed:
            job = self._queue.remove(job_id)
            if job is None:
                return False
            self._past.remember(job, Cancelled(job_id, 0, 0), 0, 0, wait=False)
            self._broadcast.send(Cancelled(job_id, 0, 0))
            return True

    def trajectory(self, job_id: str) -> TrajectoryInfo | None:
        """What steps of a job are at hand, of its run or saved with its pictures; None where there are none.

        It may read the disk: not for a GUI thread. Raises TrajectoryError where they can't be read.
        """
        return find_info(job_id, self._trajectories, self.home)

    def looks(self, job_id: str, item: int, steps: Sequence[int]) -> tuple[Preview, ...]:
        """Steps (from 1) of one picture of a job as pixels: Previews of that picture alone, in the order asked for.

        Decodes on the caller's thread, which must not be a GUI thread, and leaves the worker alone. The first call may
        load the model. Raises TrajectoryError for a step that is not at hand, ModelError where the model is gone.
        """
        info, glances = find_glances(job_id, item, steps, self._trajectories, self.home)
        return find_looks()(self.registry, info, steps, glances)

    def dissect(self, on: bool) -> None:
        """Have the steps that are made from now on, of the running job too, tell what guidance does in them.

        What is made stays the same to the bit.
        """
        (self._dissects.set if on else self._dissects.clear)()

    def dissection(self, job_id: str) -> tuple[Reading, ...]:
        """What was seen of guidance in a job's steps, of its run or saved with its pictures; () for nothing.

        It reads the disk: not for a GUI thread. Raises TrajectoryError where that fails.
        """
        return find_readings(job_id, self._trajectories, self.home)

    def _forget_steps(self, job_id: str) -> None:
        """Of a job without pictures: they could be made again from its steps. A job that may yet go on keeps them."""
        with self._gate.changed:
            goes_on = self._past.get(job_id) is not None or any(job.id == job_id for job in self.jobs())
        if not goes_on:
            self._trajectories.forget(job_id)

    def set_trajectory_budgets(self, memory_bytes: int, disk_bytes: int) -> None:
        """Bytes that the steps of recent jobs may take from now on. It may delete files: not for a GUI thread."""
        own, raced = shared(disk_bytes)
        self._trajectories.set_budgets(memory_bytes, own)
        self._strips.set_budget(raced)

    def trajectory_use(self) -> tuple[int, int]:
        """Bytes that steps take now, in memory and on disk. It reads the disk: not for a GUI thread."""
        memory, disk = self._trajectories.used()
        return memory, disk + self._strips.used()

    def prepare(self, model_id: str) -> None:
        """Have this model loaded when the worker has nothing else to do, if this engine `prepares`. Returns at once.

        What goes wrong is not told here: the job that needs the model will tell it.
        """
        if self._prepares:
            self._thread.prepare(model_id)

    def pause(self) -> None:
        """Hold all work before the next network evaluation, until `resume`: a restart does not end it."""
        self._hold(True)

    def resume(self) -> None:
        self._hold(False)

    def close(self) -> None:
        """Stop within one network evaluation, end every job as cancelled, close the mailboxes and the history.

        With `keep_queue` the jobs that were not finished come back at the next start. Safe to repeat.
        """
        with self._gate.changed:
            if self._closed:
                return
            self._closed = True
        self._gate.close()
        self._thread.join()
        while (job := self._queue.take()) is not None:
            self._broadcast.send(Cancelled(job.id, 0, 0))
        self._scribe.shutdown(wait=True)
        self._broadcast.close()
        self._database.close()
        self._owner.release()

    def _recover(self) -> None:
        """A failure here costs the past, not the present: it is told, and work goes on."""
        try:
            left = self._journal.load()
            if left is None:
                return
            from core.history.recovery import recover

            recover(self._history)
            self._trajectories.sweep({*(job.id for job in left.jobs), *(ended.job.id for ended in left.ended)})
        except Exception as error:
            self._tell(f"what an earlier session left could not be brought back: {error}")
            return
        self._restore(left)

    def _restore(self, left: Left) -> None:
        for sentence in left.unread:
            self._tell(sentence)
        with self._gate.changed:
            if left.held and not self._turned:
                self._gate.set_paused(True)
                self._broadcast.send(QueueHeld(ENGINE, True))
            self._past.restore(left.ended)
            for ended in left.ended:
                self._broadcast.send(Remembered(ended.job.id, ended))
            self._queue.restore(left.jobs, lambda job, ahead: self._broadcast.send(Queued(job.id, ahead)))

    def _add(self, job: Job, first: bool) -> None:
        if self._closed:
            raise RequestError("the engine is closed; start Noisette again")
        if job.kept:
            order = [job.id, *(waiting.id for waiting in self._queue.waiting())] if first else []
            self._journal.added(job, order)
        self._queue.add(
            job, lambda ahead: self._broadcast.send(Queued(job.id, ahead + self._running_count())), first=first
        )

    def _hold(self, held: bool) -> None:
        with self._gate.changed:
            self._turned = True
            self._journal.held(held)
            if self._gate.paused != held:
                self._gate.set_paused(held)
                self._broadcast.send(QueueHeld(ENGINE, held))

    def _ended(self, job: Job, event: Event, done: int, total: int) -> None:
        """A job of the worker has ended, and this is on the disk before anyone hears of it."""
        if not job.kept:
            return
        if isinstance(event, Cancelled | Failed):
            self._past.remember(job, event, done, total, wait=True)
        else:
            self._journal.removed(job.id)

    def _not_owned(self) -> None:
        self._tell("another Noisette is open on this folder and keeps its queue; this one's ends with it")

    def _context(self, job: Job) -> JobContext:
        if job.kept:
            # The queue's rows say it too, but not where this engine keeps no queue, and a resumed job asks for it.
            self._history.projects.assign(job.id, job.project)
        return JobContext(
            job.id,
            self.home.root,
            self._history,
            self.registry,
            self._gate,
            trajectories=self._trajectories,
            measured=self._measured,
            project=job.project,
            dissects=self._dissects,
            strips=self._strips,
        )

    def _broke(self, error: Exception, details: str) -> None:
        self._broadcast.send(Fault(ENGINE, f"the queue's worker broke ({error}); it goes on", details))

    def _running_count(self) -> int:
        return 1 if self._worker.job else 0

    def _not_kept(self, job_id: str, error: Exception) -> None:
        self._tell(f"the queue can't be kept ({error}); the work goes on", job_id)

    def _tell(self, sentence: str, job_id: str = ENGINE) -> None:
        event: Event = Notice(job_id, sentence)
        self._broadcast.send(event)
