"""The settings of Create as they stand, and everything that changes them. No widgets here."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from core.artifacts.artifact import FIRST_PROJECT
from core.diffusion.schedule import NoiseSchedule, schedule_named
from core.diffusion.time_grid import CEILING
from core.errors import NoisetteError
from core.grid_settings import LISTED, GridSettings, LevelsAs
from core.jobs.event import Measured
from core.models.card import ModelCard
from core.requests import CUSTOM, Branch, ImageRequest
from studio.measures import Measures
from studio.preferences import Preferences
from studio.settings import Settings
from studio.undo import UndoStack
from studio.viewmodels.cost import Cost
from studio.viewmodels.draft import Draft
from studio.viewmodels.draft_change import describe
from studio.viewmodels.handles import Handles, added, moved, place_of, removed
from studio.viewmodels.prompt import PromptInputs, PromptView, chosen_card, derive_prompt, words_of
from studio.viewmodels.prompt_examples import Example
from studio.viewmodels.sampler import SamplerInputs, SamplerView, derive_sampler
from studio.viewmodels.steps import Place, planned_places
from studio.viewmodels.view_model import ViewModel

SEED_BITS = 31
KEEP_AFTER_MS = 500
"""The settings are written down after so long a rest, so that 0.6 s after the last key they are on their way."""
KEEP_AT_LEAST_MS = 3000
"""While changes go on without a rest, so often."""
BATCHES = (2, 4, 8)
DRAFT = "create/draft"


def draft_key(project: int) -> str:
    """Where a project's settings are kept."""
    return DRAFT if project == FIRST_PROJECT else f"projects/{project}/draft"


class Desk(QObject):
    """Owns the draft, and the view models of the left and right panels.

    changed(): the draft, the models or what they take are others now. said(sentence): a line for the user.
    problem: why nothing can be made, "" where it can.
    """

    changed = Signal()
    said = Signal(str)

    def __init__(
        self,
        settings: Settings,
        preferences: Preferences,
        clock: Callable[[], float] = time.monotonic,
        project: int = FIRST_PROJECT,
    ) -> None:
        """project: whose draft this is at first."""
        super().__init__()
        self._settings, self._preferences, self._clock = settings, preferences, clock
        self._pasts: dict[int, UndoStack[Draft]] = {}
        self._project = project
        self._draft = Draft.from_dict(settings.value(draft_key(project), {}))
        self._cards: tuple[ModelCard, ...] | None = None
        self._unknown: dict[str, tuple[str, ...]] = {}
        self._problem = "Opening"
        self.hindrances: dict[str, str] = {}
        self.measures = Measures(settings)
        self.prompt: ViewModel[PromptInputs, PromptView] = ViewModel(PromptInputs(self._draft), derive_prompt)
        self.sampler: ViewModel[SamplerInputs, SamplerView] = ViewModel(SamplerInputs(self._draft), derive_sampler)
        self._keeper = QTimer(self, singleShot=True, interval=KEEP_AFTER_MS)
        self._keeper.timeout.connect(self.keep)
        self._latest = QTimer(self, singleShot=True, interval=KEEP_AT_LEAST_MS)
        self._latest.timeout.connect(self.keep)

    @property
    def draft(self) -> Draft:
        """The settings as they stand."""
        return self._draft

    @property
    def _past(self) -> UndoStack[Draft]:
        """The present project's own steps back."""
        return self._pasts.setdefault(self._project, UndoStack())

    @property
    def cards(self) -> tuple[ModelCard, ...]:
        """The models that are installed."""
        return self._cards or ()

    @property
    def card(self) -> ModelCard | None:
        """The draft's model, None where it is not installed."""
        return chosen_card(self._cards, self._draft)

    @property
    def problem(self) -> str:
        return self._problem or self.hindrances.get(self._draft.model_id, "")

    def request(self) -> ImageRequest:
        """What the draft asks for, on the device that the studio's settings name. Raises RequestError."""
        return replace(
            self._draft.request(),
            device=self._preferences["work/device"],
            keep_trajectory=self._preferences["storage/keep_trajectory"],
        )

    def put(self, draft: Draft) -> None:
        """Replace the draft as a whole: every change of it comes through here. A running job is never altered."""
        self._past.record(self._draft, draft, self._clock())
        self._show(draft)

    def undo(self) -> None:
        """Take the last change back, and say which that was."""
        self._travel(self._past.undo(self._draft), back=True)

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        self._travel(self._past.redo(self._draft), back=False)

    def change(self, **changes: Any) -> None:
        """Change settings by name."""
        self.put(replace(self._draft, **changes))

    def take_up(self, request: ImageRequest) -> None:
        """The settings that made a picture; the seed is locked, so that it can be made again."""
        self.put(self._draft.with_request(request))

    def branch_from(self, request: ImageRequest, job_id: str, item: int, step: int) -> None:
        """The settings of a run, to go on from one of its steps."""
        self.put(self._draft.from_step(request, Branch(job_id, item, step)))

    def set_start_strength(self, strength: float) -> None:
        """How much of the start picture is made anew."""
        if self._draft.start is not None:
            self.change(start=replace(self._draft.start, strength=round(strength, 4)))

    def drop_branch(self) -> None:
        """Begin from noise again."""
        self.change(branch=None, branch_of="", turns=())

    def choose_model(self, model_id: str) -> None:
        """Take another model, with its best settings."""
        card = next((each for each in self.cards if each.id == model_id), None)
        if card is not None:
            self.put(self._draft.with_model(card))

    def choose_style(self, style: str) -> None:
        """Draw in one of the model's styles; "" is any."""
        if style in self.prompt.view.styles:
            self.change(style=style)

    def next_style(self) -> None:
        """The model's next style; after the last comes any."""
        styles = self.prompt.view.styles
        if styles:
            here = styles.index(self._draft.style) if self._draft.style in styles else 0
            self.choose_style(styles[(here + 1) % len(styles)])

    def choose_size(self, index: int) -> None:
        """Take one of the model's sizes."""
        if self.card is not None:
            width, height = self.card.sizes[index]
            self.change(width=width, height=height)

    def try_example(self, example: Example) -> None:
        """Take up an example's prompt, and its style where it has one."""
        self.change(prompt=example.prompt, style=example.style or self._draft.style)

    def new_seed(self) -> None:
        """Draw another seed."""
        # The window opens sooner without it.
        import secrets

        self.change(seed=secrets.randbits(SEED_BITS))

    def choose_grid(self, name: str) -> None:
        """Take a named time grid, or go on from the present one by hand."""
        if name == CUSTOM:
            self.bend(self.sampler.view.handles)
        elif name == LISTED:
            self.list_grid("time")
        else:
            self.put(self._draft.with_grid(name))

    def list_grid(self, levels_as: LevelsAs) -> None:
        """The time grid as it stands, written out as a list to go on from. Pure noise has no sigma; `CEILING` stands
        for it."""
        curve, schedule = self.sampler.view.curve, self._schedule()
        if curve is None or schedule is None:
            return
        ratios = [sigma for sigma in curve.sigmas if sigma]
        if levels_as == "time":
            levels = tuple(round(schedule.at_ratio(ratio).t, 6) for ratio in ratios)
        else:
            levels = tuple(float(f"{CEILING if math.isinf(ratio) else ratio:.6g}") for ratio in ratios)
        try:
            self.change(time_grid=LISTED, grid=GridSettings(levels=levels, levels_as=levels_as))
        except NoisetteError as error:
            self.said.emit(str(error))

    def change_grid(self, **bends: float | None) -> None:
        """Change the largest or smallest sigma, or rho; None is the grid's own."""
        try:
            grid = replace(self._draft.grid, **bends)
        except NoisetteError as error:
            self.said.emit(str(error))
        else:
            self.change(grid=grid)

    def bend(self, handles: Handles) -> None:
        """Draw the time grid by hand."""
        if len(handles) >= 2:
            self.put(self._draft.with_handles(handles))

    def unbend(self) -> None:
        """Back to the named grid that the handles left."""
        self.put(self._draft.without_handles())

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

    def places_of(self, request: ImageRequest) -> tuple[Place, ...]:
        """Where each step of a request stands on its model's schedule; () where the model is not known."""
        card = next((each for each in self.cards if each.id == request.model_id), None)
        return planned_places(request, card.schedule) if card is not None else ()

    def set_band(self, side: int, step: int) -> None:
        """Let guidance begin (side 0) or end (side 1) with that step, from 1; an edge pushes the other before it."""
        fractions = self.sampler.view.fractions
        if not fractions:
            return
        ends = list(self._draft.interval)
        at = fractions[min(max(step, 1), len(fractions)) - 1]
        ends[side] = at if side == 0 or step < len(fractions) else 1.0
        ends[1 - side] = max(ends[1], at) if side == 0 else min(ends[0], at)
        self.change(interval=(ends[0], ends[1]))

    def keep(self) -> None:
        """Write the settings down."""
        self._keeper.stop()
        self._latest.stop()
        self._settings.keep(draft_key(self._project), self._draft.to_dict())

    def go_to(self, project: int) -> None:
        """Put this project's settings away and take another's; a new one begins with these, without what they show."""
        self.keep()
        kept = self._settings.value(draft_key(project), {})
        self._project = project
        self._show(self._settled(Draft.from_dict(kept) if kept else self._draft.blank()))
        self.keep()

    def set_problem(self, problem: str) -> None:
        """Why nothing can be made."""
        self._problem = problem
        self.refresh()

    def take_cards(self, cards: tuple[ModelCard, ...]) -> None:
        """What is installed. A draft without a model, or without a size, gets one, which is no step to undo."""
        self._cards = cards
        self._problem = "" if cards else "No model is installed; put one into the models folder"
        self._show(self._settled(self._draft))

    def take_hindrances(self, hindrances: dict[str, str]) -> None:
        """Why some of the models can't be used, by id."""
        self.hindrances = hindrances
        self.refresh()

    def learn_unknown(self, model_id: str, word: str) -> None:
        """A model has reported a word as new to it."""
        self._unknown[model_id] = tuple(dict.fromkeys((*self._unknown.get(model_id, ()), word)))
        self.refresh()

    def refresh(self) -> None:
        """Derive both panels anew."""
        draft = self._draft
        present = {word.lower() for word in words_of(draft.prompt)}
        unknown = tuple(word for word in self._unknown.get(draft.model_id, ()) if word.lower() in present)
        self.prompt.update(
            draft=draft,
            cards=self._cards,
            unknown=unknown,
            problem=self.problem,
            hindered=self.hindrances.get(draft.model_id, ""),
            cost=self._cost(draft),
            cost_of_one=self._cost(replace(draft, count=1)),
        )
        self.sampler.update(draft=draft, card=self.card)
        self._keeper.start()
        if not self._latest.isActive():
            self._latest.start()
        self.changed.emit()

    def cost_with(self, card: ModelCard) -> Cost:
        """What one picture would take of a model at its own best settings, alone or as one of a measured batch."""
        alone = self._cost(Draft().with_model(card))
        for count in BATCHES if alone.at_most else ():
            batch = self._cost(Draft(count=count).with_model(card))
            if batch.seconds is not None and not batch.at_most:
                return Cost(batch.seconds / count, octets=batch.octets)
        return alone

    def cost(self, request: ImageRequest) -> Cost:
        """What a request would take on this computer, as far as it was measured."""
        return self.measures.of(request, next((card for card in self.cards if card.id == request.model_id), None))

    def note(self, event: Measured, device: str) -> None:
        """A batch was measured. device: what its request asked for, "" where that is not known."""
        self.measures.note(event, device)
        self.refresh_cost()

    def set_free_memory(self, octets: int) -> None:
        """So much of the computer's memory is free now."""
        if self.measures.set_free(octets):
            self.refresh_cost()

    def refresh_cost(self) -> None:
        """Derive what the settings would take anew."""
        draft = self._draft
        self.prompt.update(cost=self._cost(draft), cost_of_one=self._cost(replace(draft, count=1)))

    def _cost(self, draft: Draft) -> Cost:
        try:
            return self.cost(replace(draft.request(), device=self._preferences["work/device"]))
        except NoisetteError:
            return Cost()

    def _settled(self, draft: Draft) -> Draft:
        """With a model and a size, where any is installed."""
        card = chosen_card(self._cards, draft)
        if self._cards and card is None:
            return draft.with_model(self._cards[0])
        if card is not None and draft.style not in ("", *card.styles):
            draft = replace(draft, style="")
        if card is not None and not draft.width:
            width, height = card.sizes[0]
            return replace(draft, width=width, height=height)
        return draft

    def _show(self, draft: Draft) -> None:
        self._draft = draft
        self.refresh()

    def _travel(self, draft: Draft | None, *, back: bool) -> None:
        if draft is None:
            self.said.emit("Nothing to undo" if back else "Nothing to redo")
            return
        before = self._draft
        self._show(draft)
        self.said.emit(describe(before, draft, back=back))

    def _schedule(self) -> NoiseSchedule | None:
        try:
            return schedule_named(self.card.schedule) if self.card is not None else None
        except NoisetteError:
            return None
