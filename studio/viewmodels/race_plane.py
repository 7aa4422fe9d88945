"""A race's lanes in the plane: the same samplers and grids on points that can be seen whole, at one noise."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.compare.naming import lane_names
from core.diffusion.schedule import schedule_named
from core.errors import NoisetteError
from core.models.card import ModelCard
from core.requests import ImageRequest
from core.samplers.cards import eta_of, solver_for
from core.toy import (
    MOST_EVALUATIONS,
    SCHEDULE_OF,
    Process,
    Shape,
    Stroke,
    ToyData,
    ToyField,
    ToyModel,
    ToyRequest,
    ToyRun,
    ToySolver,
)
from studio.viewmodels.compare import CompareInputs, CompareView, shown_request
from studio.viewmodels.toy_inputs import PROCESS_NAMES, data_of
from studio.viewmodels.toy_planes import Plane, run_plane

PARTICLES = 200
PROCESSES: dict[str, Process] = {"flow": "flow", "ve": "ve"}
"""Of a model's noise schedule; all others preserve the variance."""
UNDRAWN = "Nothing is drawn yet; draw in the 2D mode"
NOTHING = "Two lanes are needed; add them, and they run here as they will on the picture"


@dataclass(frozen=True, slots=True)
class PlaneLane:
    """A lane of the race, as it is called and drawn there. problem: why it can't be asked for in the plane."""

    name: str
    series: int
    asked: ToyRequest | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RacePlaneInputs:
    """strokes: of the user's drawing. lanes: of the race on show. scrub: its log-SNR, None for the end. closest: the
    lane that won it, −1 for none.

    fields, runs, refused: what has been worked out, and what could not be.
    """

    shape: Shape = "swiss_roll"
    strokes: tuple[Stroke, ...] = ()
    lanes: tuple[PlaneLane, ...] = ()
    scrub: float | None = None
    closest: int = -1
    fields: tuple[tuple[ToyModel, ToyField], ...] = ()
    runs: tuple[tuple[ToyRequest, ToyRun], ...] = ()
    refused: tuple[tuple[ToyModel | ToyRequest, str], ...] = ()

    @property
    def data(self) -> ToyData | None:
        """None for a drawing without a stroke."""
        return data_of(self.shape, self.strokes)


@dataclass(frozen=True, slots=True)
class RacePlaneView:
    """times: where each plane stands, 1 noise to 0 data. note: what moves the points. finding: one sentence."""

    planes: tuple[Plane, ...]
    times: tuple[float, ...]
    note: str
    finding: str


def lanes_of(
    inputs: CompareInputs, view: CompareView, data: ToyData | None, cards: tuple[ModelCard, ...]
) -> tuple[PlaneLane, ...]:
    """The lanes that Compare shows, at its evaluations, on an exact model of the data."""
    request, draft = shown_request(inputs), inputs.draft
    lanes = [lane.request for lane in (request.lanes if request is not None else draft.lanes)]
    evaluations = draft.evaluations if request is None else request.evaluations
    names = lane_names(request) if request is not None else tuple(column.name for column in view.columns)
    schedules = {card.id: card.schedule for card in cards}
    found = list[PlaneLane]()
    for lane, name, column in zip(lanes, names, view.columns, strict=False):
        process = PROCESSES.get(schedules.get(lane.model_id, "flow"), "vp")
        if data is None:
            found.append(PlaneLane(name, column.series, None, UNDRAWN))
            continue
        try:
            asked = _asked(lane, ToyModel(data, process), evaluations)
        except NoisetteError as error:
            found.append(PlaneLane(name, column.series, None, str(error)))
        else:
            found.append(PlaneLane(name, column.series, asked))
    return tuple(found)


def derive_race_plane(inputs: RacePlaneInputs) -> RacePlaneView:
    """What the drawer shows."""
    fields, runs, refused = dict(inputs.fields), dict(inputs.runs), dict(inputs.refused)
    planes, times = list[Plane](), list[float]()
    for lane in inputs.lanes:
        asked = lane.asked
        run, field = (runs.get(asked), fields.get(asked.model)) if asked else (None, None)
        problem = lane.problem or (refused.get(asked, "") if asked else "")
        planes.append(run_plane(lane.name, lane.series, run, field, problem))
        times.append(_time(asked.model.process, inputs.scrub) if asked else 0.0)
    return RacePlaneView(tuple(planes), tuple(times), _note(inputs), _finding(inputs, runs))


def _asked(lane: ImageRequest, model: ToyModel, evaluations: int) -> ToyRequest:
    solver = ToySolver(lane.sampler, eta_of(lane), lane.noise_scale, solver_for(lane.sampler, lane.solver))
    return ToyRequest(model, solver, lane.time_grid, lane.grid, min(evaluations, MOST_EVALUATIONS), PARTICLES)


def _time(process: Process, log_snr: float | None) -> float:
    """Where the plane's own process has this noise; the end for None."""
    if log_snr is None or log_snr == math.inf:
        return 0.0
    ratio = math.inf if log_snr == -math.inf else math.exp(-0.5 * log_snr)
    schedule = schedule_named(SCHEDULE_OF[process])
    return 1.0 if ratio >= schedule.at_time(1.0).ratio else schedule.at_ratio(ratio).t


def _note(inputs: RacePlaneInputs) -> str:
    if len(inputs.lanes) < 2:
        return NOTHING
    processes = dict.fromkeys(lane.asked.model.process for lane in inputs.lanes if lane.asked)
    named = " and ".join(PROCESS_NAMES[process] for process in processes)
    return f"{PARTICLES} points from the same noise, on the lanes' samplers and grids. {named}, by the exact score."


def _finding(inputs: RacePlaneInputs, runs: dict[ToyRequest, ToyRun]) -> str:
    known = [(runs[lane.asked], place) for place, lane in enumerate(inputs.lanes) if lane.asked in runs and lane.asked]
    exact = sorted((run.error, place) for run, place in known if not run.fresh_noise)
    if len(known) < len(inputs.lanes) or len(exact) < 2:
        return ""
    error, best = exact[0]
    words = f"Here {inputs.lanes[best].name} comes nearest to the true end, error {error:.2g}"
    if inputs.closest < 0:
        return f"{words}."
    if inputs.closest == best:
        return f"{words}, as it does in the race."
    return f"{words}; in the race {inputs.lanes[inputs.closest].name} does."
