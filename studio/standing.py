"""How the jobs stand, told to every view that says something of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from core.errors import NoisetteError
from studio.desk import Desk
from studio.runs import Runs
from studio.stage import Stage
from studio.viewmodels.run import Phase
from studio.viewmodels.status import StatusInputs, StatusView
from studio.viewmodels.view_model import ViewModel

if TYPE_CHECKING:
    from studio.viewmodels.draft import Draft
    from studio.viewmodels.remedies import FailureInputs, FailureView


class Standing:
    """Run bar, queue, status bar, main button, failure and the schedule's plot, brought up to date together.

    raced: the id of the last race's job, which the status bar speaks of in Compare.
    """

    def __init__(self, desk: Desk, runs: Runs, stage: Stage, status: ViewModel[StatusInputs, StatusView]) -> None:
        self._desk, self._runs, self._stage, self._status = desk, runs, stage, status
        self._asking: Draft | None = None
        self.raced = ""
        desk.changed.connect(self.refresh_steps)
        desk.changed.connect(self._refresh_asked)

    @cached_property
    def failure(self) -> ViewModel[FailureInputs, FailureView]:
        """Why the run on show failed, and what would mend it; made when first asked for."""
        from studio.viewmodels.remedies import FailureInputs, derive_failure

        return ViewModel(FailureInputs(), derive_failure)

    def refresh(self) -> None:
        """A job came, moved on or ended, or another one is on show."""
        running, shown = self._runs.running, self._stage.run
        failed = shown is not None and shown.phase is Phase.FAILED and running is None
        self._runs.refresh()
        self._refresh_asked()
        self.failure.update(run=shown if failed else None, cards=self._desk.cards)
        told = self.failure.view
        self._desk.prompt.update(busy=self._runs.busy, failed=failed, blame=told.blame, stopped=told.short)
        self._desk.sampler.update(blame=told.blame)
        raced = self._runs.get(self.raced) if self._status.inputs.mode.startswith("compare") else None
        self._status.update(run=running or raced or (self._runs.get(shown.job_id) if shown else None))

    def refresh_steps(self) -> None:
        """Where the running job stands on the schedule's plot: in the batch at work, where there are several."""
        running, draft = self._runs.running, self._desk.draft
        asked = running.request if running else None
        same = asked is not None and (asked.steps, asked.time_grid, asked.grid) == (
            draft.steps,
            draft.time_grid,
            draft.grid,
        )
        step = (running.done - 1) % asked.steps + 1 if running and asked and running.done else 0
        self._desk.sampler.update(done=step if same else None)

    def _refresh_asked(self) -> None:
        """What the settings ask for now, beside what the running job was asked."""
        draft = self._desk.draft if self._runs.running is not None else None
        if draft is self._asking:
            return
        self._asking = draft
        try:
            asked = draft.request() if draft is not None else None
        except NoisetteError:
            asked = None
        self._runs.run_bar.update(asked=asked)
