"""The Grid page of Compare: what its axes say, what they cost, and how each cell stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import NoisetteError
from core.requests import ImageRequest
from core.sweeps.cells import label
from core.sweeps.request import NAMES, SweepRequest
from core.sweeps.settings import setting_named
from core.sweeps.sheet import facts_of
from studio.viewmodels import wording
from studio.viewmodels.run import OPEN, Phase, Run
from studio.viewmodels.sweep_draft import AxisDraft, SweepDraft

if TYPE_CHECKING:
    from core.artifacts.artifact import Artifact
    from core.sweeps.record import CellFigures

DIRECTIONS = ("across", "down", "by sheets")
SIDES = (64, 96, 128, 160, 192, 256, 384, 512)
"""Cells may be so large, in logical pixels."""


@dataclass(frozen=True, slots=True)
class Made:
    """A cell's picture."""

    artifact: Artifact
    figures: CellFigures


@dataclass(frozen=True, slots=True)
class SweepInputs:
    """base: Create's settings, which hold for what no axis varies. base_problem: why there are none.

    planned: the request whose cells were looked through last. problem: what is wrong with them. seconds: that they will
    take, None where that was not measured.
    run, request: the grid on show. made: by cell. at: (cell, step, total) at work. sheet, current: on show, and chosen.
    """

    draft: SweepDraft = field(default_factory=SweepDraft)
    base: ImageRequest | None = None
    base_problem: str = ""
    planned: SweepRequest | None = None
    problem: str = ""
    seconds: float | None = None
    run: Run | None = None
    request: SweepRequest | None = None
    complete: bool = False
    made: dict[int, Made] = field(default_factory=dict[int, Made])
    at: tuple[int, int, int] | None = None
    sheet: int = 0
    current: int = 0
    side: int = 160


@dataclass(frozen=True, slots=True)
class AxisRow:
    """count: "3 values", "" where there is a problem or no axis."""

    name: str
    direction: str
    setting: str
    text: str
    count: str
    problem: str
    example: str


@dataclass(frozen=True, slots=True)
class CellView:
    """cell: of all. words: its values. badge: what it does. path, thumbnail: of its picture, None where it has none."""

    cell: int
    words: str
    badge: str = ""
    path: Path | None = None
    thumbnail: Path | None = None


@dataclass(frozen=True, slots=True)
class SweepView:
    """columns, rows, sheets: labels; rows and sheets are () without such an axis. cells: of the sheet on show.

    fresh: the grid on show is not that of the axes as they are now. facts: what the axes leave as it is.
    """

    axes: tuple[AxisRow, ...]
    total: str
    cost: str
    problem: str
    rest: str
    title: str
    facts: str
    busy: bool
    can_run: bool
    run_label: str
    can_resume: bool
    progress: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    sheets: tuple[str, ...]
    sheet: int
    cells: tuple[CellView, ...]
    current: int
    current_words: str
    side: int
    can_export: bool


def asked(inputs: SweepInputs) -> SweepRequest | None:
    """What the axes ask for as they are typed; None where they ask for nothing that can be made."""
    if inputs.base is None:
        return None
    try:
        return inputs.draft.request(inputs.base)
    except NoisetteError:
        return None


def derive_sweep(inputs: SweepInputs) -> SweepView:
    """What the page says."""
    axes = tuple(_axis_row(place, axis) for place, axis in enumerate(inputs.draft.axes))
    wanted = asked(inputs)
    shown = inputs.request or wanted
    busy = inputs.run is not None and inputs.run.phase in OPEN
    settled = wanted is not None and wanted == inputs.planned
    problem = inputs.base_problem or _draft_problem(inputs, axes) or (inputs.problem if settled else "")
    ended = inputs.run is not None and inputs.run.phase in (Phase.CANCELLED, Phase.FAILED)
    sheet = min(inputs.sheet, shown.shape[2] - 1) if shown else 0
    cells = _cells(inputs, shown, sheet) if shown else ()
    current = min(inputs.current, len(cells) - 1) if cells else 0
    return SweepView(
        axes=axes,
        total=wording.count(wanted.total, "cell") if wanted else "",
        cost=_cost(inputs) if settled and not problem else "",
        problem=problem,
        rest=facts_of(wanted) if wanted else "",
        title=shown.base.prompt if shown else inputs.base.prompt if inputs.base is not None else "",
        facts=facts_of(shown) if shown else "",
        busy=busy,
        can_run=wanted is not None and not problem,
        run_label="Run again" if inputs.made and inputs.request == wanted else "Run",
        can_resume=not busy and inputs.request is not None and not inputs.complete and (ended or bool(inputs.made)),
        progress=_progress(inputs, shown),
        columns=tuple(label(shown.axes[0], value) for value in shown.axes[0].values) if shown else (),
        rows=_labels(shown, 1),
        sheets=_labels(shown, 2),
        sheet=sheet,
        cells=cells,
        current=current,
        current_words=_current(inputs, shown, cells[current].cell) if shown and cells else "",
        side=inputs.side,
        can_export=bool(inputs.made),
    )


def _axis_row(place: int, axis: AxisDraft) -> AxisRow:
    name, direction = NAMES[place], DIRECTIONS[place]
    if not axis.setting:
        return AxisRow(name, direction, "", "", "", "", "")
    setting = setting_named(axis.setting)
    try:
        count, problem = wording.count(len(axis.axis().values), "value"), ""
    except NoisetteError as error:
        count, problem = "", _sentence(str(error))
    return AxisRow(name, direction, setting.name, axis.text, count, problem, setting.example)


def _draft_problem(inputs: SweepInputs, axes: tuple[AxisRow, ...]) -> str:
    """Of the axes together; one that is wrong in itself says so below its own field."""
    if inputs.base is None:
        return "Looking for models"
    wrong = next((row.name for row in axes if row.problem), "")
    if wrong:
        return f"The values of {wrong} can't be read"
    try:
        inputs.draft.request(inputs.base)
    except NoisetteError as error:
        return _sentence(str(error))
    return ""


def _cost(inputs: SweepInputs) -> str:
    return "time not measured yet" if inputs.seconds is None else wording.about(inputs.seconds)


def _progress(inputs: SweepInputs, shown: SweepRequest | None) -> str:
    run = inputs.run
    if shown is None or inputs.request is None:
        return ""
    made = f"{wording.whole(len(inputs.made))} of {wording.count(shown.total, 'cell')}"
    if run is None or run.phase is Phase.DONE or (run.phase not in OPEN and inputs.complete):
        return f"{made} made"
    if run.phase is Phase.FAILED:
        return _sentence(run.sentence) or f"Stopped, {made} made"
    if run.phase is Phase.CANCELLED:
        return f"Cancelled, {made} kept"
    if run.phase is Phase.WAITING:
        return f"Waiting, {run.ahead} ahead" if run.ahead else "Waiting"
    left = ""
    if run.done and run.total and run.seconds > 1.0:
        left = f", {wording.seconds((run.total - run.done) * run.seconds / run.done)} left"
    return f"{made}{left}"


def _labels(shown: SweepRequest | None, place: int) -> tuple[str, ...]:
    if shown is None or len(shown.axes) <= place:
        return ()
    axis = shown.axes[place]
    return tuple(label(axis, value) for value in axis.values)


def _cells(inputs: SweepInputs, shown: SweepRequest, sheet: int) -> tuple[CellView, ...]:
    across, down, _ = shown.shape
    first = sheet * across * down
    return tuple(_cell(inputs, shown, cell) for cell in range(first, first + across * down))


def _cell(inputs: SweepInputs, shown: SweepRequest, cell: int) -> CellView:
    words = _values(shown, cell)
    made = inputs.made.get(cell)
    if made is not None:
        return CellView(cell, words, "", made.artifact.path, made.artifact.thumbnail)
    if inputs.at is not None and inputs.at[0] == cell:
        return CellView(cell, words, f"step {inputs.at[1]} of {inputs.at[2]}")
    return CellView(cell, words)


def _values(shown: SweepRequest, cell: int) -> str:
    return ", ".join(label(axis, value) for axis, value in zip(shown.axes, shown.values(cell), strict=True))


def _current(inputs: SweepInputs, shown: SweepRequest, cell: int) -> str:
    words, made = _values(shown, cell), inputs.made.get(cell)
    if made is None:
        return f"{words}: not made yet"
    figures = made.figures
    told = [wording.count(figures.steps, "step")]
    if figures.evaluations is not None:
        told.append(wording.count(figures.evaluations, "evaluation"))
    told.append(f"seed {wording.whole(figures.seed)}")
    if figures.seconds is not None:
        told.append(f"{figures.seconds:.2f} s")
    return f"{words}: {', '.join(told)}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
