"""The 2D mode: what the user chose and what is known, and what has yet to be worked out for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from core.compare.naming import sampler_title
from core.grid_settings import GridSettings
from core.toy import Process, Shape, Stroke, ToyData, ToyErrors, ToyField, ToyModel, ToyRequest, ToyRun, ToySolver

Layout = Literal["field", "solvers", "processes"]
LAYOUTS: tuple[tuple[Layout, str], ...] = (
    ("field", "Field"),
    ("solvers", "Two solvers"),
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
COMPARED: tuple[Process, ...] = ("vp", "flow", "rectified")
PARTICLES = 400
TRAINING_STEPS = 1500
"""What the recipes of the plane have."""


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

    solvers: the two that stand side by side, on one grid; bends: of the grid. training_steps: of the next network.
    fields, runs, errors: what has been worked out, newest last; refused: what could not be, and why. live: of the
    network in training, as it is. drawing: the user is drawing. problem: why something could not be done.
    series: of samplers, by name.
    """

    shape: Shape = "swiss_roll"
    strokes: tuple[Stroke, ...] = ()
    process: Process = "flow"
    trained: bool = False
    layout: Layout = "field"
    evaluations: int = 16
    solvers: tuple[ToySolver, ToySolver] = (ToySolver("euler"), ToySolver("heun"))
    grid: str = "uniform"
    bends: GridSettings = field(default_factory=GridSettings)
    training_steps: int = TRAINING_STEPS
    weights: tuple[tuple[Process, str], ...] = ()
    fields: tuple[tuple[ToyModel, ToyField], ...] = ()
    runs: tuple[tuple[ToyRequest, ToyRun], ...] = ()
    errors: tuple[tuple[ToyRequest, ToyErrors], ...] = ()
    refused: tuple[tuple[ToyModel | ToyRequest, str], ...] = ()
    training: Training | None = None
    live: ToyField | None = None
    drawing: bool = False
    problem: str = ""
    ready: bool = False
    series: tuple[tuple[str, int], ...] = ()

    @property
    def data(self) -> ToyData | None:
        """None for a drawing without a stroke."""
        return data_of(self.shape, self.strokes)


def data_of(shape: Shape, strokes: tuple[Stroke, ...]) -> ToyData | None:
    """strokes: of the user's drawing; None for a drawing without one."""
    if shape != "drawn":
        return ToyData(shape)
    return ToyData("drawn", strokes) if strokes else None


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
    """The solvers' runs that the present layout shows: two, or none."""
    if inputs.layout != "solvers":
        return ()
    return tuple(
        ToyRequest(model, solver, inputs.grid, inputs.bends, inputs.evaluations, PARTICLES)
        for model in models_wanted(inputs)
        for solver in inputs.solvers
    )


def errors_wanted(inputs: ToyInputs) -> tuple[ToyRequest, ...]:
    """The same at all costs: an answer does not hang on the one that is chosen."""
    return tuple(request.at(1) for request in requests_wanted(inputs))


def solver_names(solvers: tuple[ToySolver, ...]) -> tuple[str, ...]:
    """What they are called, no two alike: by what they are told where the sampler is the same, else by number."""
    names = [sampler_title(solver.sampler) for solver in solvers]
    if len(set(names)) < len(names):
        names = [" · ".join((name, *_told(solver))) for name, solver in zip(names, solvers, strict=True)]
    seen = list[str]()
    for name in names:
        times = sum(each.split(" (")[0] == name for each in seen)
        seen.append(f"{name} ({times + 1})" if times else name)
    return tuple(seen)


def _told(solver: ToySolver) -> tuple[str, ...]:
    named = {"eta": solver.eta, **{name: getattr(solver.options, name) for name in solver.options.__slots__}}
    return tuple(f"{name.replace('_', ' ')} {value:g}" for name, value in named.items() if value is not None)
