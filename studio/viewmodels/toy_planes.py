"""The planes of the 2D mode, one or several side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.toy import Process, ToyField, ToyModel, ToyRequest, ToyRun
from studio.viewmodels import wording
from studio.viewmodels.race_lanes import series_of
from studio.viewmodels.toy_inputs import COMPARED, PROCESS_NAMES, ToyInputs, model_of, requests_wanted, solver_names

if TYPE_CHECKING:
    import numpy as np

PROCESS_SERIES: dict[Process, int] = {"vp": 3, "ve": 5, "flow": 4, "rectified": 2}


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """One plane with its caption. series: of its paths' colour. empty: words in place of what can't be shown.

    field: density and arrows. paths: (S, B, 2) at times, (S,); steps: each of them is marked.
    """

    title: str
    caption: str
    series: int
    field: ToyField | None
    times: np.ndarray | None
    paths: np.ndarray | None
    steps: bool
    empty: str = ""

    @property
    def captions(self) -> tuple[str, ...]:
        """The caption, and what stands in its place where there is less and less room."""
        brief = self.caption.replace("evaluations", "eval.").replace("evaluation", "eval.")
        parts = self.caption.split(", ")
        return (self.caption, brief, ", ".join((parts[0], parts[-1])), parts[-1])


def planes_of(inputs: ToyInputs) -> tuple[Plane, ...]:
    """Those of the present layout."""
    fields = dict(inputs.fields)
    match inputs.layout:
        case "solvers":
            return _solver_planes(inputs, fields)
        case "processes":
            return tuple(_process_plane(inputs, fields, process) for process in COMPARED)
        case "field":
            return (_process_plane(inputs, fields, inputs.process),)


def run_plane(title: str, series: int, run: ToyRun | None, field: ToyField | None, refused: str = "") -> Plane:
    """A solver's way. refused: why there is none."""
    times, paths = (run.times, run.paths) if run else (None, None)
    return Plane(title, told_run(run) if run else "", series, field, times, paths, True, refused)


def told_run(run: ToyRun) -> str:
    """What it cost and how near it came, to the true end, or to the data where it draws noise on its way."""
    cost = f"{wording.count(run.steps, 'step')}, {wording.count(run.evaluations, 'evaluation')}"
    return f"{cost}, {run.distance:.2f} from data" if run.fresh_noise else f"{cost}, error {run.error:.2f}"


def _process_plane(inputs: ToyInputs, fields: dict[ToyModel, ToyField], process: Process) -> Plane:
    title, series, data = PROCESS_NAMES[process], PROCESS_SERIES[process], inputs.data
    if data is None or (inputs.drawing and inputs.layout == "field"):
        words = "" if inputs.drawing else "Draw something: press Draw, then paint on the plane"
        return Plane(title, "", series, None, None, None, False, words)
    learning = inputs.training is not None and inputs.training.process == process
    model = model_of(inputs, data, process)
    field = inputs.live if learning and inputs.live is not None else fields.get(model) if model else None
    if field is None:
        refused = dict(inputs.refused).get(model, "") if model else "Train it, and it is shown here as it learns"
        return Plane(title, "", series, None, None, None, False, refused)
    told = "as it learns" if learning else "trained" if model and model.weights else "exact"
    caption = f"{told}, straight {field.straightness:.2f}" if inputs.layout == "processes" else told
    return Plane(title, caption, series, field, field.times, field.paths, False)


def _solver_planes(inputs: ToyInputs, fields: dict[ToyModel, ToyField]) -> tuple[Plane, ...]:
    names = solver_names(inputs.solvers)
    series = series_of(tuple(solver.sampler for solver in inputs.solvers), dict(inputs.series))
    wanted: tuple[ToyRequest | None, ...] = requests_wanted(inputs) or (None, None)
    empty = _process_plane(inputs, {}, inputs.process).empty
    runs, refused = dict(inputs.runs), dict(inputs.refused)
    planes = list[Plane]()
    for title, own, request in zip(names, series, wanted, strict=True):
        if request is None:
            planes.append(run_plane(title, own, None, None, empty))
        else:
            planes.append(run_plane(title, own, runs.get(request), fields.get(request.model), refused.get(request, "")))
    return tuple(planes)
