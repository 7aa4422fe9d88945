"""One job's steps in one file: written as they are made, read again to go on, to branch or to look. No torch here."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.artifacts.readings import KIND, reading_of, record_of
from core.artifacts.step_log import Place, Record, StepLog, read_arrays, read_log
from core.artifacts.trajectory import RunBatch, RunHead, RunItem, State
from core.diffusion.level import Level
from core.dissection import Reading
from core.errors import NoisetteError, TrajectoryError
from core.plain import from_plain, to_plain


@dataclass(frozen=True, slots=True)
class _Kept:
    """Where a state lies: row of a record's arrays."""

    place: Place
    row: int
    hashed: str


class RunLog:
    """The steps of one job. Safe between threads: one writes, any read.

    Opening reads what is there; `begin` must come before the first batch is written.
    """

    def __init__(self, path: Path) -> None:
        """Raises TrajectoryError where the file can't be read."""
        self.path = path
        self.head: RunHead | None = None
        self.ended = False
        self._foreign = False
        self._lock = threading.Lock()
        self._writer: StepLog | None = None
        self._batch: RunBatch | None = None
        self._batches: dict[int, RunBatch] = {}
        self._states: dict[tuple[int, int], _Kept] = {}
        self._readings: list[Record] = []
        for record in read_log(path):
            try:
                self._take(record)
            except (NoisetteError, KeyError, TypeError, ValueError):
                self._foreign = True
                break

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def begin(self, head: RunHead) -> None:
        """Open for writing: go on with what is there where the head is the same, else from nothing. Raises OSError."""
        with self._lock:
            if self.head is None or self._foreign or not head.goes_on(self.head):
                self._forget()
                self.path.unlink(missing_ok=True)
            self._writer = StepLog(self.path)
            if self.head is None:
                self._writer.append({"kind": "head", "head": to_plain(head)})
                self.head = head
            self.ended = False

    def add_batch(self, batch: RunBatch) -> None:
        """The states that follow are of these pictures, in this order. Raises OSError."""
        with self._lock:
            self._open().append({"kind": "batch", "batch": to_plain(batch)})
            self._enter(batch)

    def add_step(self, step: int, x: np.ndarray, x0: np.ndarray, hashes: Sequence[str]) -> None:
        """step: from 1. x, x0: (B, *shape) float32 of the batch at work. hashes: of each x. Raises OSError."""
        with self._lock:
            data: dict[str, Any] = {"kind": "step", "step": step, "hashes": list(hashes)}
            self._index(step, hashes, self._open().append(data, {"x": x, "x0": x0}))

    def add_reading(self, reading: Reading) -> None:
        """What was seen of guidance in a step. Raises OSError."""
        with self._lock:
            data, arrays = record_of(reading)
            self._readings.append(Record(data, self._open().append(data, arrays)))

    def readings(self) -> tuple[Reading, ...]:
        """In the order in which they were made. Raises TrajectoryError where one can't be read."""
        with self._lock:
            records = tuple(self._readings)
        try:
            return tuple(reading_of(record.data, read_arrays(self.path, record.place)) for record in records)
        except (KeyError, TypeError, ValueError) as error:
            raise TrajectoryError(f"{self.path} holds a reading of guidance that makes no sense ({error})") from error

    def end(self) -> None:
        """Every picture of the job is made. Raises OSError."""
        with self._lock:
            self._open().append({"kind": "end"})
            self.ended = True

    def close(self) -> None:
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def steps(self) -> dict[int, int]:
        """How many steps of each picture are there, from the first on without a gap."""
        with self._lock:
            return {item: self._reach(item) for item in self._batches}

    def item(self, item: int) -> RunItem | None:
        with self._lock:
            batch = self._batches.get(item)
        return None if batch is None else next(each for each in batch.items if each.index == item)

    def levels(self, item: int) -> tuple[Level, ...]:
        """Of the picture's whole run. Raises TrajectoryError for one that isn't there."""
        with self._lock:
            batch = self._batches.get(item)
        if batch is None:
            raise TrajectoryError(f"no steps of picture {item} are kept; make the picture again")
        return batch.levels

    def hashes(self, item: int, steps: int) -> tuple[str, ...]:
        """Of the first states."""
        with self._lock:
            return tuple(self._states[item, step].hashed for step in range(1, steps + 1))

    def state(self, item: int, step: int) -> State:
        """step: from 1. Raises TrajectoryError where it isn't there or is damaged."""
        with self._lock:
            kept = self._states.get((item, step))
        if kept is None:
            raise TrajectoryError(f"step {step} of picture {item} is not kept; make the picture again")
        arrays = read_arrays(self.path, kept.place)
        return State(arrays["x"][kept.row], arrays["x0"][kept.row], kept.hashed)

    def forget_from(self, item: int, step: int) -> None:
        """Treat a picture's states from this step on as not there: they turned out to be damaged."""
        with self._lock:
            for key in [key for key in self._states if key[0] == item and key[1] >= step]:
                del self._states[key]

    def _open(self) -> StepLog:
        if self._writer is None:
            raise TrajectoryError(f"the kept steps {self.path} are closed; begin first")
        return self._writer

    def _reach(self, item: int) -> int:
        step = 0
        while (item, step + 1) in self._states:
            step += 1
        return step

    def _take(self, record: Record) -> None:
        data, where = record.data, f"the kept steps {self.path}"
        match data.get("kind"):
            case "head":
                self.head = from_plain(RunHead, data.get("head"), where)
            case "batch":
                self._enter(from_plain(RunBatch, data.get("batch"), where))
            case "step":
                self._index(int(data["step"]), [str(each) for each in data["hashes"]], record.place)
            case kind if kind == KIND:
                self._readings.append(record)
            case "end":
                self.ended = True
            case kind:
                raise TrajectoryError(f"{where} hold a record of kind {kind!r}; a later Noisette wrote it")

    def _enter(self, batch: RunBatch) -> None:
        self._batch = batch
        self._batches.update({item.index: batch for item in batch.items})

    def _index(self, step: int, hashes: Sequence[str], place: Place) -> None:
        if self._batch is None or len(hashes) != len(self._batch.items):
            raise TrajectoryError(f"the kept steps {self.path} hold a step of no batch; make the picture again")
        for row, (item, hashed) in enumerate(zip(self._batch.items, hashes, strict=True)):
            self._states[item.index, step] = _Kept(place, row, hashed)

    def _forget(self) -> None:
        self.head, self.ended, self._batch, self._foreign = None, False, None, False
        self._batches.clear()
        self._states.clear()
        self._readings.clear()
