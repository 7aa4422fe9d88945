"""The 2D mode: what its planes show, its figures, and what its main button does."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.toy import Process, Shape, Stroke, ToyData, ToyErrors, ToyField, ToyModel, ToyRequest, ToyRun
from studio.viewmodels import wording

if TYPE_CHECKING:
    import numpy as np

Layout = Literal["field", "solvers", "processes"]
LAYOUTS: tuple[tuple[Layout, str], ...] = (
    ("field", "Field"),
    ("solvers", "Euler and Heun"),
    ("processes", "Straightness"),
)
SHAPE_NAMES: dict[Shape, str] = {
    "swiss_roll": "Swiss roll",
    "two_moons": "Two moons",
    "eight_gaussians": "Eight Gaussians",
    "checkerboard": "Checkerboard",
    "spirals": "Spirals",
    "drawn": "Your drawing",
}
PROCESS_NAMES: dict[Process, str] = {
    "vp": "Diffusion, VP",
    "ve": "Diffusion, VE",
    "flow": "Flow",
    "rectified": "Rectified flow",
}
SOLVERS = (("euler", "Euler"), ("heun", "Heun"))
PROCESS_SERIES: dict[Process, int] = {"vp": 3, "ve": 5, "flow": 4, "rectified": 2}
"""Those that no solver of this view has."""
COMPARED: tuple[Process, ...] = ("vp", "flow", "rectified")
PARTICLES = 400
FIGURE_TIPS = {
    "Straightness": "The distances from start to end, over the lengths of the paths, as they are drawn."
    " 1 is a straight line.",
    "Straight at an even pace": "The same, but an uneven pace counts as well. At 1 a single step is exact.",
    "Distance to fresh data": "Sliced Wasserstein distance from where particles end to data that the model never saw.",
    "Fresh data to fresh data": "The same between two fresh sets of data: what a perfect model would have.",
}
Figures = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Training:
    """A network on its way. waiting: other work comes before it. loss: None before the first report."""

    process: Process
    step: int = 0
    total: int = 0
    waiting: bool = True
    loss: float | None = None


@dataclass(frozen=True, slots=True)
class ToyInputs:
    """strokes: of the user's drawing. weights: files of the networks trained on the data, by process.

    fields, runs, errors: what has been worked out, newest last. live: of the network in training, as it is.
    drawing: the user is drawing. problem: why something could not be worked out.
    """

    shape: Shape = "swiss_roll"
    strokes: tuple[Stroke, ...] = ()
    process: Process = "flow"
    trained: bool = False
    layout: Layout = "field"
    evaluations: int = 16
    grid: str = "uniform"
    weights: tuple[tuple[Process, str], ...] = ()
    fields: tuple[tuple[ToyModel, ToyField], ...] = ()
    runs: tuple[tuple[ToyRequest, ToyRun], ...] = ()
    errors: tuple[tuple[ToyRequest, ToyErrors], ...] = ()
    training: Training | None = None
    live: ToyField | None = None
    drawing: bool = False
    problem: str = ""
    ready: bool = False

    @property
    def data(self) -> ToyData | None:
        """None for a drawing without a stroke."""
        if self.shape != "drawn":
            return ToyData(self.shape)
        return ToyData("drawn", self.strokes) if self.strokes else None


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """One plane with its caption. series: of its paths' colour. empty: words in place of what can't be shown.

    field: density and arrows. paths: (S, B, 2) at times, (S,); drawn: each step of them is marked.
    """

    title: str
    caption: str
    series: int
    field: ToyField | None
    times: np.ndarray | None
    paths: np.ndarray | None
    steps: bool
    empty: str = ""


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """A solver's errors over its evaluations; slope: of the last two, both logarithmic."""

    name: str
    series: int
    points: tuple[tuple[float, float], ...]
    slope: float | None


@dataclass(frozen=True, slots=True)
class ToyView:
    """action: words of the main button, "" where it can't act, and then `reason` says why.

    fraction: of the training, −1 for none. at_work: that something is being worked out, in words.
    """

    planes: tuple[Plane, ...]
    figures: Figures
    lines: tuple[ErrorLine, ...]
    finding: str
    action: str
    reason: str
    fraction: float
    at_work: str
    field_note: str
    can_be_exact: bool


def models_wanted(inputs: ToyInputs) -> tuple[ToyModel, ...]:
    """What the present layout shows, as far as it can be worked out."""
    data = inputs.data
    if data is None or inputs.drawing:
        return ()
    processes = COMPARED if inputs.layout == "processes" else (inputs.process,)
    found = (model_of(inputs, data, process) for process in processes)
    return tuple(model for model in found if model is not None)


def model_of(inputs: ToyInputs, data: ToyData, process: Process) -> ToyModel | None:
    """Exact, or trained where that is asked for; None where there is no such network yet.

    Where processes stand side by side, one that has no network yet is shown exact.
    """
    trained = dict(inputs.weights).get(process)
    if process == "rectified" or (inputs.trained and (trained or inputs.layout != "processes")):
        return ToyModel(data, process, trained) if trained else None
    return ToyModel(data, process)


def requests_wanted(inputs: ToyInputs) -> tuple[ToyRequest, ...]:
    """The solvers' runs that the present layout shows."""
    if inputs.layout != "solvers":
        return ()
    return tuple(
        ToyRequest(model, name, inputs.grid, inputs.evaluations, PARTICLES)
        for model in models_wanted(inputs)
        for name, _ in SOLVERS
    )


def derive_toy(inputs: ToyInputs) -> ToyView:
    """What the mode shows."""
    fields, runs = dict(inputs.fields), dict(inputs.runs)
    planes = _planes(inputs, fields, runs)
    missing = [model for model in models_wanted(inputs) if model not in fields]
    missing_runs = [request for request in requests_wanted(inputs) if request not in runs]
    lines = _lines(inputs)
    action, reason, fraction = _action(inputs)
    at_work = "" if inputs.problem or not inputs.ready else "Working it out…" if missing or missing_runs else ""
    return ToyView(
        planes=planes,
        figures=_figures(inputs, fields),
        lines=lines,
        finding=inputs.problem or _finding(inputs, fields, runs),
        action=action,
        reason=reason,
        fraction=fraction,
        at_work=at_work,
        field_note=_field_note(inputs),
        can_be_exact=inputs.process != "rectified",
    )


def _planes(inputs: ToyInputs, fields: dict[ToyModel, ToyField], runs: dict[ToyRequest, ToyRun]) -> tuple[Plane, ...]:
    match inputs.layout:
        case "solvers":
            return _solver_planes(inputs, fields, runs)
        case "processes":
            return tuple(_process_plane(inputs, fields, process) for process in COMPARED)
        case "field":
            return (_process_plane(inputs, fields, inputs.process),)


def _process_plane(inputs: ToyInputs, fields: dict[ToyModel, ToyField], process: Process) -> Plane:
    title, series, data = PROCESS_NAMES[process], PROCESS_SERIES[process], inputs.data
    if data is None or (inputs.drawing and inputs.layout == "field"):
        words = "" if inputs.drawing else "Draw something: press Draw, then paint on the plane"
        return Plane(title, "", series, None, None, None, False, words)
    learning = inputs.training is not None and inputs.training.process == process
    model = model_of(inputs, data, process)
    field = inputs.live if learning and inputs.live is not None else fields.get(model) if model else None
    if field is None:
        train = "Train it, and it is shown here as it learns"
        return Plane(title, "", series, None, None, None, False, "" if model else train)
    told = "as it learns" if learning else "trained" if model and model.weights else "exact"
    caption = f"{told}, straight {field.straightness:.2f}" if inputs.layout == "processes" else told
    return Plane(title, caption, series, field, field.times, field.paths, False)


def _solver_planes(
    inputs: ToyInputs, fields: dict[ToyModel, ToyField], runs: dict[ToyRequest, ToyRun]
) -> tuple[Plane, ...]:
    wanted = requests_wanted(inputs)
    if not wanted:
        plane = _process_plane(inputs, {}, inputs.process)
        return tuple(
            Plane(title, "", place, None, None, None, False, plane.empty) for place, (_, title) in enumerate(SOLVERS)
        )
    planes = list[Plane]()
    for place, ((_, title), request) in enumerate(zip(SOLVERS, wanted, strict=True)):
        run, field = runs.get(request), fields.get(request.model)
        caption = f"{_cost(run)}, error {run.error:.2f}" if run else ""
        times, paths = (run.times, run.paths) if run else (None, None)
        planes.append(Plane(title, caption, place, field, times, paths, True))
    return tuple(planes)


def _cost(run: ToyRun) -> str:
    return f"{wording.count(run.steps, 'step')}, {wording.count(run.evaluations, 'evaluation')}"


def _figures(inputs: ToyInputs, fields: dict[ToyModel, ToyField]) -> Figures:
    """Of each model on show."""
    rows = list[tuple[str, str]]()
    models = models_wanted(inputs)
    if inputs.live is not None and inputs.layout == "field" and inputs.training is not None:
        return _of_field(inputs.live, "")
    for model in models:
        field = fields.get(model)
        if field is not None:
            rows += _of_field(field, PROCESS_NAMES[model.process] if len(models) > 1 else "")
    return tuple(rows)


def _of_field(field: ToyField, name: str) -> Figures:
    first = ((name, ""),) if name else ()
    return (
        *first,
        ("Straightness", f"{field.straightness:.3f}"),
        ("Straight at an even pace", f"{field.even_straightness:.3f}"),
        ("Distance to fresh data", f"{field.distance:.3f}"),
        ("Fresh data to fresh data", f"{field.floor:.3f}"),
    )


def _lines(inputs: ToyInputs) -> tuple[ErrorLine, ...]:
    found = {(request.model, request.grid, request.sampler): errors for request, errors in inputs.errors}
    lines = list[ErrorLine]()
    if inputs.layout != "solvers":
        return ()
    for model in models_wanted(inputs):
        for place, (name, title) in enumerate(SOLVERS):
            errors = found.get((model, inputs.grid, name))
            if errors is not None:
                points = tuple((float(x), y) for x, y in zip(errors.evaluations, errors.errors, strict=True) if y > 0.0)
                lines.append(ErrorLine(title, place, points, _slope(points)))
    return tuple(lines)


def _slope(points: tuple[tuple[float, float], ...]) -> float | None:
    if len(points) < 2:
        return None
    (x, y), (u, v) = points[-2:]
    return math.log(v / y) / math.log(u / x)


def _finding(inputs: ToyInputs, fields: dict[ToyModel, ToyField], runs: dict[ToyRequest, ToyRun]) -> str:
    """One sentence, made from the numbers."""
    if inputs.layout == "solvers":
        wanted = [runs.get(request) for request in requests_wanted(inputs)]
        if len(wanted) == 2 and wanted[0] and wanted[1]:
            return _of_solvers(wanted[0], wanted[1])
    if inputs.layout == "processes":
        known = sorted(
            ((fields[m].straightness, PROCESS_NAMES[m.process]) for m in models_wanted(inputs) if m in fields),
            reverse=True,
        )
        if len(known) > 1:
            (best, name), (worst, other) = known[0], known[-1]
            long, longer = f"{1.0 / best:.2f}", f"{1.0 / worst:.2f}"
            return f"{name} goes straightest: its paths are {long} times as long as straight lines; {other}: {longer}."
    return ""


def _of_solvers(euler: ToyRun, heun: ToyRun) -> str:
    (near, better, a), (_, other, b) = sorted(((euler.error, "Euler", euler), (heun.error, "Heun", heun)))
    same = a.evaluations == b.evaluations
    cost = f"At {a.evaluations} evaluations" if same else f"At {a.evaluations} evaluations against {b.evaluations}"
    times = max(euler.error, heun.error) / near if near else 0.0
    return f"{cost} {better} is {times:.1f} times nearer to the true end than {other}." if times else ""


def _action(inputs: ToyInputs) -> tuple[str, str, float]:
    """Words of the main button, why it can't act, and how far the training is (−1 for none)."""
    name = PROCESS_NAMES[inputs.process]
    name = name if inputs.process in ("vp", "ve") else name.lower()
    if inputs.training is not None:
        at = inputs.training
        loss = "" if at.loss is None else f", loss {at.loss:.3f}"
        if at.waiting:
            return "Stop training", f"{PROCESS_NAMES[at.process]}: waiting for other work", 0.0
        words = f"{PROCESS_NAMES[at.process]}: step {wording.whole(at.step)} of {wording.whole(at.total)}{loss}"
        return "Stop training", words, at.step / at.total if at.total else 0.0
    if not inputs.ready:
        return "", "Getting ready", -1.0
    if inputs.data is None:
        return "", "Nothing is drawn yet", -1.0
    again = "Train again" if inputs.process in dict(inputs.weights) else f"Train {name[:1].lower() + name[1:]}"
    note = "" if inputs.process != "rectified" or "flow" in dict(inputs.weights) else "Trains the flow first"
    return again, note, -1.0


def _field_note(inputs: ToyInputs) -> str:
    if inputs.process == "rectified":
        return "A flow trained anew on where the first one takes each noise. It has no exact form."
    if inputs.trained:
        return "A small network, trained on this computer."
    if inputs.shape == "eight_gaussians":
        return "The best guess there is, by formula: all error is the solver's."
    return "The best guess for 1,024 points of the shape, each slightly blurred, by formula: all error is the solver's."
