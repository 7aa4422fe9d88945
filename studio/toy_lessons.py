"""Networks of the plane in training: one's jobs from the asking to the file that they leave."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core.jobs.event import TERMINAL, Event, Failed, Progress, Sketched, Started
from core.requests import TrainRequest
from core.toy import PROCESSES, Process, ToyData, strokes_to_text
from studio.bridge import Bridge
from studio.viewmodels.toy_inputs import PROCESS_NAMES, Training

FILE = "toy.safetensors"


class ToyLessons(QObject):
    """folder: where the networks lie, one folder a data set and process.

    began(data, process): a job is at work. went(Training | None): how far, None when nothing is left to train.
    sketched(data, field): the network as it is now. ended(data, process, sentence): of a job; "" where it did not fail.
    known: tells the queue of a job, as (job id, what it is called).
    """

    began = Signal(object, str)
    went = Signal(object)
    sketched = Signal(object, object)
    ended = Signal(object, str, str)

    def __init__(self, bridge: Bridge, folder: Path, known: Callable[[str, str], object]) -> None:
        super().__init__()
        self._bridge, self._folder, self._known = bridge, folder, known
        self._jobs: dict[str, tuple[ToyData, Process]] = {}
        bridge.happened.connect(self._happen)

    @property
    def busy(self) -> bool:
        return bool(self._jobs)

    def train(self, data: ToyData, chain: tuple[Process, ...], steps: int, name: str) -> None:
        """Train networks one after the other, a rectified flow on the flow before it. name: of the data, in words."""
        for process in chain:
            options = [("shape", data.shape), ("strokes", f'"{strokes_to_text(data.strokes)}"')]
            if process == "rectified":
                options.append(("teacher", repr(str(self.file(data, "flow")))))
            folder = str(self.file(data, process).parent)
            request = TrainRequest(
                f"toy_{process}", folder, steps=steps, device="cpu", options=tuple(options), watched=True
            )
            job_id = self._bridge.submit(request, first=process == chain[0])
            self._jobs[job_id] = (data, process)
            self._known(job_id, f"Training: {PROCESS_NAMES[process]} on {name}")
        self.went.emit(Training(chain[0]))

    def stop(self) -> None:
        """Stop what trains and what waits to."""
        for job_id in tuple(self._jobs):
            self._bridge.cancel(job_id)

    def file(self, data: ToyData, process: Process) -> Path:
        """Where the network of these data lies, or will."""
        drawn = hashlib.sha256(strokes_to_text(data.strokes).encode()).hexdigest()[:12] if data.strokes else ""
        return self._folder / f"{data.shape}{drawn and '-'}{drawn}-{process}" / FILE

    def trained(self, data: ToyData) -> tuple[tuple[Process, str], ...]:
        """The networks of these data, of this session or before. It reads the disk: not for the GUI thread."""
        files = ((process, self.file(data, process)) for process in PROCESSES)
        return tuple((process, str(path)) for process, path in files if path.is_file())

    def _happen(self, event: Event) -> None:
        job = self._jobs.get(event.job_id)
        if job is None:
            return
        data, process = job
        if isinstance(event, Started):
            self.went.emit(Training(process, waiting=False))
            self.began.emit(data, process)
        elif isinstance(event, Progress):
            loss = event.extras.get("loss")
            self.went.emit(Training(process, event.done, event.total, waiting=False, loss=loss))
        elif isinstance(event, Sketched):
            self.sketched.emit(data, event.field)
        elif isinstance(event, TERMINAL):
            del self._jobs[event.job_id]
            waiting = next((each for _, each in self._jobs.values()), None)
            self.went.emit(Training(waiting) if waiting else None)
            self.ended.emit(data, process, event.sentence if isinstance(event, Failed) else "")
