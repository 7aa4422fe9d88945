"""What a user can ask of the engine: frozen values, complete in themselves.

Everything that decides a result is in the request. No torch here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from core.errors import RequestError
from core.grid_settings import CUSTOM as CUSTOM
from core.grid_settings import GRID_OPTIONS as GRID_OPTIONS
from core.grid_settings import HANDLE_GAP as HANDLE_GAP
from core.grid_settings import LISTED as LISTED
from core.grid_settings import MAX_HANDLES as MAX_HANDLES
from core.grid_settings import MAX_RHO as MAX_RHO
from core.grid_settings import MAX_SIGMA as MAX_SIGMA
from core.grid_settings import MIN_RHO as MIN_RHO
from core.grid_settings import MIN_SIGMA as MIN_SIGMA
from core.grid_settings import OPTIMISED as OPTIMISED
from core.grid_settings import GridSettings as GridSettings
from core.grid_settings import check_grid_options as check_grid_options
from core.grid_settings import read_handles as read_handles
from core.grid_settings import write_handles as write_handles
from core.guidance_settings import MAX_GUIDANCE as MAX_GUIDANCE
from core.guidance_settings import GuidanceSettings as GuidanceSettings
from core.guidance_settings import Method as Method
from core.image_request import MAX_COUNT as MAX_COUNT
from core.image_request import MAX_NOISE_SCALE as MAX_NOISE_SCALE
from core.image_request import MAX_SEED as MAX_SEED
from core.image_request import MAX_STEPS as MAX_STEPS
from core.image_request import MIN_STRENGTH as MIN_STRENGTH
from core.image_request import MOST_AT_ONCE as MOST_AT_ONCE
from core.image_request import Branch as Branch
from core.image_request import Device as Device
from core.image_request import ImageRequest as ImageRequest
from core.image_request import Precision as Precision
from core.image_request import StartPicture as StartPicture
from core.image_request import Variation as Variation
from core.solver_settings import SOLVER_RANGES as SOLVER_RANGES
from core.solver_settings import WHOLE_SETTINGS as WHOLE_SETTINGS
from core.solver_settings import SolverSettings as SolverSettings
from core.solver_settings import read_solver as read_solver
from core.solver_settings import write_solver as write_solver

MIN_LANES, MAX_LANES = 2, 6
MIN_EVALUATIONS = 2
MIN_REFERENCE, MAX_REFERENCE = 16, 20_000
MAX_REPEATS = 1000


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """A training run of a recipe in `assets/recipes/` (or a path to one).

    minutes: wall-clock budget of this call; None runs the recipe's own number of steps.
    anneal: bring the learning rate's decay to its end within these minutes, rather than stop in the middle of it.
    steps: end the schedule at this step instead of the recipe's.
    folder: where checkpoints, grids and the card go.
    options: (name, value) pairs in place of the recipe's own [options]; a value is TOML, or plain text.
    watched: events show what is learnt as it is, where the recipe can show it; the job is gone with its window.
    """

    recipe: str
    folder: str
    minutes: float | None = None
    anneal: bool = False
    steps: int | None = None
    resume: bool = False
    device: Device = "auto"
    threads: int = 1
    options: tuple[tuple[str, str], ...] = ()
    watched: bool = False

    def __post_init__(self) -> None:
        if self.minutes is not None and self.minutes <= 0:
            raise RequestError(f"{self.minutes} minutes requested; give a number above 0")
        if self.anneal and self.minutes is None:
            raise RequestError("anneal is asked for without minutes; say within how many the run must end")
        if self.steps is not None and self.steps < 1:
            raise RequestError(f"{self.steps} training steps requested; give at least 1")
        if self.threads < 1:
            raise RequestError(f"{self.threads} threads requested; give at least 1")


@dataclass(frozen=True, slots=True)
class EvaluateRequest:
    """Measure a model on held-out prompts, once for each pair of `steps` and `guidance`.

    prompts: how many in all, shared out over the categories. folder: where the report goes; None writes none.
    method: of guidance. into_card: write what was found into the model's card.
    """

    model_id: str = "tabletop"
    prompts: int = 1000
    steps: tuple[int, ...] = (8, 20)
    guidance: tuple[float, ...] = (1.0, 3.0)
    sampler: str = "dpmpp_2m"
    seed: int = 0
    device: Device = "auto"
    folder: str | None = None
    method: Method = "cfg"
    into_card: bool = False

    def __post_init__(self) -> None:
        if self.prompts < 1:
            raise RequestError(f"{self.prompts} prompts requested; ask for at least 1")
        if not self.steps or not self.guidance:
            raise RequestError("no steps or no guidance scale given; give at least one of each")
        for steps in self.steps:
            if not 1 <= steps <= MAX_STEPS:
                raise RequestError(f"{steps} steps requested; ask for 1 to {MAX_STEPS}")
        for scale in self.guidance:
            GuidanceSettings(scale, method=self.method)
        if not 0 <= self.seed <= MAX_SEED - self.prompts:
            raise RequestError(f"seed {self.seed} is out of range; give a whole number from 0 to 2^63 - 1 - prompts")


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """Make a kept picture again from its recipe and compare: events show it, the history gains nothing."""

    artifact_id: str
    device: Device = "auto"

    def __post_init__(self) -> None:
        if not self.artifact_id:
            raise RequestError("no picture named to make again; give an id that `noisette history` shows")


@dataclass(frozen=True, slots=True)
class Lane:
    """One of a race. request: what it makes; seed, steps and count are the race's. name: "" for one made of it."""

    request: ImageRequest
    name: str = ""

    def __post_init__(self) -> None:
        if self.request.branch is not None or self.request.neighbours:
            raise RequestError("a lane of a race begins from noise or a picture; leave out branch and neighbours")


@dataclass(frozen=True, slots=True)
class ReferenceSettings:
    """The fine solution of a lane's own deterministic equation that its error is measured against."""

    sampler: str = "heun"
    steps: int = 500

    def __post_init__(self) -> None:
        if not MIN_REFERENCE <= self.steps <= MAX_REFERENCE:
            raise RequestError(
                f"a reference of {self.steps} steps requested; ask for {MIN_REFERENCE} to {MAX_REFERENCE}"
            )


@dataclass(frozen=True, slots=True)
class CompareRequest:
    """A race: lanes that share their noise and have equal network evaluations.

    evaluations: of each lane, turned into the most steps that need no more of them.
    budgets: other numbers of evaluations to run each lane at, for the error's slope; none measures no slope.
    repeats: over the seeds from `seed` on, all of it. truth: have the judge score what the pictures show.
    """

    lanes: tuple[Lane, ...]
    evaluations: int = 24
    budgets: tuple[int, ...] = ()
    seed: int = 0
    repeats: int = 1
    reference: ReferenceSettings = field(default_factory=ReferenceSettings)
    truth: bool = False
    device: Device = "auto"

    def __post_init__(self) -> None:
        if not MIN_LANES <= len(self.lanes) <= MAX_LANES:
            raise RequestError(f"{len(self.lanes)} lanes requested; a race has {MIN_LANES} to {MAX_LANES}")
        for evaluations in (self.evaluations, *self.budgets):
            if not MIN_EVALUATIONS <= evaluations <= MAX_STEPS:
                raise RequestError(
                    f"{evaluations} evaluations requested; give {MIN_EVALUATIONS} to {MAX_STEPS} of them"
                )
        if len(set(self.budgets)) != len(self.budgets):
            raise RequestError(f"budgets {', '.join(map(str, self.budgets))} repeat one; name each once")
        if not 1 <= self.repeats <= MAX_REPEATS:
            raise RequestError(f"{self.repeats} seeds requested; give 1 to {MAX_REPEATS}")
        if not 0 <= self.seed <= MAX_SEED - self.repeats:
            raise RequestError(f"seed {self.seed} is out of range; give a whole number from 0 to 2^63 - 1 - repeats")

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(range(self.seed, self.seed + self.repeats))

    @property
    def every_budget(self) -> tuple[int, ...]:
        """The race's own number of evaluations and the others, rising."""
        return tuple(sorted({self.evaluations, *self.budgets}))

    def picture(self, lane: int, seed: int, steps: int) -> ImageRequest:
        """The request for the one picture that a lane makes of a seed."""
        return replace(
            self.lanes[lane].request, seed=seed, steps=steps, count=1, keep_trajectory=False, device=self.device
        )
