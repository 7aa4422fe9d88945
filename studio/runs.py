"""The jobs of this window: submitted, folded from the engine's events, cancelled, forgotten. No widgets here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.compare.naming import lane_names
from core.jobs.event import TERMINAL, Event, Queued
from core.requests import CompareRequest, ImageRequest, ReplayRequest
from studio.background import Background
from studio.bridge import Bridge
from studio.viewmodels.cost import Cost
from studio.viewmodels.queue import QueueInputs, QueueView, derive_queue
from studio.viewmodels.run import OPEN, Phase, Run, RunBarInputs, RunBarView, derive_run_bar, fold
from studio.viewmodels.view_model import ViewModel

if TYPE_CHECKING:
    from core.artifacts.artifact import Artifact
    from core.request_kinds import Request
    from core.sweeps.request import SweepRequest

FRAMES_OCTETS = 256 * 2**20
"""Looks at steps of earlier runs are let go, oldest first, beyond so many bytes."""


class Runs(QObject):
    """Owns the runs and the view models of the queue and the run bar. cost: what a request would take.

    learnt(run, artifact): which picture a job of an earlier session makes again.
    """

    learnt = Signal(object, object)

    def __init__(self, bridge: Bridge, background: Background, cost: Callable[[ImageRequest], Cost]) -> None:
        super().__init__()
        self._bridge, self._background, self._cost = bridge, background, cost
        self._cleared: set[str] = set()
        self._runs: dict[str, Run] = {}
        self.queue: ViewModel[QueueInputs, QueueView] = ViewModel(QueueInputs(), derive_queue)
        self.run_bar: ViewModel[RunBarInputs, RunBarView] = ViewModel(RunBarInputs(), derive_run_bar)

    @property
    def all(self) -> tuple[Run, ...]:
        """Those that ended last, last; before them in the order they were first heard of."""
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

    def submit(self, request: ImageRequest, project: int, *, first: bool = False) -> Run:
        """Hand a request to the engine. project: where its pictures go. first: before all that wait."""
        job_id = self._bridge.submit(request, first=first, project=project)
        self._runs[job_id] = Run(job_id, request, project=project)
        return self._runs[job_id]

    def submit_race(self, request: CompareRequest, project: int) -> Run:
        """Hand a race to the engine."""
        job_id = self._bridge.submit(request, project=project)
        self._runs[job_id] = Run(job_id, project=project, race=race_words(request))
        return self._runs[job_id]

    def begin_training(self, job_id: str, words: str) -> None:
        """A job that trains a network has been handed to the engine. words: what it trains."""
        self._runs[job_id] = Run(job_id, training=words)

    def submit_sweep(self, request: SweepRequest, project: int) -> Run:
        """Hand a sweep to the engine."""
        job_id = self._bridge.submit(request, project=project)
        self._runs[job_id] = Run(job_id, project=project, race=sweep_words(request), sweep=True)
        return self._runs[job_id]

    def repeat(self, artifact: Artifact) -> str:
        """Have a picture made again, to compare; the job's id."""
        job_id = self._bridge.submit(ReplayRequest(artifact.id))
        self._runs[job_id] = Run(job_id, repeats=artifact.recipe.again(), project=artifact.project)
        return job_id

    def cancel(self, job_id: str = "") -> None:
        """Cancel a job, the running one by default."""
        run = self._runs.get(job_id) if job_id else self.running
        if run is not None and run.phase in OPEN:
            self._bridge.cancel(run.job_id)

    def resume(self, job_id: str, request: ImageRequest | None = None) -> bool:
        """Take up a cancelled or failed job again: it goes on from what it has made. False where it can't be.

        request: instead of its own, for the same pictures.
        """
        run = self._runs.get(job_id)
        if run is None or run.phase not in (Phase.CANCELLED, Phase.FAILED):
            return False
        if not self._bridge.resume_job(job_id, request):
            return False
        self._cleared.discard(job_id)
        if request is not None:
            self._runs[job_id] = replace(run, request=request)
        return True

    def move(self, job_id: str, by: int) -> None:
        """Move a waiting job up (−1) or down (+1) among those that wait."""
        waiting = [row.job_id for row in self.queue.view.rows if row.movable]
        if job_id in waiting:
            self.place(job_id, waiting.index(job_id) + by)

    def place(self, job_id: str, place: int) -> None:
        """Put a waiting job at a place among those that wait, 0 the first."""
        self._bridge.move(job_id, max(place, 0))
        self.refresh()

    def forget(self, job_id: str) -> None:
        """Take a job that ended off the list."""
        run = self._runs.get(job_id)
        if run is not None and run.phase not in OPEN:
            self._cleared.add(job_id)
            self._bridge.forget(job_id)
            self.refresh()

    def take(self, event: Event) -> Run:
        """Fold one event into its run."""
        run = fold(self._runs.get(event.job_id) or self._restored(event.job_id), event)
        if isinstance(event, Queued):
            self._cleared.discard(event.job_id)
        if isinstance(event, TERMINAL):
            self._runs.pop(event.job_id, None)
        self._runs[event.job_id] = run
        return run

    def clear_finished(self, but: Run | None = None) -> None:
        """Take all that ended off the list. One of them may be on show; it stays at hand."""
        self._runs = {i: run for i, run in self._runs.items() if run.phase in OPEN or run is but}
        if but is not None and but.phase not in OPEN:
            self._cleared.add(but.job_id)
        if self._bridge.is_open:
            self._bridge.forget()
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
        runs = tuple(run for run in self._runs.values() if run.job_id not in self._cleared)
        order = tuple(job.id for job in self._bridge.engine.jobs()) if self._bridge.is_open else ()
        waiting = (run for run in runs if run.phase is Phase.WAITING and run.request is not None)
        seconds = {run.job_id: self._cost(run.request).seconds for run in waiting if run.request is not None}
        self.queue.update(
            runs=tuple(sorted(runs, key=lambda run: order.index(run.job_id) if run.job_id in order else len(order))),
            seconds=tuple((job_id, value) for job_id, value in seconds.items() if value is not None),
        )

    def _restored(self, job_id: str) -> Run:
        """A run of an earlier session, which the engine has brought back."""
        engine = self._bridge.engine
        known = (*engine.jobs(), *(ended.job for ended in engine.ended()))
        job = next((job for job in known if job.id == job_id), None)
        if job is None:
            return Run(job_id)
        if isinstance(job.request, ReplayRequest):
            self._ask_what(job_id, job.request.artifact_id)
        request = job.request if isinstance(job.request, ImageRequest) else None
        race = race_words(job.request) if isinstance(job.request, CompareRequest) else ""
        swept = "" if race or request else self._swept(job.request)
        return Run(job_id, request, project=job.project, race=race or swept, sweep=bool(swept))

    def _swept(self, request: Request) -> str:
        # Late: the window stands sooner without it.
        from core.sweeps.request import SweepRequest

        return sweep_words(request) if isinstance(request, SweepRequest) else ""

    def _ask_what(self, job_id: str, repeated: str) -> None:
        history = self._bridge.engine.history
        # Where the picture is gone the job itself says so.
        self._background.run(lambda: history.get(repeated), lambda each: self._learn(job_id, each), lambda _: None)

    def _learn(self, job_id: str, artifact: Artifact) -> None:
        run = self._runs.get(job_id)
        if run is not None:
            self._runs[job_id] = replace(run, repeats=artifact.recipe.again(), project=artifact.project)
            self.learnt.emit(self._runs[job_id], artifact)
            self.refresh()


def race_words(request: CompareRequest) -> str:
    """What a race is called in the queue: "Race: Euler, Heun, DPM++ 2M"."""
    return f"Race: {', '.join(lane_names(request))}"


def sweep_words(request: SweepRequest) -> str:
    """What a sweep is called in the queue: "Grid: Sampler, Evaluations; 9 cells"."""
    from core.sweeps.settings import setting_named

    names = ", ".join(setting_named(axis.setting).title for axis in request.axes)
    return f"Grid: {names}; {request.total} {'cell' if request.total == 1 else 'cells'}"
