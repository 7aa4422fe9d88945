"""The jobs of this window: submitted, folded from the engine's events, cancelled, forgotten. No widgets here."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from core.jobs.event import Event
from core.requests import ImageRequest
from studio.bridge import Bridge
from studio.viewmodels.queue import QueueInputs, QueueView, derive_queue
from studio.viewmodels.run import OPEN, Phase, Run, RunBarInputs, RunBarView, derive_run_bar, fold
from studio.viewmodels.view_model import ViewModel

FRAMES_OCTETS = 256 * 2**20
"""Looks at steps of earlier runs are let go, oldest first, beyond so many bytes."""


class Runs(QObject):
    """Owns the runs and the view models of the queue and the run bar."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._runs: dict[str, Run] = {}
        self.queue: ViewModel[QueueInputs, QueueView] = ViewModel(QueueInputs(), derive_queue)
        self.run_bar: ViewModel[RunBarInputs, RunBarView] = ViewModel(RunBarInputs(), derive_run_bar)

    @property
    def all(self) -> tuple[Run, ...]:
        """In the order they were first heard of."""
        return tuple(self._runs.values())

    @property
    def running(self) -> Run | None:
        """The job that is being worked on."""
        return next((run for run in self._runs.values() if run.phase is Phase.RUNNING), None)

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return any(run.phase in OPEN for run in self._runs.values())

    def get(self, job_id: str) -> Run | None:
        return self._runs.get(job_id)

    def submit(self, request: ImageRequest) -> Run:
        """Hand a request to the engine."""
        job_id = self._bridge.submit(request)
        self._runs[job_id] = Run(job_id, request)
        return self._runs[job_id]

    def cancel(self, job_id: str = "") -> None:
        """Cancel a job, the running one by default."""
        run = self._runs.get(job_id) if job_id else self.running
        if run is not None and run.phase in OPEN:
            self._bridge.cancel(run.job_id)

    def take(self, event: Event) -> Run:
        """Fold one event into its run."""
        run = fold(self._runs.get(event.job_id) or self._restored(event.job_id), event)
        self._runs[event.job_id] = run
        return run

    def clear_finished(self, but: Run | None = None) -> None:
        """Forget runs that ended, save one."""
        self._runs = {i: run for i, run in self._runs.items() if run.phase in OPEN or run is but}
        self.refresh()

    def let_go_frames(self, but: Run | None = None) -> None:
        """Keep the looks of ended runs within `FRAMES_OCTETS`; one run keeps its own."""
        total = sum(frame.octets for run in self._runs.values() for frame in run.frames)
        for job_id, run in list(self._runs.items()):
            if total <= FRAMES_OCTETS:
                return
            if run.frames and run.phase not in OPEN and (but is None or job_id != but.job_id):
                total -= sum(frame.octets for frame in run.frames)
                self._runs[job_id] = replace(run, frames=())

    def refresh(self) -> None:
        """Derive the queue and the run bar anew."""
        self.run_bar.update(run=self.running)
        self.queue.update(runs=self.all)

    def _restored(self, job_id: str) -> Run:
        """A run of an earlier session, which the engine has brought back."""
        request = next((job.request for job in self._bridge.engine.jobs() if job.id == job_id), None)
        return Run(job_id, request if isinstance(request, ImageRequest) else None)
