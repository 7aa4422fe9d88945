"""The Create mode at work: what comes from the engine goes to desk, runs and stage. No widgets here."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.errors import NoisetteError
from core.models.card import ModelCard
from core.requests import ImageRequest, StartPicture
from studio.background import Background
from studio.bridge import Bridge
from studio.desk import Desk
from studio.gallery import Gallery
from studio.lineage import Lineage
from studio.live import LiveMode
from studio.news import News
from studio.preferences import Preferences
from studio.projects import Projects
from studio.runs import Runs
from studio.settings import Settings
from studio.stage import Stage
from studio.standing import Standing
from studio.step_looks import StepLooks
from studio.variations import Variations
from studio.viewmodels.run import Run, past_run
from studio.viewmodels.status import StatusInputs, StatusView, derive_status
from studio.viewmodels.steps import item_of
from studio.viewmodels.view_model import ViewModel

if TYPE_CHECKING:
    from core.artifacts.artifact import Artifact
    from studio.dissection import Dissection
    from studio.plan import Plan
    from studio.viewmodels.remedies import FailureInputs, FailureView

START_STRENGTH = 0.6


class Session(QObject):
    """Wires the parts of Create: `desk` (settings), `runs` (jobs), `stage` (what is on show), `plan` (its layout),
    `gallery`, `live`, `variations`, `projects`.

    said(sentence): one line for the user that needs no answer. broke(sentence, details): a fault of the engine itself.
    model_wanted(): another model is to be chosen. training_wanted(): the mode of such a job is to come on show;
    race_wanted(job), grid_wanted(job): that race, or grid.
    """

    said = Signal(str)
    broke = Signal(str, str)
    model_wanted = Signal()
    race_wanted = Signal(str)
    training_wanted = Signal()
    grid_wanted = Signal(str)

    def __init__(self, bridge: Bridge, background: Background, settings: Settings, preferences: Preferences) -> None:
        super().__init__()
        self._bridge, self._background = bridge, background
        self._spent_seeds: set[int] = set()
        self._wants_newest = False
        self.projects = Projects(bridge, background, settings)
        self.desk = Desk(settings, preferences, project=self.projects.current)
        self.runs = Runs(bridge, background, self.desk.cost)
        self.gallery = Gallery(bridge, background, self.projects.current)
        self.stage = Stage(self.gallery, StepLooks(bridge, background), self.desk.places_of)
        self.lineage = Lineage(self.runs, self.gallery, bridge, background)
        self.stage.parent_words = self.lineage.words
        self.variations = Variations(self.stage, self.gallery, lambda: self.desk.cards, self.submit)
        self.live = LiveMode(bridge, self.desk, self.stage)
        self.status: ViewModel[StatusInputs, StatusView] = ViewModel(StatusInputs(), derive_status)
        self._standing = Standing(self.desk, self.runs, self.stage, self.status)
        self._news = News(
            self.desk, self.runs, self.stage, self.gallery, self.live, self.projects, self._standing, self.status
        )
        bridge.opened.connect(self._opened)
        bridge.refused.connect(self.refuse)
        bridge.happened.connect(self._news.happen)
        bridge.settled.connect(self._news.settle)
        bridge.followed.connect(self._news.follow)
        self._news.said.connect(self.said)
        self._news.broke.connect(self.broke)
        self.desk.said.connect(self.said)
        self.runs.learnt.connect(lambda run, _: self.stage.learn_request(run))
        self.lineage.found.connect(self.open_artifact)
        self.lineage.met.connect(self._show_step)
        self.lineage.said.connect(self.said)
        self.variations.said.connect(self.said)
        self.gallery.decoded.connect(self.stage.show_finished)
        self.gallery.job_read.connect(self.stage.show_siblings)
        self.gallery.counted.connect(self._count)
        self.gallery.complained.connect(self.said)
        self.projects.switched.connect(self._switch)
        self.projects.rearranged.connect(self.gallery.read_again)
        self.projects.said.connect(self.said)

    @property
    def apart(self) -> set[str]:
        """Ids of jobs that other modes look after; add to it."""
        return self._news.apart

    @cached_property
    def plan(self) -> Plan:
        """The plan of the picture on show; made when first asked for."""
        from studio.plan import Plan

        plan = Plan(self.desk, self.stage, self.gallery)
        plan.said.connect(self.said)
        self.live.model.watch("on", lambda on: setattr(plan, "at_once", on))
        return plan

    @cached_property
    def dissection(self) -> Dissection:
        """What guidance did in the run on show; made when first asked for."""
        from studio.dissection import Dissection

        return Dissection(self._bridge, self._background, self.stage, lambda: self.desk.cards, self.apart)

    @property
    def background(self) -> Background:
        """Where panels may have files read."""
        return self._background

    @property
    def failure(self) -> ViewModel[FailureInputs, FailureView]:
        """Why the run on show failed, and what would mend it."""
        return self._standing.failure

    def generate(self) -> str | None:
        """Resume where paused, else submit what the settings say; the new job's id."""
        if self.desk.prompt.inputs.paused:
            self.set_paused(False)
            return None
        request = self._asked_for()
        return None if request is None else self.submit(request)

    def _asked_for(self) -> ImageRequest | None:
        """What the settings say, with a seed of its own where that is not kept; None where they can't be made."""
        desk = self.desk
        if desk.problem:
            self.said.emit(desk.problem)
            return None
        keeps_seed = desk.draft.seed_locked or self.plan.repaints
        if not keeps_seed and desk.draft.seed in self._spent_seeds:
            desk.new_seed()
        try:
            return desk.request()
        except NoisetteError as error:
            self.said.emit(str(error))
            return None

    def submit(self, request: ImageRequest, *, first: bool = False) -> str:
        """Hand a request to the engine and put it on show unless another runs. first: before all that wait.

        All that shows it follows with the engine's first word on the job, which is on its way.
        """
        self._spent_seeds.add(request.seed)
        self._wants_newest = False
        run = self.runs.submit(request, self.projects.current, first=first)
        if self.runs.running is None:
            self._news.browsing = False
            self._news.asked = run.job_id
        return run.job_id

    def take_remedy(self, place: int) -> None:
        """Take one of the remedies that the failed run's card offers, 0 the first."""
        run, remedies = self.failure.inputs.run, self.failure.view.remedies
        if run is None or place >= len(remedies):
            return
        from studio.viewmodels.remedies import Deed

        remedy = remedies[place]
        if remedy.changes:
            self.desk.change(**dict(remedy.changes))
        match remedy.deed:
            case Deed.CHOOSE_MODEL:
                self.model_wanted.emit()
            case Deed.RESUME:
                self._news.browsing = False
                self.resume_job(run.job_id, remedy.request)
            case Deed.SUBMIT:
                assert remedy.request is not None
                self.runs.forget(run.job_id)
                self._news.browsing = False
                self.submit(remedy.request)

    def set_paused(self, paused: bool) -> None:
        """Hold the queue, within one network evaluation, or let it go on."""
        if self._bridge.is_open:
            self._bridge.set_paused(paused)
            self._news.show_paused(paused)

    def resume_job(self, job_id: str, request: ImageRequest | None = None) -> None:
        """Take up a cancelled or failed job again, from what it has made. request: instead, for the same pictures."""
        if not self.runs.resume(job_id, request):
            self.said.emit("This job is not remembered any more; use its settings to make it anew")
        self._standing.refresh()

    def show_job(self, job_id: str) -> None:
        """Put a job on the canvas, whatever became of it."""
        run = self.runs.get(job_id)
        if run is not None and run.sweep:
            self.grid_wanted.emit(job_id)
        elif run is not None and run.race:
            self.race_wanted.emit(job_id)
        elif run is not None and run.apart:
            self.training_wanted.emit()
        elif run is not None:
            self._news.browsing = run is not self.runs.running and self.runs.running is not None
            self.stage.focus(run)
            if run.produced:
                self.stage.set_item(0)
            self._standing.refresh()

    def refresh(self) -> None:
        """Tell every view anew how the jobs stand."""
        self._standing.refresh()

    def clear_finished(self) -> None:
        """Forget runs that ended, save the one on show."""
        self.runs.clear_finished(but=self.stage.run)
        self.stage.forget_others()
        self._standing.refresh()

    def open_artifact(self, artifact: Artifact, step: int | None = None) -> None:
        """Put a picture of the history, or a step of it, on the canvas; a job that starts leaves it there."""
        self._news.browsing, self._news.asked = self.runs.busy, ""
        self._wants_newest = False
        self.gallery.know(artifact)
        self.gallery.open(artifact.id)
        run = self.runs.get(artifact.job_id) or past_run(artifact)
        self.stage.focus(run, item_of(artifact.id), step)

    def open_parent(self) -> None:
        """Show the picture that the one on show goes on from, at that step, or that it lies around."""
        self.lineage.seek_parent(self.stage.run)

    def _show_step(self, run: Run, item: int, step: int | None) -> None:
        self._news.browsing = self.runs.running is not None
        self.stage.focus(run, item, step)

    def follow(self) -> None:
        """Back to the running job."""
        self._news.browsing = False
        if self.runs.running is not None and not self.runs.running.apart:
            self.stage.focus(self.runs.running)
            self._standing.refresh()

    def reuse(self) -> None:
        """Take up the settings that made the picture on show."""
        artifact = self.gallery.current
        if artifact is not None:
            self.desk.take_up(artifact.recipe.asked())
            self.said.emit("Settings of this picture taken up, seed locked")

    def branch(self) -> None:
        """Take the settings of the run on show into the draft, to go on from the step on show."""
        point, run = self.stage.branch_point, self.stage.run
        if point is not None and run is not None and run.request is not None:
            self.desk.branch_from(run.request, *point)

    def resume_run(self) -> None:
        """Take up the cancelled run on show where it stopped."""
        run = self.stage.run
        if run is not None and self.stage.canvas.view.resumable:
            self._bridge.resume_job(run.job_id)

    def start_from(self, picture: Path) -> None:
        """Begin the next pictures from this one; it is copied into the home folder."""
        self._background.run(lambda: self._bridge.keep_start(picture), self._take_start, self.said.emit)

    def _take_start(self, sha256: str) -> None:
        start, turns = self.desk.draft.start, () if self.desk.draft.branch else self.desk.draft.turns
        strength = start.strength if start else START_STRENGTH
        self.desk.change(start=StartPicture(sha256, strength), branch=None, turns=turns)

    def restart(self) -> None:
        """Cancel the running job and begin again, first in the queue, with the settings as they are now."""
        running = self.runs.running
        request = self._asked_for() if running is not None and not running.apart else None
        if running is None or request is None:
            return
        self.submit(request, first=True)
        self.runs.cancel(running.job_id)

    def toggle_favourite(self) -> None:
        """Mark the picture on show, or take the mark away."""
        artifact, canvas = self.gallery.current, self.stage.canvas
        if artifact is not None and canvas.view.finished:
            favourite = not canvas.inputs.favourite
            self.gallery.set_favourite(artifact.id, favourite)
            canvas.update(favourite=favourite)

    def refuse(self, sentence: str) -> None:
        """The engine or the models could not be opened."""
        if not self.desk.cards:
            self.desk.take_cards(())
        self.desk.set_problem(sentence)
        self.status.update(problem=sentence)

    def _opened(self) -> None:
        self.status.update(ready=True)
        self.desk.set_problem("Looking for models")
        self._background.run(self._bridge.engine.cards, self._take_cards, self.refuse)
        self.gallery.read_first()

    def _take_cards(self, cards: tuple[ModelCard, ...]) -> None:
        self.desk.take_cards(cards)
        self.runs.queue.update(cards=cards)
        self.stage.place_steps()
        self._background.run(self._bridge.engine.registry.hindrances, self.desk.take_hindrances, self.said.emit)
        if self.desk.draft.model_id:
            self._bridge.prepare(self.desk.draft.model_id)

    def _count(self, total: int) -> None:
        self.stage.canvas.update(history_count=total)
        self.status.update(first=total == 0)
        newest = self.gallery.list.newest()
        if self._wants_newest and newest is not None:
            self.open_artifact(newest)

    def _switch(self, project: int) -> None:
        """Another project: its settings, its pictures, and its running job or newest picture on the canvas."""
        running = self.runs.running
        mine = running if running is not None and running.project == project and not running.apart else None
        self._news.browsing = False
        self.gallery.close()
        self.stage.focus(mine)
        self._wants_newest = mine is None
        self.desk.go_to(project)
        self.gallery.set_project(project)
        self._standing.refresh()
