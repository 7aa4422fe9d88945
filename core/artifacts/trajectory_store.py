"""The steps of the jobs of a home: exact ones on disk, to go on from; half-precision ones in memory, to look at.

Both have a budget. Over it, the oldest finished jobs are let go first, then the oldest broken off ones; never the
running one. No torch here.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path

import numpy as np

from core.artifacts.run_log import RunLog
from core.artifacts.step_log import at_work
from core.artifacts.trajectory import Glance, RunBatch, RunHead, State, TrajectoryInfo, info_of, spread
from core.diffusion.level import Level
from core.dissection import Reading
from core.errors import TrajectoryError
from core.requests import ImageRequest

MEMORY_BYTES = 256 << 20
DISK_BYTES = 2 << 30
ENDING = ".steps"
STALE_DAYS = 14.0
"""Steps that nobody touched for so long are swept at a start, unless their job waits."""
FOREIGN_SECONDS = 3600.0
"""A broken off run younger than this may be another process's at work."""
LOGS_HELD = 8
"""Jobs whose logs stay read in memory, the last asked for."""

_Edition = tuple[int, int]
"""Of a file: its bytes, and when it was last written to, ns."""


class _Seen:
    """What memory holds of one job. size: bytes."""

    def __init__(self, request: ImageRequest) -> None:
        self.request = request
        self.levels: tuple[Level, ...] = ()
        self.glances: dict[tuple[int, int], Glance] = {}
        self.size = 0

    def add(self, step: int, batch: RunBatch, noisy: np.ndarray, clean: np.ndarray) -> None:
        self.levels = batch.levels
        for row, item in enumerate(batch.items):
            if (item.index, step) not in self.glances:
                self.size += noisy[row].nbytes + clean[row].nbytes
            self.glances[item.index, step] = Glance(noisy[row], clean[row])

    def steps(self) -> dict[int, int]:
        """How many steps of each picture are there, from the first on."""
        items = {item for item, _ in self.glances}
        return {item: next(step for step in count(0) if (item, step + 1) not in self.glances) for item in items}


class TrajectoryStore:
    """Safe between threads. Only the process that runs a job writes its steps."""

    def __init__(self, folder: Path, *, memory_bytes: int = MEMORY_BYTES, disk_bytes: int = DISK_BYTES) -> None:
        """folder: made when it is first needed."""
        self.folder = folder
        self._lock = threading.RLock()
        self._memory_bytes, self._disk_bytes = memory_bytes, disk_bytes
        self._seen: dict[str, _Seen] = {}
        self._running: dict[str, RunLog | None] = {}
        self._known: dict[str, tuple[_Edition, RunLog]] = {}
        self._endings: dict[str, tuple[_Edition, bool]] = {}

    def set_budgets(self, memory_bytes: int, disk_bytes: int) -> None:
        """Bytes; 0 keeps no more than the running job."""
        with self._lock:
            self._memory_bytes, self._disk_bytes = memory_bytes, disk_bytes
            self._trim()

    def used(self) -> tuple[int, int]:
        """(memory, disk) bytes."""
        with self._lock:
            return sum(seen.size for seen in self._seen.values()), sum(path.stat().st_size for path in self._files())

    def start(self, head: RunHead) -> RunLog:
        """The log of a job that starts or goes on, open for writing. Raises OSError, TrajectoryError.

        The job counts as running until `stop`, even where this raises.
        """
        with self._lock:
            self._running[head.job_id] = None
            self._seen.pop(head.job_id, None)
            self._seen[head.job_id] = _Seen(head.request)
            log = self._running[head.job_id] = RunLog(self._path(head.job_id))
            log.begin(head)
            return log

    def stop(self, job_id: str) -> None:
        """The job runs no longer: its steps may be let go."""
        with self._lock:
            log = self._running.pop(job_id, None)
            if log is not None:
                log.close()
            self._trim()

    def look(self, job_id: str, step: int, batch: RunBatch, noisy: np.ndarray, clean: np.ndarray) -> None:
        """Keep a batch's step of a running job in memory too.

        noisy: at unit variance; both (B, *shape) float16, not written to again.
        """
        with self._lock:
            self._seen[job_id].add(step, batch, noisy, clean)
            self._trim_memory()

    def glance(self, job_id: str, item: int, step: int) -> Glance:
        """step: from 1. Raises TrajectoryError where it is not at hand."""
        with self._lock:
            seen = self._seen.get(job_id)
            held = seen.glances.get((item, step)) if seen else None
        if held is not None:
            return held
        log = self.log(job_id)
        if log is None:
            raise TrajectoryError(f"the steps of job {job_id} are no longer kept; make the picture again")
        state = log.state(item, step)
        return Glance(state.x / np.float32(spread(log.levels(item)[step])), state.x0)

    def state(self, job_id: str, item: int, step: int) -> State | None:
        """The exact state, None where it is not at hand."""
        log = self.log(job_id)
        if log is None:
            return None
        try:
            return log.state(item, step)
        except TrajectoryError:
            return None

    def log(self, job_id: str) -> RunLog | None:
        """A job's steps on disk, None where none are kept. Raises TrajectoryError where they can't be read."""
        with self._lock:
            running = self._running.get(job_id)
            if running is not None:
                return running
            path = self._path(job_id)
            try:
                edition = _edition(path)
            except OSError:
                return None
            # Another process may write it: what was read before counts only while the file is the same.
            known = self._known.pop(job_id, None)
            if known is None or known[0] != edition:
                known = edition, RunLog(path)
            self._known[job_id] = known
            for oldest in list(self._known)[:-LOGS_HELD]:
                del self._known[oldest]
            log = known[1] if known[1].head is not None else None
            self._endings[job_id] = edition, log is None or log.ended
            return log

    def readings(self, job_id: str) -> tuple[Reading, ...]:
        """What was seen of guidance in a job's steps, () for nothing. Raises TrajectoryError where the disk fails."""
        log = self.log(job_id)
        return () if log is None else log.readings()

    def info(self, job_id: str) -> TrajectoryInfo | None:
        """What is at hand of a job. Raises TrajectoryError where the disk fails."""
        log = self.log(job_id)
        if log is not None and log.head is not None and (steps := log.steps()):
            return info_of(job_id, log.head.request, log.levels(min(steps)), steps, exact=True)
        with self._lock:
            seen = self._seen.get(job_id)
            if seen is None or not seen.glances:
                return None
            return info_of(job_id, seen.request, seen.levels, seen.steps(), exact=False)

    def broken_off(self) -> tuple[RunHead, ...]:
        """Of jobs that have steps here, have not made all their pictures, and run nowhere now; oldest first.

        Raises TrajectoryError where the disk fails.
        """
        found = list[RunHead]()
        for path in self._files():
            log = self.log(path.stem)
            if log is not None and log.head is not None and not log.ended and not at_work(path):
                found.append(log.head)
        return tuple(found)

    def forget(self, job_id: str) -> None:
        """Let a job's steps go, unless it runs."""
        with self._lock:
            if job_id in self._running:
                return
            self._seen.pop(job_id, None)
            self._known.pop(job_id, None)
            self._endings.pop(job_id, None)
            with suppress(OSError):
                self._path(job_id).unlink(missing_ok=True)

    def sweep(self, waiting: Collection[str] = ()) -> int:
        """At a start: let go what is stale or unreadable, keep to the budget. waiting: jobs that may yet go on.

        How many jobs' steps that were.
        """
        now, removed = time.time(), 0
        with self._lock:
            for path in self._files():
                age = now - path.stat().st_mtime
                if path.stem in waiting or path.stem in self._running:
                    continue
                if age > STALE_DAYS * 86_400.0 or (age > FOREIGN_SECONDS and self.log(path.stem) is None):
                    self.forget(path.stem)
                    removed += 1
            return removed + self._trim_disk(waiting)

    def _trim(self) -> None:
        self._trim_memory()
        self._trim_disk(())

    def _trim_memory(self) -> None:
        total = sum(seen.size for seen in self._seen.values())
        for job_id in [job_id for job_id in self._seen if job_id not in self._running]:
            if total <= self._memory_bytes:
                return
            total -= self._seen.pop(job_id).size

    def _trim_disk(self, waiting: Collection[str]) -> int:
        files = [(path, path.stat().st_size) for path in self._files()]
        total, removed = sum(size for _, size in files), 0
        if total <= self._disk_bytes:
            return 0
        for path, size in sorted(files, key=lambda entry: not self._ended(entry[0])):
            if total <= self._disk_bytes:
                break
            if path.stem in waiting or path.stem in self._running or self._elsewhere(path):
                continue
            self.forget(path.stem)
            total -= size
            removed += 1
        return removed

    def _ended(self, path: Path) -> bool:
        with suppress(TrajectoryError, OSError):
            known = self._endings.get(path.stem)
            if known is not None and known[0] == _edition(path):
                return known[1]
            log = self.log(path.stem)
            return log is None or log.ended
        return True

    def _elsewhere(self, path: Path) -> bool:
        """Whether another process writes it, or may come back to it soon."""
        return at_work(path) or (time.time() - path.stat().st_mtime < FOREIGN_SECONDS and not self._ended(path))

    def _files(self) -> Iterable[Path]:
        """The oldest first."""
        found = self.folder.glob(f"*{ENDING}") if self.folder.is_dir() else ()
        return sorted(found, key=lambda path: (path.stat().st_mtime, path.name))

    def _path(self, job_id: str) -> Path:
        if not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", job_id):
            raise TrajectoryError(f"job {job_id[:80]!r} is not one; give an id that `noisette history` shows")
        return self.folder / f"{job_id}{ENDING}"


def _edition(path: Path) -> _Edition:
    status = path.stat()
    return status.st_size, status.st_mtime_ns
