"""The Grid page of Compare at work: from typed axes to finished cells. No widgets here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from core.artifacts.atomic import write_text
from core.errors import NoisetteError
from core.jobs.event import CellMade, CellStepped, Event, Measured
from core.requests import ImageRequest
from core.sweeps.cells import cells_of
from core.sweeps.record import CellFigures, SweepRecord, read_sweep, sweep_csv, sweep_json
from core.sweeps.request import MAX_CELLS, SweepRequest
from core.sweeps.sheet import SheetColours, write_sheets
from studio.page_job import PageJob
from studio.pixels import to_image
from studio.thumbnail_loader import ThumbnailLoader
from studio.viewmodels.run import OPEN, Run
from studio.viewmodels.sweep import SIDES, Made, SweepInputs, SweepView, asked, derive_sweep
from studio.viewmodels.sweep_draft import SweepDraft
from studio.viewmodels.view_model import ViewModel

if TYPE_CHECKING:
    from core.artifacts.artifact import Artifact
    from studio.background import Background
    from studio.bridge import Bridge
    from studio.session import Session
    from studio.settings import Settings

FITTED = (128, 160, 192, 256)
"""Sizes that cells take by themselves; where the least has no room one scrolls."""
KEPT, KEPT_JOB, KEPT_SIDE = "compare/grid", "compare/grid_job", "compare/grid_side"
PLAN_MS = 120
"""Typing rests so long before the cells are looked through."""
THUMBNAIL_PIXELS = 192

Groups = tuple[tuple[ImageRequest, int], ...]
"""Requests that take the same time, and how many cells each stands for."""


class Sweep(QObject):
    """Owns the view model. said(sentence): a line for the user. looked(cell): there is a new look at it in `look`."""

    said = Signal(str)
    looked = Signal(int)

    def __init__(
        self,
        bridge: Bridge,
        background: Background,
        settings: Settings,
        session: Session,
        device: Callable[[], Any],
    ) -> None:
        super().__init__()
        self._bridge, self._background, self._settings, self._session = bridge, background, settings, session
        self._device = device
        draft = SweepDraft.from_list(settings.value(KEPT, []))
        side = settings.value(KEPT_SIDE, 160)
        inputs = SweepInputs(draft=draft, side=side if side in SIDES else 160)
        self.model: ViewModel[SweepInputs, SweepView] = ViewModel(inputs, derive_sweep)
        self.thumbnails = ThumbnailLoader(background, THUMBNAIL_PIXELS, cut=False)
        self.look: tuple[int, QImage] | None = None
        self.job = PageJob(self, bridge, background, session, "grid", self._take_up_last)
        self.job.said.connect(self.said)
        self.job.heard.connect(self._take)
        self._rest = QTimer(self, singleShot=True, interval=PLAN_MS)
        self._rest.timeout.connect(self._plan)
        bridge.settled.connect(self._settle)
        session.desk.changed.connect(self._rest.start)
        self._learn_base()
        self.job.attend()

    @property
    def busy(self) -> bool:
        return self.model.view.busy

    def enter(self) -> None:
        """The page comes on show."""
        self._plan()

    # The axes

    def put(self, draft: SweepDraft) -> None:
        """Replace the axes."""
        self.model.update(draft=draft)
        self._settings.keep(KEPT, draft.to_list())
        self._rest.start()

    def set_setting(self, place: int, name: str) -> None:
        self.put(self.model.inputs.draft.with_setting(place, name))

    def set_text(self, place: int, text: str) -> None:
        self.put(self.model.inputs.draft.with_text(place, text))

    # The job

    def run(self) -> None:
        """Run the grid as it is typed."""
        self._learn_base()
        wanted, problem = asked(self.model.inputs), self.model.view.problem
        if wanted is None or problem or not self._bridge.is_open:
            self.said.emit(problem or "Opening")
            return
        try:
            request = replace(wanted, base=replace(wanted.base, device=self._device()))
            run = self._session.runs.submit_sweep(request, self._session.projects.current)
        except NoisetteError as error:
            self.said.emit(str(error))
            return
        self._follow(run.job_id)
        self.model.update(run=run, request=wanted, made={}, at=None, complete=False, sheet=0, current=0)

    def cancel(self) -> None:
        """Stop the grid; its cells are kept, and it can go on."""
        self.job.cancel()

    def resume(self) -> None:
        """Go on with what was cancelled, in this session or an earlier one."""
        if self.model.view.can_resume:
            self.job.resume()
        else:
            self.said.emit("No grid was cancelled; run one")

    def open_cell(self) -> Artifact | None:
        """Take the chosen cell's settings up in Create, and its picture where it is made."""
        view, request = self.model.view, self.model.inputs.request
        if not view.cells:
            return None
        cell = view.cells[view.current].cell
        made = self.model.inputs.made.get(cell)
        if made is not None:
            self._session.desk.take_up(made.artifact.recipe.asked())
            return made.artifact
        wanted = request or asked(self.model.inputs)
        if wanted is not None:
            self._session.desk.take_up(replace(cells_of(wanted)[cell].request, device="auto"))
        return None

    # What is on show

    def choose(self, place: int) -> None:
        """place: within the sheet."""
        if 0 <= place < len(self.model.view.cells):
            self.model.update(current=place)

    def turn(self, by: int) -> None:
        """So many sheets on."""
        last = max(len(self.model.view.sheets) - 1, 0)
        self.show_sheet(min(max(self.model.view.sheet + by, 0), last))

    def show_sheet(self, sheet: int) -> None:
        self.model.update(sheet=sheet)

    def set_side(self, side: int) -> None:
        """How large cells are, logical pixels; the nearest of `SIDES`."""
        near = min(SIDES, key=lambda each: abs(each - side))
        # Before it shows, or it would be fitted again.
        self._settings.keep(KEPT_SIDE, near)
        self.model.update(side=near)

    def fit(self, room: int) -> None:
        """Cells as large as there is room for, until the user sets another size. room: their side, logical pixels."""
        if self._settings.value(KEPT_SIDE, 0) not in SIDES:
            self.model.update(side=max((side for side in FITTED if side <= room), default=FITTED[0]))

    def zoom(self, by: int) -> None:
        """So many sizes larger."""
        at = SIDES.index(self.model.view.side) + by
        self.set_side(SIDES[min(max(at, 0), len(SIDES) - 1)])

    # What is written

    @property
    def record(self) -> SweepRecord | None:
        """The grid on show, as far as it is made."""
        inputs = self.model.inputs
        if inputs.request is None or not inputs.made:
            return None
        cells = tuple(inputs.made[cell].figures for cell in sorted(inputs.made))
        return SweepRecord(inputs.request, cells, complete=len(cells) == inputs.request.total)

    def export_sheet(self, path: Path, colours: SheetColours) -> None:
        """A PNG for each value of Z."""
        record, made = self.record, self.model.inputs.made
        if record is None:
            return
        files = {cell: each.artifact.path for cell, each in made.items()}
        self._background.run(
            lambda: write_sheets(path, record.request, files, colours),
            lambda written: self.said.emit(f"Saved as {', '.join(each.name for each in written)}"),
            self.said.emit,
        )

    def export_numbers(self, path: Path) -> None:
        """CSV, or JSON, by the file's ending."""
        record = self.record
        if record is None:
            return
        text = sweep_csv(record) if path.suffix.lower() == ".csv" else sweep_json(record)
        self._background.run(
            lambda: write_text(path, text),
            lambda _: self.said.emit(f"Saved as {path.name}"),
            self.said.emit,
        )

    # What happens

    def _learn_base(self) -> None:
        """Create's settings, from their beginning on."""
        if not self._session.desk.cards:
            return
        try:
            own = self._session.desk.draft.request()
        except NoisetteError as error:
            self.model.update(base=None, base_problem=str(error))
            return
        base = replace(
            own,
            count=1,
            branch=None,
            neighbours=0.0,
            neighbour=None,
            keep_trajectory=False,
            batch=None,
            kept=True,
            device="auto",
        )
        self.model.update(base=base, base_problem="")

    def _plan(self) -> None:
        """Look all cells through, off the GUI thread, and tell what is wrong and what they take."""
        self._learn_base()
        wanted = asked(self.model.inputs)
        if wanted is None or wanted == self.model.inputs.planned:
            return

        def work() -> tuple[str, Groups]:
            try:
                return "", _groups(wanted)
            except NoisetteError as error:
                return str(error), ()

        self._background.run(work, lambda found: self._take_plan(wanted, *found))

    def _take_plan(self, wanted: SweepRequest, problem: str, groups: Groups) -> None:
        if wanted != asked(self.model.inputs):
            return
        cost, device = self._session.desk.cost, self._device()
        each = [(cost(replace(request, device=device)).seconds, count) for request, count in groups]
        known = [seconds * count for seconds, count in each if seconds is not None]
        total = sum(known) if each and len(known) == len(each) else None
        self.model.update(planned=wanted, problem=problem[:1].upper() + problem[1:], seconds=total)

    def _follow(self, job_id: str) -> None:
        self.job.id, self.look = job_id, None
        self.thumbnails.forget(range(MAX_CELLS))
        self._settings.keep(KEPT_JOB, job_id)

    def open_job(self, job: str) -> None:
        """Put another grid on show, one of this session or an earlier one."""
        if job == self.job.id:
            return
        if self.busy:
            self.said.emit("A grid is running; stop it first, or let it end")
            return
        self._read(job, lambda *found: None if self.busy else self._show_record(job, *found), self.said.emit)

    def _take_up_last(self) -> None:
        """The grid that was on show when the last session ended."""
        job = self._settings.value(KEPT_JOB, "")
        if job and not self.job.id:
            # Where it is gone there is nothing to show, and nothing to say.
            self._read(job, lambda *found: None if self.job.id else self._show_record(job, *found), lambda _: None)

    def _read(
        self,
        job: str,
        then: Callable[[SweepRecord, dict[str, Artifact]], object],
        refused: Callable[[str], object],
    ) -> None:
        engine = self._bridge.engine

        def read() -> tuple[SweepRecord, dict[str, Artifact]]:
            record = read_sweep(engine.home.sweeps / f"{job}.json")
            return record, {artifact.id: artifact for artifact in engine.history.of_job(job)}

        self._background.run(read, lambda found: then(*found), refused)

    def _show_record(self, job: str, record: SweepRecord, artifacts: dict[str, Artifact]) -> None:
        self._follow(job)
        there = [each for each in record.cells if each.picture in artifacts]
        request = replace(record.request, base=replace(record.request.base, device="auto"))
        made = {each.cell: Made(artifacts[each.picture], each) for each in there}
        self.model.update(
            run=self.job.run, request=request, made=made, at=None, complete=record.complete, sheet=0, current=0
        )

    def _take(self, event: Event) -> None:
        if isinstance(event, CellStepped):
            self.look = event.cell, to_image(event.clean)
            self.model.update(at=(event.cell, event.step, event.total))
            self.looked.emit(event.cell)
        elif isinstance(event, CellMade):
            self._take_cell(event.figures, event.artifact)
        elif isinstance(event, Measured):
            self._session.desk.note(event, self._device())

    def _take_cell(self, figures: CellFigures, artifact: Artifact) -> None:
        made = {**self.model.inputs.made, figures.cell: Made(artifact, figures)}
        request = self.model.inputs.request
        complete = request is not None and len(made) == request.total
        self.model.update(made=made, complete=complete)

    def _settle(self) -> None:
        run: Run | None = self.job.run
        if run is None or run is self.model.inputs.run:
            return
        if run.phase in OPEN:
            self.model.update(run=run)
            return
        # What it took was measured: what the next one takes can be told.
        self.model.update(run=run, at=None, planned=None)
        self._rest.start()


def _groups(wanted: SweepRequest) -> Groups:
    """Cells that differ in prompt, seed and the scale of guidance alone take the same time."""
    found = Counter[ImageRequest]()
    for cell in cells_of(wanted):
        plain = cell.request.guidance
        scale = plain.scale if plain.scale in (0.0, 1.0) else 2.0
        guidance = replace(plain, scale=scale) if plain.course == "constant" else plain
        found[replace(cell.request, prompt="", negative_prompt="", seed=0, guidance=guidance)] += 1
    return tuple(found.items())
