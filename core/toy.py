"""What can be asked of the 2-D twin, and what comes back. Plain values; no torch here.

A point of the plane stands in place of a picture: whatever happens to one can be seen whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from core.errors import RequestError
from core.grid_settings import GridSettings, check_grid_options
from core.requests import SolverSettings

if TYPE_CHECKING:
    import numpy as np

Shape = Literal["swiss_roll", "two_moons", "eight_gaussians", "checkerboard", "spirals", "drawn"]
SHAPES: tuple[Shape, ...] = ("swiss_roll", "two_moons", "eight_gaussians", "checkerboard", "spirals", "drawn")

Process = Literal["vp", "ve", "flow", "rectified"]
PROCESSES: tuple[Process, ...] = ("vp", "ve", "flow", "rectified")
"""How data become noise. vp, ve: diffusion that preserves its variance, or whose variance explodes. flow: straight
from each point to its noise. rectified: a flow that was trained anew on where the first one takes each noise."""

SCHEDULE_OF: dict[Process, str] = {"vp": "vp_linear", "ve": "ve", "flow": "flow", "rectified": "flow"}
"""The noise schedule of each process."""

EXTENT = 3.0
"""The plane reaches from minus this to this, both ways. Data and noise have a spread of about 1."""
MOST_PARTICLES = 4000
MOST_EVALUATIONS = 200
MOST_STROKE_POINTS = 20_000
MOST_TRAINING_STEPS = 9999

Point = tuple[float, float]
Stroke = tuple[Point, ...]


def process_named(name: str) -> Process:
    """The process of that name. Raises RequestError naming them all."""
    if name not in PROCESSES:
        raise RequestError(f"{name!r} is not a process; choose one of {', '.join(PROCESSES)}")
    return name


@dataclass(frozen=True, slots=True)
class ToyData:
    """What the points of the plane are drawn from.

    strokes: lines that a user drew, in the plane's units; for `drawn` alone. Equal lengths of line are equally likely.
    brush: how far the points lie around them, as a standard deviation.
    """

    shape: Shape = "swiss_roll"
    strokes: tuple[Stroke, ...] = ()
    brush: float = 0.08

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise RequestError(f"{self.shape!r} is not a shape of the plane; choose one of {', '.join(SHAPES)}")
        if (self.shape == "drawn") != bool(self.strokes):
            raise RequestError(
                f"{len(self.strokes)} strokes given for {self.shape}; drawn needs one or more, others none"
            )
        if not 0.0 < self.brush <= 1.0:
            raise RequestError(f"a brush of {self.brush:g} is out of range; give a number above 0, up to 1")
        if any(not stroke for stroke in self.strokes) or sum(map(len, self.strokes)) > MOST_STROKE_POINTS:
            raise RequestError(f"a stroke is empty or the drawing has over {MOST_STROKE_POINTS} points; draw it anew")
        # Written so that a NaN is refused as well.
        if not all(abs(x) <= EXTENT and abs(y) <= EXTENT for stroke in self.strokes for x, y in stroke):
            raise RequestError(f"a stroke leaves the plane; keep x and y within -{EXTENT:g} to {EXTENT:g}")


@dataclass(frozen=True, slots=True)
class ToyModel:
    """What moves the points. weights: a trained network's file; None for the exact guess, which rectified lacks."""

    data: ToyData = ToyData()
    process: Process = "flow"
    weights: str | None = None

    def __post_init__(self) -> None:
        process_named(self.process)
        if self.process == "rectified" and self.weights is None:
            raise RequestError("a rectified flow has no exact form; train one and give its weights")


@dataclass(frozen=True, slots=True)
class ToySolver:
    """A sampler with what it is told. eta: None is its own. options: those that it does not take are ignored."""

    sampler: str = "euler"
    eta: float | None = None
    noise_scale: float = 1.0
    options: SolverSettings = field(default_factory=SolverSettings)


@dataclass(frozen=True, slots=True)
class ToyRequest:
    """One sampler's way with a model of the plane.

    evaluations: calls of the model at most; the sampler makes as many steps as they pay for.
    grid: a time grid, bent by `bends`. seed: of the first particle; the others' follow it, so all runs begin from one
    noise.
    """

    model: ToyModel = ToyModel()
    solver: ToySolver = ToySolver()
    grid: str = "uniform"
    bends: GridSettings = field(default_factory=GridSettings)
    evaluations: int = 16
    particles: int = 400
    seed: int = 0

    def __post_init__(self) -> None:
        check_grid_options(self.grid, self.bends)
        if not 1 <= self.evaluations <= MOST_EVALUATIONS:
            raise RequestError(f"{self.evaluations} evaluations requested; ask for 1 to {MOST_EVALUATIONS}")
        if not 1 <= self.particles <= MOST_PARTICLES:
            raise RequestError(f"{self.particles} particles requested; ask for 1 to {MOST_PARTICLES}")
        if not 0 <= self.seed <= 2**63 - 1 - MOST_PARTICLES:
            raise RequestError(f"seed {self.seed} is out of range; give one from 0 to 2^63 - 1 - particles")

    def at(self, evaluations: int) -> ToyRequest:
        """The same at another cost."""
        return replace(self, evaluations=evaluations)


@dataclass(frozen=True, slots=True, eq=False)
class ToyField:
    """A model of the plane at F times, from noise (t = 1) to data (t = 0), and where it truly takes the particles.

    times, log_snr: (F,). All places are as drawn: the state divided by its spread where that grows (ve).
    density: (F, G, G) uint8, its root at each time, rows from the top, 255 the frame's highest.
    exact_density: it is the data's own; else that of the particles. arrows: (F, A, A, 2), how the equation moves a
    point there, in units of the plane a unit of t; rows from the top. paths: (F, B, 2). data: (N, 2) fresh points.
    straightness, even_straightness: see `toy2d.measures`.
    distance: sliced Wasserstein, from where particles end to fresh data; floor: the same from fresh data to other fresh
    data, so what a perfect model would have.
    """

    times: np.ndarray
    log_snr: np.ndarray
    density: np.ndarray
    exact_density: bool
    arrows: np.ndarray
    paths: np.ndarray
    data: np.ndarray
    straightness: float
    even_straightness: float
    distance: float
    floor: float


@dataclass(frozen=True, slots=True, eq=False)
class ToyRun:
    """The steps of one sampler. times: (S + 1,), paths: (S + 1, B, 2), both with the start.

    B: as asked, but fewer for a sampler that takes steps of its own for each particle.
    evaluations: those made, by the particle that took the most. error: root mean square distance from where the model
    truly takes the particles. distance: sliced Wasserstein to fresh data. fresh_noise: it drew noise on its way, so it
    does not come to where the model truly takes them.
    """

    times: np.ndarray
    paths: np.ndarray
    evaluations: int
    error: float
    distance: float
    fresh_noise: bool = False

    @property
    def steps(self) -> int:
        return len(self.times) - 1


@dataclass(frozen=True, slots=True)
class ToyErrors:
    """How one sampler's error falls: evaluations and steps made, and the error of each run, as in ToyRun.

    fresh_noise: as in ToyRun; such an error does not fall to nothing.
    """

    evaluations: tuple[int, ...]
    steps: tuple[int, ...]
    errors: tuple[float, ...]
    fresh_noise: bool = False


def strokes_to_text(strokes: tuple[Stroke, ...]) -> str:
    """Strokes as one line of text, as a recipe's option holds them: "x,y x,y; x,y"."""
    return "; ".join(" ".join(f"{x:.4g},{y:.4g}" for x, y in stroke) for stroke in strokes)


def strokes_from_text(text: str) -> tuple[Stroke, ...]:
    """What `strokes_to_text` wrote. Raises RequestError."""
    try:
        return tuple(tuple(_point(pair) for pair in part.split()) for part in text.split(";") if part.strip())
    except ValueError as error:
        raise RequestError(f"the strokes can't be read ({error}); write them as x,y x,y; x,y") from error


def _point(pair: str) -> Point:
    x, y = pair.split(",")
    return float(x), float(y)
