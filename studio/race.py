"""The Compare mode at work: a race from its settings to its figures. No widgets here."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from core.compare.figures import RaceRecord, runs_of
from core.errors import NoisetteError
from core.jobs.event import Event, LaneStepped, RaceMeasured
from core.requests import CompareRequest, ImageRequest, Lane, ReferenceSettings
from studio.page_job import PageJob
from studio.race_kept import KeptRace, StripsOnShow, read_kept, write_race
from studio.race_pair import RacePair
from studio.viewmodels.compare import CompareInputs, derive_compare, nearest_step, shown_request
from studio.viewmodels.compare_views import CompareView, Look
from studio.viewmodels.race_draft import RaceDraft, race_of
from studio.viewmodels.race_ran import Ran
from studio.viewmodels.race_steps import LaneStep, told
from studio.viewmodels.view_model import ViewModel

if TYPE_CHECKING:
    import numpy as np

    from studio.background import Background
    from studio.bridge import Bridge
    from studio.session import Session
    from studio.settings import Settings

KEPT, KEPT_FILE = "compare/race", "compare/race_file"
SEED_BITS = 31
BLINK_MS, PLAY_MS = 700, 180


class Race(QObject):
    """Owns the view model of the mode. said(sentence): a line for the user.

    differed(Difference | None): A and B at the noise on show are compared anew. gained(gain): of that, chosen so that
    the largest difference is seen, until the user sets another. series: of samplers, by name.
    """

    said = Signal(str)
    differed = Signal(object)
    gained = Signal(float)

    def __init__(
        self,
        bridge: Bridge,
        background: Background,
        settings: Settings,
        session: Session,
        device: Callable[[], Any],
        series: dict[str, int],
    ) -> None:
        super().__init__()
        self._bridge, self._background, self._settings, self._session = bridge, background, settings, session
        self._device = device
        draft = RaceDraft.from_dict(settings.value(KEPT, {}))
        inputs = CompareInputs(draft=draft, series=tuple(series.items()))
        self.model: ViewModel[CompareInputs, CompareView] = ViewModel(inputs, derive_compare)
        self._file, self._strips = "", StripsOnShow()
        self._ran: Ran | None = None
        self.job = PageJob(self, bridge, background, session, "race", self._take_up_last)
        self.job.said.connect(self.said)
        self.job.heard.connect(self._take)
        self._pair = RacePair(background)
        self._pair.differed.connect(self.differed)
        self._pair.gained.connect(self.gained)
        self._player = QTimer(self, interval=PLAY_MS)
        self._player.timeout.connect(self._play_on)
        bridge.settled.connect(self._settle)
        session.desk.changed.connect(self._learn_models)
        self._learn_models()
        self.job.attend()

    @property
    def draft(self) -> RaceDraft:
        return self.model.inputs.draft

    @property
    def busy(self) -> bool:
        return self.model.view.busy

    def put(self, draft: RaceDraft) -> None:
        """Replace the settings; what ran stays on show as long as its lanes do, wherever they stand."""
        self.model.update(draft=draft, **self._seen(draft))
        self._settings.keep(KEPT, draft.to_dict())
        self._compare_pair()

    def _seen(self, draft: RaceDraft) -> dict[str, Any]:
        """Inputs of the view: what ran, by the lanes of these settings."""
        if self._ran is None:
            return {}
        ran = self._ran.among(draft.lanes)
        return {"request": ran.request, "steps": ran.steps, "record": ran.record, "complete": ran.complete}

    def _show(self, ran: Ran, **changes: Any) -> None:
        """So far the race on show has come."""
        self._ran = ran
        left = bool(self.job.id) and not ran.complete
        made = len(ran.record.runs) if ran.record is not None else 0
        unfinished = (made, runs_of(ran.request)) if left else None
        self.model.update(**self._seen(self.draft), unfinished=unfinished, **changes)

    def change(self, **changes: Any) -> None:
        """Change settings of the race by name."""
        self.put(replace(self.draft, **changes))

    def set_reference(self, steps: int) -> None:
        self.change(reference=ReferenceSettings(self.draft.reference.sampler, steps))

    def new_seed(self) -> None:
        """Draw another seed."""
        self.change(seed=random.getrandbits(SEED_BITS))

    def set_model(self, model_id: str) -> None:
        """Every lane on this model, at its own size."""
        self.put(self.draft.with_all(model_id=model_id, width=None, height=None))

    def add_lane(self, sampler: str = "") -> None:
        """One more lane; without a name, with the first sampler that no lane has."""
        if not self.draft.can_add:
            self.said.emit("Six lanes are the most; remove one first")
            return
        self.put(self.draft.added(sampler or self.draft.next_sampler))

    def add_from_create(self) -> None:
        """One more lane, with all settings as they stand in Create."""
        request = self._create_request()
        if request is not None:
            self.put(self.draft.with_lane(request))

    def send_from_create(self) -> None:
        """A race of the usual samplers over Create's settings; lanes that were changed are kept, on those settings."""
        request = self._create_request()
        if request is None:
            return
        if not self.draft.lanes:
            self.put(race_of(request))
            return
        fresh = race_of(request).lanes[0].request
        own = ("sampler", "eta", "ancestral_eta", "steps")
        lanes = tuple(
            Lane(replace(fresh, **{name: getattr(lane.request, name) for name in own})) for lane in self.draft.lanes
        )
        self.put(replace(self.draft, lanes=lanes, seed=request.seed))

    def enter(self) -> None:
        """The mode comes on show: a first race takes Create's settings."""
        if not self.draft.lanes or not self.draft.lanes[0].request.prompt:
            request = self._create_request()
            if request is not None:
                self.put(race_of(request))

    def remove_lane(self, lane: int) -> None:
        if not self.draft.can_remove:
            self.said.emit("A race needs two lanes; add one first")
            return
        self.put(self.draft.removed(lane))
        count = len(self.draft.lanes)
        self.model.update(a=min(self.model.inputs.a, count - 1), b=min(self.model.inputs.b, count - 1))

    def run(self) -> None:
        """Run the race as it is set."""
        problem = self.model.view.problem
        if problem or not self._bridge.is_open:
            self.said.emit(problem or "Opening")
            return
        try:
            request = self.draft.request(self._device())
        except NoisetteError as error:
            self.said.emit(str(error))
            return
        self._begin(request)

    def _begin(self, request: CompareRequest) -> None:
        run = self._session.runs.submit_race(request, self._session.projects.current)
        self.job.id, self._file = run.job_id, ""
        self._settings.keep(KEPT_FILE, f"{run.job_id}.json")
        self._show(Ran.of(request, ((),) * len(request.lanes)), run=run, scrub=None)
        self._compare_pair()

    def cancel(self) -> None:
        """Stop the race; what it measured is kept, and it can go on."""
        self.job.cancel()

    def resume(self) -> None:
        """Go on with the race on show that was stopped, in this session or an earlier one."""
        if self.model.view.can_resume:
            self.job.resume()
        else:
            self.said.emit("No race was stopped; run one")

    def keep_lane(self, lane: int) -> None:
        """Have a lane's picture made for Create and the history: its pixels are those of the race."""
        request, steps = shown_request(self.model.inputs), self.model.inputs.steps
        if request is None or lane >= len(steps) or not steps[lane]:
            self.said.emit("Run the race first; then its pictures can be kept")
            return
        self._session.submit(request.picture(lane, request.seed, steps[lane][-1].total))
        self.said.emit(f"{self.model.view.columns[lane].name} is being made for History")

    def open_in_create(self, lane: int) -> None:
        """Take a lane's settings up in Create."""
        request, steps = shown_request(self.model.inputs), self.model.inputs.steps
        if request is not None:
            told = steps[lane][-1].total if lane < len(steps) and steps[lane] else 20
            self._session.desk.take_up(request.picture(lane, request.seed, told))

    # The noise on show

    def scrub_to(self, log_snr: float | None) -> None:
        """Show every lane at this log-SNR; None for the end."""
        self.model.update(scrub=log_snr)
        self._compare_pair()

    def move_scrub(self, by: int) -> None:
        """So many stops on; a stop is the state after a step of any lane."""
        scrubber = self.model.view.scrubber
        if not scrubber.stops:
            return
        at = min(max(scrubber.at + by, 0), len(scrubber.stops) - 1)
        self.scrub_to(None if at == len(scrubber.stops) - 1 else scrubber.stops[at][1])

    def first(self) -> None:
        stops = self.model.view.scrubber.stops
        if stops:
            self.scrub_to(stops[0][1])

    def play(self) -> None:
        """Play all lanes from noise to picture, or stop."""
        if self._player.isActive():
            self._player.stop()
        elif self.model.view.scrubber.stops:
            if self.model.inputs.scrub is None:
                self.first()
            self._player.start()

    @property
    def playing(self) -> bool:
        return self._player.isActive()

    def _play_on(self) -> None:
        self.move_scrub(1)
        if self.model.inputs.scrub is None:
            self._player.stop()

    # The pair that is looked at

    def choose(self, side: str, lane: int) -> None:
        """side: "a" or "b"."""
        if lane < len(self.model.view.columns):
            other = "b" if side == "a" else "a"
            changes = {side: lane}
            if getattr(self.model.inputs, other) == lane:
                changes[other] = getattr(self.model.inputs, side)
            self.model.update(**changes)
            self._compare_pair()

    def swap(self) -> None:
        self.model.update(a=self.model.inputs.b, b=self.model.inputs.a)
        self._compare_pair()

    def set_look(self, look: Look) -> None:
        self.model.update(look=look)

    def next_look(self) -> None:
        self.set_look(Look((self.model.inputs.look + 1) % len(Look)))

    @property
    def gain(self) -> float:
        """Of the difference between A and B."""
        return self._pair.gain

    def set_gain(self, gain: float) -> None:
        self._pair.set_gain(gain)

    def pair(self) -> tuple[np.ndarray | None, np.ndarray | None]:
        """A and B at the noise on show, (H, W, 3) uint8 each; None for what is not there yet."""
        columns, view = self.model.view.columns, self.model.view
        if not columns:
            return None, None
        return columns[view.a].clean, columns[view.b].clean

    def _compare_pair(self) -> None:
        self._pair.compare(*self.pair())

    # What is written

    def export_numbers(self, path: Path) -> None:
        """JSON, which runs the race again, or CSV, by the file's ending; the pictures come beside the JSON."""
        record, file = self.model.inputs.record, Path(self._file)
        if record is not None and self._ran is not None:
            lanes = self._ran.among(self.draft.lanes).sources
            self._background.run(
                lambda: write_race(path, record, file, lanes),
                lambda _: self.said.emit(f"Saved as {path.name}"),
                self.said.emit,
            )

    # What was kept

    def open_file(self, path: Path) -> None:
        """Show a race that was exported, here or elsewhere, with its settings: it can be run again."""
        if self.busy:
            self.said.emit("A race is running; stop it first, or let it end")
            return
        self._background.run(lambda: read_kept(path), self._take_opened, self.said.emit)

    def _take_opened(self, kept: KeptRace) -> None:
        if not self.busy:
            self.put(RaceDraft.of(kept.record.request))
            self._settings.keep(KEPT_FILE, str(kept.file))
            self._follow(kept.file)
            self._show_kept(kept)

    def _take_up_last(self) -> None:
        """The race that was on show when the last session ended; the queue may have brought it back to work."""
        name = self._settings.value(KEPT_FILE, "")
        if name and not self.job.id:
            # One that was opened was kept by its whole path, one that ran here by its name.
            file = Path(name) if Path(name).is_absolute() else self._bridge.engine.home.races / name
            self._follow(file)
            # Where it is gone there is nothing to show, and nothing to say.
            self._background.run(lambda: read_kept(file), self._show_kept, lambda _: None)

    def _follow(self, file: Path) -> None:
        """From now on what is told of this race is taken, and its looks stay on the disk."""
        self._file = str(file)
        own = file.parent == self._bridge.engine.home.races
        self.job.id = file.stem if own else ""
        if own and self._strips.want(file):
            self._background.run(self._strips.settle)

    def _show_kept(self, kept: KeptRace) -> None:
        """Put a race from the disk on show, save what was told of it meanwhile."""
        if str(kept.file) != self._file:
            return
        ran, record, steps = self._ran, kept.record, kept.steps
        if ran is None or ran.request != record.request:
            self._show(Ran.of(record.request, steps, record, record.complete), run=self.job.run, scrub=None)
        else:
            record = max(record, ran.record or record, key=lambda each: len(each.runs))
            steps = tuple(max(each, key=len) for each in zip(ran.steps, steps, strict=True))
            self._show(Ran.of(record.request, steps, record, record.complete), run=self.job.run)
        self._compare_pair()

    def _create_request(self) -> ImageRequest | None:
        desk = self._session.desk
        try:
            return replace(desk.draft.request(), device="auto")
        except NoisetteError as error:
            self.said.emit(str(error))
            return None

    def _learn_models(self) -> None:
        titles = tuple((card.id, card.title) for card in self._session.desk.cards)
        if titles != self.model.inputs.titles:
            self.model.update(titles=titles)
        if titles and not self.draft.lanes and self._session.desk.draft.prompt:
            self.enter()

    def _take(self, event: Event) -> None:
        ran = self._ran
        if isinstance(event, LaneStepped) and ran is not None:
            steps = list(ran.steps)
            step, before = told(event), steps[event.lane]
            steps[event.lane] = (step,) if step.step == 1 else (*before, step)
            self._show(replace(ran, steps=tuple(steps)))
        elif isinstance(event, RaceMeasured):
            self._follow(Path(event.file))
            record = event.record
            steps = ran.steps if ran is not None and ran.request == record.request else ((),) * len(record.names)
            self._show(Ran.of(record.request, steps, record, event.complete))
            self._fill(steps, record)

    def _fill(self, steps: tuple[tuple[LaneStep, ...], ...], record: RaceRecord) -> None:
        """Steps that were told before anyone listened lie beside the record."""
        file = Path(self._file)
        if any(len(steps[run.lane]) < len(run.path) for run in record.runs):
            self._background.run(lambda: read_kept(file), self._show_kept, lambda _: None)

    def _settle(self) -> None:
        run = self.job.run
        if run is not None:
            self.model.update(run=run)
        self._compare_pair()

    def step_at(self, lane: int) -> LaneStep | None:
        """The step of a lane that is on show."""
        return nearest_step(self.model.inputs.steps[lane], self.model.inputs.scrub)
