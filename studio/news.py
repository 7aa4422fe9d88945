"""What the engine tells, brought to runs, stage, strip and status. No widgets here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.jobs.event import (
    TERMINAL,
    Event,
    Failed,
    Fault,
    Measured,
    Notice,
    Preview,
    Produced,
    QueueHeld,
    Started,
)
from studio.desk import Desk
from studio.gallery import Gallery
from studio.live import LiveMode
from studio.projects import Projects
from studio.runs import Runs
from studio.stage import Stage
from studio.standing import Standing
from studio.viewmodels.run import OPEN, Run
from studio.viewmodels.status import StatusInputs, StatusView
from studio.viewmodels.steps import item_of
from studio.viewmodels.view_model import ViewModel

if TYPE_CHECKING:
    from core.artifacts.artifact import Artifact

UNKNOWN_WORD = re.compile(r"""(['"])(.+)\1 is not in this model's vocabulary""")


class News(QObject):
    """said(sentence): one line for the user that needs no answer. broke(sentence, details): a fault of the engine.

    apart: ids of jobs that other modes look after. browsing: what is on show was chosen, and a job that starts leaves
    it there. asked: the job that was submitted last, until it is on show.
    """

    said = Signal(str)
    broke = Signal(str, str)

    def __init__(
        self,
        desk: Desk,
        runs: Runs,
        stage: Stage,
        gallery: Gallery,
        live: LiveMode,
        projects: Projects,
        standing: Standing,
        status: ViewModel[StatusInputs, StatusView],
    ) -> None:
        super().__init__()
        self._desk, self._runs, self._stage, self._gallery = desk, runs, stage, gallery
        self._live, self._projects, self._standing, self._status = live, projects, standing, status
        self.apart: set[str] = set()
        self.browsing = False
        self.asked = ""
        self._untold: dict[str, Event] = {}
        self._moved = False

    def happen(self, event: Event) -> None:
        """Take in one event; showing it waits for `settle` and `follow`, but for a change of what is on show."""
        if not event.job_id:
            self._take_engine_event(event)
            return
        if event.job_id in self.apart or self._live.take(event):
            return
        run, shown = self._runs.take(event), self._stage.run
        # Of a sweep, whoever asked for it knows for which device.
        if isinstance(event, Measured) and not run.sweep:
            self._desk.note(event, run.request.device if run.request is not None else "")
        if isinstance(event, Notice):
            self._take_notice(run, event.sentence)
        if isinstance(event, Produced):
            self._take_produced(run, event.artifact)
        if isinstance(event, TERMINAL):
            if isinstance(event, Failed) and shown is not None and shown.job_id == run.job_id:
                # The pictures it made are in the history; what is on show now is why there are no more.
                self._gallery.close()
                self._stage.canvas.update(shown=None)
            self._status.update(saved=bool(run.produced))
        if run.apart:
            # It has a mode of its own; here it counts as work that is under way.
            if run.race:
                self._standing.raced = run.job_id
            self._untold[run.job_id] = event
            return
        if isinstance(event, Started) and not self.browsing and run.project == self._projects.current:
            self._stage.focus(run)
        elif isinstance(event, (Produced, *TERMINAL)) and shown is not None and shown.job_id == run.job_id:
            self._stage.show(run)
        told = self._untold.pop(run.job_id, None)
        self._untold[run.job_id] = event if isinstance(event, Preview) or told is None else told

    def settle(self) -> None:
        """Show the steps of the runs, once for all that happened together."""
        untold, self._untold = self._untold, {}
        asked, self.asked = self._runs.get(self.asked), ""
        shown = self._stage.run
        if asked is not None and self._runs.running is None and (shown is None or shown.job_id != asked.job_id):
            self._stage.focus(asked)
        for job_id, event in untold.items():
            run, shown = self._runs.get(job_id), self._stage.run
            if run is None or run.apart:
                continue
            if shown is not None and shown.job_id == job_id:
                self._stage.show(run)
            self._show_in_strip(run, event)
        self._moved = self._moved or bool(untold)

    def follow(self) -> None:
        """Show how the jobs stand, if anything happened."""
        moved, self._moved = self._moved, False
        if moved:
            self._standing.refresh()
            self._standing.refresh_steps()

    def _take_engine_event(self, event: Event) -> None:
        match event:
            case Notice(sentence=sentence):
                self.said.emit(sentence)
            case QueueHeld(held=held):
                self.show_paused(held)
            case Fault(sentence=sentence, details=details):
                self.broke.emit(sentence, details)
            case _:
                pass

    def show_paused(self, paused: bool) -> None:
        """Tell every view that says whether the queue is held."""
        for model in (self._desk.prompt, self._runs.run_bar, self._status, self._runs.queue):
            model.update(paused=paused)

    def _show_in_strip(self, run: Run, event: Event) -> None:
        if run.phase in OPEN:
            self._gallery.show_running(run, event if isinstance(event, Preview) else None)
        else:
            self._gallery.end_running(run.job_id)
            self._runs.let_go_frames(but=self._stage.run)

    def _take_produced(self, run: Run, artifact: Artifact) -> None:
        self._gallery.add(artifact)
        shown = self._stage.run
        if shown is not None and shown.job_id == run.job_id and self._stage.item == item_of(artifact.id):
            self._gallery.open(artifact.id)

    def _take_notice(self, run: Run, sentence: str) -> None:
        found = UNKNOWN_WORD.match(sentence)
        if found is None or run.request is None:
            self.said.emit(sentence)
        else:
            self._desk.learn_unknown(run.request.model_id, found[2])
