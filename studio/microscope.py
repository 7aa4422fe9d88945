"""The Schedules page at work: curves worked out off the GUI thread, drawn, brought in, written, used. No widgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from core.artifacts.atomic import write_atomically
from core.diffusion.schedule import SCHEDULES, schedule_named
from core.diffusion.time_grid import time_grid
from core.errors import NoisetteError
from core.grid_settings import LISTED, GridSettings
from core.history.kept_grids import FOLDER
from core.microscope.overlay import DRAWN, LIST, Overlay, Wanted, as_listed, overlay
from core.microscope.plot import Across, Quantity
from core.microscope.reading import GridList, Imported, Unit, ready, renamed
from core.plain import from_plain, to_plain
from studio.microscope_files import OPTIMISED, free_name, lists_in, lists_of, look_of, optimised_in, picture_or_numbers
from studio.viewmodels.handles import Handles, added, handles_for, moved, place_of, removed
from studio.viewmodels.microscope import (
    MOST,
    MOST_STEPS,
    MicroscopeInputs,
    MicroscopeView,
    derive_microscope,
    toggled,
    told_list,
)
from studio.viewmodels.view_model import ViewModel

if TYPE_CHECKING:
    from studio.background import Background
    from studio.desk import Desk
    from studio.settings import Settings
    from studio.theme.tokens import Tokens

KEPT = "compare/schedules"


class Microscope(QObject):
    """Owns the view model of the page. said(sentence): a line for the user.

    table_wanted(TableFile): the figures are to be saved, in a file that is yet to be asked for.

    home: the folder with grids that were optimised for a model; None while the engine is not open.
    """

    said = Signal(str)
    table_wanted = Signal(object)

    def __init__(self, background: Background, settings: Settings, desk: Desk, home: Callable[[], Path | None]) -> None:
        super().__init__()
        self._background, self._settings, self._desk, self._home = background, settings, desk, home
        self._working: Wanted | None = None
        self._drawing_waits = False
        inputs = _kept(settings.value(KEPT, {}), desk)
        self.model: ViewModel[MicroscopeInputs, MicroscopeView] = ViewModel(inputs, derive_microscope)
        desk.changed.connect(self._learn_models)
        self._learn_models()

    @property
    def inputs(self) -> MicroscopeInputs:
        return self.model.inputs

    @property
    def settled(self) -> bool:
        """Whether what is on show is what is wanted."""
        shown = self.inputs.shown
        return self._working is None and shown is not None and shown.wanted == self.inputs.wanted

    def enter(self) -> None:
        """The page comes on show."""
        self._look_for_optimised()
        self._work()

    def change(self, **changes: Any) -> None:
        """Other settings of the page by name; what they show is worked out."""
        self.model.update(problem="", **changes)
        self._keep()
        self._work()

    def toggle(self, name: str) -> None:
        """Put a curve on, or take it off."""
        chosen = toggled(self.inputs.chosen, name)
        if chosen is None:
            self.said.emit(f"{MOST} curves are the most; take one off first")
            return
        on = name in chosen
        others = [each for each in chosen if each]
        current = name if on else self.inputs.current if self.inputs.current in others else "".join(others[:1])
        base = self.inputs.base if self.inputs.base in others else "".join(others[:1])
        self.change(chosen=chosen, current=current, base=base)

    def set_steps(self, steps: int) -> None:
        self.change(steps=min(max(steps, 1), MOST_STEPS))

    def next_quantity(self) -> None:
        """σ, log-SNR, the steps in it, the steps in t, and round."""
        self.change(quantity=Quantity((self.inputs.quantity + 1) % Quantity.DIFFERENCE))

    # What is read off

    def point_at(self, name: str, at: int) -> None:
        """Take a level of a curve in hand; from 0."""
        self.model.update(current=name, at=max(at, 0))

    def move_along(self, by: int) -> None:
        """To another level of the curve at hand."""
        view = self.model.view
        current = next((each.curve for each in view.curves if each.current), None)
        if current is not None:
            self.point_at(current.name, min(max(view.at + by, 0), current.steps))

    def move_over(self, by: int) -> None:
        """To another curve, at the same step."""
        curves = self.model.view.curves
        here = next((place for place, each in enumerate(curves) if each.current), None)
        if here is not None:
            self.point_at(curves[(here + by) % len(curves)].curve.name, self.model.view.at)

    # What is drawn

    def draw(self) -> None:
        """Go on from the curve at hand by hand: a drawn one lies on it. Where it is not worked out yet, once it is."""
        self._drawing_waits = not self.settled
        if self._drawing_waits:
            return
        view, shown = self.model.view, self.inputs.shown
        current = next((each.curve for each in view.curves if each.current), None)
        if current is None or shown is None:
            self.said.emit("No curve is chosen; choose one to draw on from")
            return
        if current.steps < 2:
            self.said.emit(f"{current.title} has 1 step, which leaves nothing to bend; ask for 2 or more")
            return
        schedule = schedule_named(self.inputs.schedule)
        try:
            clean = () if current.ends_clean else (schedule.at_time(0.0),)
            handles = self.inputs.handles
            if current.name != DRAWN:
                handles = handles_for(current.name, (*current.levels, *clean), schedule, GridSettings())
            GridSettings(handles=handles)
        except NoisetteError as error:
            self.said.emit(f"{current.title} can't be drawn on from ({error}); choose another")
            return
        chosen = self.inputs.chosen if DRAWN in self.inputs.chosen else toggled(self.inputs.chosen, DRAWN)
        if chosen is None:
            self.said.emit(f"{MOST} curves are the most; take one off first")
            return
        quantity = Quantity(min(self.inputs.quantity, Quantity.LOG_SNR))
        self.change(handles=handles, chosen=chosen, current=DRAWN, quantity=quantity, across=Across.STEP)

    def move_handle(self, index: int, fraction: float, log_snr: float) -> None:
        """Move one handle of the drawn curve; it stops at its neighbours."""
        place = place_of(log_snr, schedule_named(self.inputs.schedule))
        self._bend(moved(self.inputs.handles, index, fraction, place))

    def add_handle(self, fraction: float, log_snr: float) -> None:
        """One more, where there is room."""
        self._bend(added(self.inputs.handles, fraction, place_of(log_snr, schedule_named(self.inputs.schedule))))

    def remove_handle(self, index: int) -> None:
        """One fewer; the ends stay."""
        self._bend(removed(self.inputs.handles, index))

    def _bend(self, handles: Handles) -> None:
        if handles != self.inputs.handles:
            self.change(handles=handles, current=DRAWN)

    # What comes in and goes out

    def bring_in(self, path: Path) -> None:
        """Read a file of levels: CSV, JSON or text."""

        schedule = self.inputs.schedule
        self._background.run(lambda: lists_in(path, schedule), self._take_lists, self._refuse)

    def bring_in_text(self, text: str) -> None:
        """Read levels that were copied, such as ComfyUI's manual sigmas."""
        schedule = self.inputs.schedule
        self._background.run(lambda: lists_of(text, schedule, "Pasted"), self._take_lists, self._refuse)

    def read_as(self, name: str, unit: Unit) -> None:
        """Read a list's numbers in another unit than it was read in."""
        lists, schedule = self.inputs.lists, schedule_named(self.inputs.schedule)
        found = next((each for each in lists if each.name == name), None)
        if found is None or not found.values:
            return
        try:
            made = ready(GridList(name, found.values), schedule, unit)
        except NoisetteError as error:
            self._refuse(str(error))
        else:
            self.change(lists=tuple(made if each is found else each for each in lists))

    def drop_list(self, name: str) -> None:
        """Take a list away."""
        if LIST + name in self.inputs.chosen:
            self.toggle(LIST + name)
        self.change(lists=tuple(each for each in self.inputs.lists if each.name != name))

    def write(self, path: Path, tokens: Tokens) -> None:
        """Write the curves on show: PNG or SVG as the plot has them, CSV or JSON with every number."""
        shown = self.inputs.shown
        if shown is None or not shown.curves:
            self.said.emit("No curve is chosen; choose one, then it can be exported")
            return
        look, schedule = look_of(tokens), self.inputs.schedule
        self._background.run(
            lambda: write_atomically(path, lambda file: file.write(picture_or_numbers(path, shown, schedule, look))),
            lambda _: self.said.emit(f"Saved as {path.name}"),
            self._refuse,
        )

    def use_in_create(self) -> bool:
        """Make the curve at hand Create's grid, with its steps. False, and why is said, where that can't be."""
        current = next((each.curve for each in self.model.view.curves if each.current), None)
        card = self._desk.card
        if current is None or card is None:
            self.said.emit("No curve is chosen" if current is None else "No model is chosen in Create")
            return False
        draft = self._desk.draft
        try:
            if current.name == DRAWN:
                used = replace(draft.with_handles(self.inputs.handles), steps=current.steps)
            elif ":" in current.name or current.name.startswith(LIST):
                settings, steps = as_listed(current, schedule_named(card.schedule))
                used = replace(draft.with_grid(LISTED), grid=settings, steps=steps)
            else:
                used = replace(draft.with_grid(current.name), steps=current.steps)
            time_grid(used.time_grid, schedule_named(card.schedule), used.steps, settings=used.grid)
        except NoisetteError as error:
            self.said.emit(f"{current.title} can't be used with {card.title}: {error}")
            return False
        self._desk.put(used)
        self.said.emit(f"Create's grid is {current.title} now, with {used.steps} steps")
        return True

    # What is worked out

    def _work(self) -> None:
        """One overlay at a time; what was asked for in passing is left out."""
        wanted = self.inputs.wanted
        if self._working is not None or (self.inputs.shown is not None and self.inputs.shown.wanted == wanted):
            return
        self._working = wanted
        self._background.run(lambda: overlay(wanted), self._take, self._fail)

    def _take(self, made: Overlay) -> None:
        self._working = None
        self.model.update(shown=made)
        self._work()
        if self._drawing_waits and self.settled:
            self.draw()

    def _fail(self, sentence: str) -> None:
        self._working = None
        self.model.update(problem=sentence)

    def _take_lists(self, found: tuple[Imported, ...]) -> None:
        lists, chosen = list(self.inputs.lists), self.inputs.chosen
        taken = list[Imported]()
        for each in found:
            named = renamed(each, free_name(each.name, [known.name for known in lists]))
            lists.append(named)
            taken.append(named)
            chosen = toggled(chosen, LIST + named.name) or chosen
        self.change(lists=tuple(lists), chosen=chosen, current=LIST + taken[0].name, at=0)
        self.said.emit(f"{taken[0].name}: {told_list(taken[0])}" if len(taken) == 1 else f"{len(taken)} lists read")

    def _refuse(self, sentence: str) -> None:
        self.model.update(problem=sentence)
        self.said.emit(sentence)

    def _look_for_optimised(self) -> None:
        """Grids that were measured for an installed model join the lists."""
        home = self._home()
        if home is None:
            return
        cards = {card.id: card for card in self._desk.cards}
        self._background.run(lambda: optimised_in(home / FOLDER, set(cards)), self._take_optimised)

    def _take_optimised(self, found: tuple[Imported, ...]) -> None:
        known = {each.name for each in self.inputs.lists}
        new = tuple(each for each in found if each.name not in known)
        if new:
            self.model.update(lists=(*self.inputs.lists, *new))

    def _learn_models(self) -> None:
        if self._desk.cards != self.inputs.cards:
            self.model.update(cards=self._desk.cards)

    def _keep(self) -> None:
        inputs = self.inputs
        self._settings.keep(
            KEPT,
            {
                "schedule": inputs.schedule,
                "steps": inputs.steps,
                "chosen": list(inputs.chosen),
                "current": inputs.current,
                "base": inputs.base,
                "quantity": int(inputs.quantity),
                "across": int(inputs.across),
                "handles": [list(handle) for handle in inputs.handles],
                "lists": [to_plain(each) for each in inputs.lists if not each.name.startswith(OPTIMISED)],
            },
        )


def _kept(data: Any, desk: Desk) -> MicroscopeInputs:
    """The settings as they were kept; the usual ones for what can't be read, on the schedule of Create's model."""
    usual = MicroscopeInputs(schedule=desk.card.schedule if desk.card is not None else "flow")
    try:
        lists = tuple(from_plain(Imported, each, "the kept list") for each in data["lists"])
        handles = tuple((float(a), float(b)) for a, b in data["handles"])
        GridSettings(handles=handles)
        names = {LIST + each.name for each in lists}
        chosen = tuple(
            "" if (name.startswith(LIST) and name not in names) or (name == DRAWN and not handles) else str(name)
            for name in data["chosen"]
        )[:MOST]
        return MicroscopeInputs(
            schedule=data["schedule"] if data["schedule"] in SCHEDULES else usual.schedule,
            steps=min(max(int(data["steps"]), 1), MOST_STEPS),
            chosen=chosen,
            current=str(data["current"]),
            base=str(data["base"]),
            quantity=Quantity(min(int(data["quantity"]), Quantity.TIME_STEP)),
            across=Across(data["across"]),
            handles=handles,
            lists=lists,
        )
    except (KeyError, TypeError, ValueError, AttributeError, NoisetteError):
        return usual
