"""The Create mode at work: events and wishes come in, view models go out. No widgets here."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from core.diffusion.schedule import NoiseSchedule, schedule_named
from core.errors import NoisetteError
from core.jobs.event import TERMINAL, Event, Notice, Preview, Produced, Progress, Started
from core.models.card import ModelCard
from core.requests import CUSTOM, ImageRequest
from studio.background import Background
from studio.bridge import Bridge
from studio.gallery import Gallery
from studio.pace import Pace
from studio.settings import Settings
from studio.viewmodels.canvas import LOOKS, CanvasInputs, CanvasView, Look, Shown, derive_canvas
from studio.viewmodels.draft import Draft
from studio.viewmodels.handles import Handles, added, moved, place_of, removed
from studio.viewmodels.prompt import PromptInputs, PromptView, chosen_card, derive_prompt, words_of
from studio.viewmodels.queue import QueueInputs, QueueView, derive_queue
from studio.viewmodels.run import OPEN, Phase, Run, RunBarInputs, RunBarView, derive_run_bar, fold
from studio.viewmodels.sampler import SamplerInputs, SamplerView, derive_sampler, evaluations
from studio.viewmodels.status import StatusInputs, StatusView, derive_status
from studio.viewmodels.trajectory import TrajectoryInputs, TrajectoryView, derive_trajectory
from studio.viewmodels.view_model import ViewModel

if TYPE_CHECKING:
    from core.artifacts.artifact import Artifact

FRAMES_OCTETS = 256 * 2**20
"""Steps of earlier runs are let go, oldest first, beyond so many bytes."""
SEED_BITS = 31
UNKNOWN_WORD = re.compile(r"""(['"])(.+)\1 is not in this model's vocabulary""")
KEEP_AFTER_MS = 600


class Session(QObject):
    """Owns the view models of Create and the runs of this window.

    said(sentence): one line for the user that needs no answer.
    """

    said = Signal(str)

    def __init__(self, bridge: Bridge, background: Background, settings: Settings) -> None:
        super().__init__()
        self._bridge, self._background, self._settings = bridge, background, settings
        self._draft = Draft.from_dict(settings.value("create/draft", {}))
        self._cards: tuple[ModelCard, ...] | None = None
        self._runs: dict[str, Run] = {}
        self._spent_seeds: set[int] = set()
        self._browsing = False
        self._unknown: dict[str, tuple[str, ...]] = {}
        self._problem = "Opening"
        self.gallery = Gallery(bridge, background)
        self.pace = Pace(settings)
        self.prompt: ViewModel[PromptInputs, PromptView] = ViewModel(PromptInputs(self._draft), derive_prompt)
        self.sampler: ViewModel[SamplerInputs, SamplerView] = ViewModel(SamplerInputs(self._draft), derive_sampler)
        self.canvas: ViewModel[CanvasInputs, CanvasView] = ViewModel(CanvasInputs(), derive_canvas)
        self.trajectory: ViewModel[TrajectoryInputs, TrajectoryView] = ViewModel(TrajectoryInputs(), derive_trajectory)
        self.run_bar: ViewModel[RunBarInputs, RunBarView] = ViewModel(RunBarInputs(), derive_run_bar)
        self.status: ViewModel[StatusInputs, StatusView] = ViewModel(StatusInputs(), derive_status)
        self.queue: ViewModel[QueueInputs, QueueView] = ViewModel(QueueInputs(), derive_queue)
        self._keeper = QTimer(self, singleShot=True, interval=KEEP_AFTER_MS)
        self._keeper.timeout.connect(self.keep)
        bridge.opened.connect(self._opened)
        bridge.refused.connect(self._refused)
        bridge.happened.connect(self._happen)
        self.gallery.decoded.connect(self._show_artifact)
        self.gallery.counted.connect(self._count)
        self.gallery.complained.connect(self.said)

    @property
    def draft(self) -> Draft:
        """The settings as they stand."""
        return self._draft

    @property
    def cards(self) -> tuple[ModelCard, ...]:
        """The models that are installed."""
        return self._cards or ()

    @property
    def running(self) -> Run | None:
        """The job that is being worked on."""
        return next((run for run in self._runs.values() if run.phase is Phase.RUNNING), None)

    def change(self, **changes: Any) -> None:
        """Change settings of the draft by name. A running job is never altered."""
        self._draft = replace(self._draft, **changes)
        self._refresh_draft()

    def choose_model(self, model_id: str) -> None:
        """Take another model, with its best settings."""
        card = next((each for each in self.cards if each.id == model_id), None)
        if card is not None:
            self._draft = self._draft.with_model(card)
            self._refresh_draft()

    def choose_grid(self, name: str) -> None:
        """Take a named time grid, or go on from the present one by hand."""
        if name == CUSTOM:
            self.bend(self.sampler.view.handles)
        else:
            self._draft = self._draft.with_grid(name)
            self._refresh_draft()

    def bend(self, handles: Handles) -> None:
        """Draw the time grid by hand."""
        if len(handles) >= 2:
            self._draft = self._draft.with_handles(handles)
            self._refresh_draft()

    def move_handle(self, index: int, fraction: float, log_snr: float) -> None:
        """Move one handle of the plot; it stops at its neighbours."""
        schedule = self._schedule()
        if schedule is not None and index < len(self.sampler.view.handles):
            place = place_of(log_snr, schedule)
            self.bend(moved(self.sampler.view.handles, index, fraction, place))

    def add_handle(self, fraction: float, log_snr: float) -> None:
        """One more handle of the plot, where there is room."""
        schedule = self._schedule()
        handles = self.sampler.view.handles
        if schedule is not None and handles:
            more = added(handles, fraction, place_of(log_snr, schedule))
            if more != handles:
                self.bend(more)

    def remove_handle(self, index: int) -> None:
        """One handle of the plot fewer; its ends stay."""
        fewer = removed(self.sampler.view.handles, index)
        if fewer != self.sampler.view.handles:
            self.bend(fewer)

    def unbend(self) -> None:
        """Back to the named grid that the handles left."""
        self._draft = self._draft.without_handles()
        self._refresh_draft()

    def change_grid(self, **bends: float | None) -> None:
        """Change the largest or smallest sigma, or rho; None is the grid's own."""
        try:
            grid = replace(self._draft.grid, **bends)
        except NoisetteError as error:
            self.said.emit(str(error))
        else:
            self.change(grid=grid)

    def choose_size(self, index: int) -> None:
        """Take one of the model's sizes."""
        card = chosen_card(self._cards, self._draft)
        if card is not None:
            width, height = card.sizes[index]
            self.change(width=width, height=height)

    def new_seed(self) -> None:
        """Draw another seed."""
        self.change(seed=secrets.randbits(SEED_BITS))

    def generate(self) -> str | None:
        """Resume where paused, else submit what the settings say; the new job's id."""
        if self.prompt.inputs.paused:
            self.set_paused(False)
            return None
        if self._problem:
            self.said.emit(self._problem)
            return None
        if not self._draft.seed_locked and self._draft.seed in self._spent_seeds:
            self.new_seed()
        try:
            request = self._draft.request()
        except NoisetteError as error:
            self.said.emit(str(error))
            return None
        return self.submit(request)

    def submit(self, request: ImageRequest) -> str:
        """Hand a request to the engine and put it on show unless another runs."""
        self._spent_seeds.add(request.seed)
        job_id = self._bridge.submit(request)
        self._runs[job_id] = Run(job_id, request)
        if self.running is None:
            self._browsing = False
            self._focus(self._runs[job_id])
        self._refresh_runs()
        return job_id

    def retry(self) -> None:
        """Submit the failed run's request again."""
        run = self.canvas.inputs.run
        if run is not None and run.phase is Phase.FAILED and run.request is not None:
            self.submit(run.request)

    def cancel(self, job_id: str = "") -> None:
        """Cancel a job, the running one by default."""
        run = self._runs.get(job_id) if job_id else self.running
        if run is not None and run.phase in OPEN:
            self._bridge.cancel(run.job_id)

    def set_paused(self, paused: bool) -> None:
        """Hold the queue, within one network evaluation, or let it go on."""
        if self._bridge.is_open:
            self._bridge.set_paused(paused)
            for model in (self.prompt, self.run_bar, self.status, self.queue):
                model.update(paused=paused)

    def clear_finished(self) -> None:
        """Forget runs that ended, save the one on show."""
        shown = self.canvas.inputs.run
        self._runs = {i: run for i, run in self._runs.items() if run.phase in OPEN or run is shown}
        self._refresh_runs()

    def set_look(self, look: Look) -> None:
        """Clean guess, noisy state, or both. On a finished picture the noisy ones show its last step."""
        self.canvas.update(look=look)

    def next_look(self) -> None:
        """The look after the present one."""
        self.set_look(LOOKS[(LOOKS.index(self.canvas.inputs.look) + 1) % len(LOOKS)])

    def set_item(self, item: int) -> None:
        """Show another picture of the batch."""
        run = self.canvas.inputs.run
        self.canvas.update(item=item)
        self.trajectory.update(item=item)
        if run is not None and run.first + item < len(run.produced):
            self.gallery.open(run.produced[run.first + item])

    def set_step(self, place: int | None) -> None:
        """Show the step at that place among those at hand; None follows the work (or shows the finished picture)."""
        run = self.canvas.inputs.run
        if run is None or not run.frames:
            return
        if place is not None:
            place = min(max(place, 0), len(run.frames))
            at_end = len(run.frames) if self.canvas.inputs.shown is not None else len(run.frames) - 1
            place = None if place >= at_end else place
        self.canvas.update(step=place)
        self.trajectory.update(step=place)

    def move_step(self, by: int) -> None:
        """One step back (−1) or on (+1)."""
        run = self.canvas.inputs.run
        if run is None or not run.frames:
            return
        last = len(run.frames) if self.canvas.inputs.shown is not None else len(run.frames) - 1
        here = self.canvas.inputs.step
        self.set_step(max((last if here is None else here) + by, 0))

    def open_artifact(self, artifact: Artifact) -> None:
        """Put a picture of the history on the canvas; a job that starts meanwhile does not take its place."""
        self._browsing = self.running is not None
        run = self._runs.get(artifact.id.rsplit("-", 1)[0])
        item = run.produced.index(artifact.id) - run.first if run and artifact.id in run.produced else -1
        self._focus(run if item >= 0 else None)
        self.canvas.update(item=max(item, 0))
        self.trajectory.update(item=max(item, 0))
        self.gallery.open(artifact.id)

    def follow(self) -> None:
        """Back to the running job."""
        self._browsing = False
        if self.running is not None:
            self._focus(self.running)
            self._refresh_runs()

    def reuse(self) -> None:
        """Take up the settings that made the picture on show."""
        artifact = self.gallery.current
        if artifact is not None:
            self._draft = self._draft.with_request(artifact.recipe.again())
            self._refresh_draft()
            self.said.emit("Settings of this picture taken up, seed locked")

    def toggle_favourite(self) -> None:
        """Mark the picture on show, or take the mark away."""
        artifact = self.gallery.current
        if artifact is not None and self.canvas.view.finished:
            favourite = not self.canvas.inputs.favourite
            self.gallery.set_favourite(artifact.id, favourite)
            self.canvas.update(favourite=favourite)

    def keep(self) -> None:
        """Write the settings down."""
        self._settings.keep("create/draft", self._draft.to_dict())

    def _opened(self) -> None:
        self._problem = "Looking for models"
        self.status.update(ready=True)
        self._background.run(self._bridge.engine.cards, self._take_cards, self._refused)
        self.gallery.read_first()
        self._refresh_draft()

    def _refused(self, sentence: str) -> None:
        self._problem = sentence
        self._cards = self._cards or ()
        self.status.update(problem=sentence)
        self._refresh_draft()

    def _take_cards(self, cards: tuple[ModelCard, ...]) -> None:
        self._cards = cards
        self._problem = "" if cards else "No model is installed; put one into the models folder"
        if chosen_card(cards, self._draft) is None and cards:
            self._draft = self._draft.with_model(cards[0])
        elif cards and not self._draft.width:
            size = chosen_card(cards, self._draft)
            assert size is not None
            self._draft = replace(self._draft, width=size.sizes[0][0], height=size.sizes[0][1])
        self._refresh_draft()

    def _count(self, total: int) -> None:
        self.canvas.update(history_count=total)
        self.status.update(first=total == 0)

    def _happen(self, event: Event) -> None:
        if not event.job_id:
            if isinstance(event, Notice):
                self.said.emit(event.sentence)
            return
        run = fold(self._runs.get(event.job_id) or self._restored(event.job_id), event)
        self._runs[event.job_id] = run
        shown = self.canvas.inputs.run
        if isinstance(event, Progress):
            self.pace.note(run)
        if isinstance(event, Notice):
            self._take_notice(run, event.sentence)
        if isinstance(event, Produced):
            self._take_produced(run, event.artifact)
        if isinstance(event, TERMINAL):
            self.pace.forget(run.job_id)
            self.prompt.update(seconds_per_evaluation=self.pace.of(self._draft))
            self.status.update(saved=bool(run.produced))
        if isinstance(event, Started) and not self._browsing:
            self._focus(run)
        elif shown is not None and shown.job_id == run.job_id:
            self._show(run)
        if not isinstance(event, Preview):
            self._refresh_runs()
        if not isinstance(event, Progress):
            self._refresh_steps()
        if isinstance(event, Preview):
            self.gallery.show_running(run, event)
            self._let_go_frames()
        elif run.phase in OPEN:
            self.gallery.show_running(run, None)
        else:
            self.gallery.end_running(run.job_id)

    def _restored(self, job_id: str) -> Run:
        """A run of an earlier session, which the engine has brought back."""
        request = next((job.request for job in self._bridge.engine.jobs() if job.id == job_id), None)
        return Run(job_id, request if isinstance(request, ImageRequest) else None)

    def _take_produced(self, run: Run, artifact: Artifact) -> None:
        self.gallery.add(artifact)
        shown = self.canvas.inputs.run
        item = len(run.produced) - 1 - run.first
        if shown is not None and shown.job_id == run.job_id and self.canvas.inputs.item == item:
            self.gallery.open(artifact.id)

    def _take_notice(self, run: Run, sentence: str) -> None:
        found = UNKNOWN_WORD.match(sentence)
        if found is None or run.request is None:
            self.said.emit(sentence)
            return
        model_id = run.request.model_id
        self._unknown[model_id] = tuple(dict.fromkeys((*self._unknown.get(model_id, ()), found[2])))
        self._refresh_draft()

    def _show_artifact(self, shown: Shown, favourite: bool) -> None:
        run = self.canvas.inputs.run
        if run is not None and shown.artifact_id not in run.produced:
            return
        self.canvas.update(shown=shown, favourite=favourite)

    def _focus(self, run: Run | None) -> None:
        self.canvas.update(run=run, step=None, item=0, shown=None, favourite=False, look=self.canvas.inputs.look)
        self.trajectory.update(run=run, step=None, item=0, kept=run is not None or not self.gallery.current)

    def _show(self, run: Run) -> None:
        self.canvas.update(run=run)
        self.trajectory.update(run=run)

    def _schedule(self) -> NoiseSchedule | None:
        card = chosen_card(self._cards, self._draft)
        try:
            return schedule_named(card.schedule) if card is not None else None
        except NoisetteError:
            return None

    def _refresh_draft(self) -> None:
        draft = self._draft
        card = chosen_card(self._cards, draft)
        present = {word.lower() for word in words_of(draft.prompt)}
        unknown = tuple(word for word in self._unknown.get(draft.model_id, ()) if word.lower() in present)
        self.prompt.update(
            draft=draft,
            cards=self._cards,
            unknown=unknown,
            problem=self._problem,
            evaluations=evaluations(draft),
            seconds_per_evaluation=self.pace.of(draft),
        )
        self.sampler.update(draft=draft, card=card)
        self._refresh_steps()
        self._keeper.start()

    def _refresh_runs(self) -> None:
        running, shown = self.running, self.canvas.inputs.run
        busy = any(run.phase in OPEN for run in self._runs.values())
        last = running or shown
        failed = shown is not None and shown.phase is Phase.FAILED and running is None
        self.run_bar.update(run=running)
        self.prompt.update(busy=busy, failed=failed)
        self.status.update(run=last)
        self.queue.update(runs=tuple(self._runs.values()))

    def _refresh_steps(self) -> None:
        """Where the running job stands on the schedule's plot, as often as there are previews."""
        running = self.running
        asked, draft = running.request if running else None, self._draft
        same = asked is not None and (asked.steps, asked.time_grid, asked.grid) == (
            draft.steps,
            draft.time_grid,
            draft.grid,
        )
        step = running.frames[-1].index + 1 if running and running.frames else 0
        self.sampler.update(done=step if same else None)

    def _let_go_frames(self) -> None:
        total = sum(frame.octets for run in self._runs.values() for frame in run.frames)
        shown = self.canvas.inputs.run
        for job_id, run in list(self._runs.items()):
            if total <= FRAMES_OCTETS:
                return
            if run.frames and run.phase not in OPEN and (shown is None or job_id != shown.job_id):
                total -= sum(frame.octets for frame in run.frames)
                self._runs[job_id] = replace(run, frames=())
