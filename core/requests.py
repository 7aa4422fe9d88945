"""What a user can ask of the engine: frozen values, complete in themselves.

Everything that decides a result is in the request. No torch here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from core.errors import RequestError

Device = Literal["auto", "cpu", "cuda", "mps"]

MAX_STEPS = 1000
MAX_COUNT = 64
MAX_SEED = 2**63 - 1
MAX_GUIDANCE = 30.0


@dataclass(frozen=True, slots=True)
class GuidanceSettings:
    """Classifier-free guidance: eps_u + scale * (eps_c - eps_u).

    scale: 1.0 is off.
    interval: guidance acts where the run's fraction done (0 at noise, 1 at data) lies in [start, end]; the fraction
        is 1 - t of the level at hand, so an interval means the same noise at any step count and on any grid.
    rescale: 0 is off, 1 gives the guided guess the conditional one's standard deviation.
    """

    scale: float = 1.0
    interval: tuple[float, float] = (0.0, 1.0)
    rescale: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.scale <= MAX_GUIDANCE:
            raise RequestError(f"guidance scale {self.scale} is out of range; it must lie in 0 to {MAX_GUIDANCE:g}")
        start, end = self.interval
        if not 0.0 <= start <= end <= 1.0:
            raise RequestError(f"guidance interval {start} to {end} is not one; give 0 <= start <= end <= 1")
        if not 0.0 <= self.rescale <= 1.0:
            raise RequestError(f"guidance rescale {self.rescale} is out of range; it must lie in 0 to 1")


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """Pictures from a prompt. Item i of `count` uses `seed + i`.

    width, height: pixels; None takes the model's own size.
    layout: a scene as JSON (what stands where); None lets the model's planner make one.
    """

    prompt: str
    model_id: str = "tabletop"
    negative_prompt: str = ""
    sampler: str = "dpmpp_2m"
    time_grid: str = "uniform"
    steps: int = 20
    guidance: GuidanceSettings = field(default_factory=GuidanceSettings)
    eta: float = 0.0
    seed: int = 0
    count: int = 1
    width: int | None = None
    height: int | None = None
    layout: str | None = None
    device: Device = "auto"

    def __post_init__(self) -> None:
        if not 1 <= self.steps <= MAX_STEPS:
            raise RequestError(f"{self.steps} steps requested; ask for 1 to {MAX_STEPS}")
        if not 1 <= self.count <= MAX_COUNT:
            raise RequestError(f"{self.count} pictures requested; ask for 1 to {MAX_COUNT}")
        if not 0 <= self.seed <= MAX_SEED - self.count:
            raise RequestError(f"seed {self.seed} is out of range; give a whole number from 0 to 2^63 - 1 - count")
        if not 0.0 <= self.eta <= 1.0:
            raise RequestError(f"eta {self.eta} is out of range; it must lie in 0 to 1")
        for name, pixels in (("width", self.width), ("height", self.height)):
            if pixels is not None and not 8 <= pixels <= 4096:
                raise RequestError(f"{name} {pixels} is out of range; give 8 to 4096 pixels")

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(range(self.seed, self.seed + self.count))


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """A training run of a recipe in `assets/recipes/` (or a path to one).

    minutes: wall-clock budget of this call; None runs the recipe's own number of steps.
    anneal: bring the learning rate's decay to its end within these minutes, rather than stop in the middle of it.
    steps: end the schedule at this step instead of the recipe's.
    folder: where checkpoints, grids and the card go.
    """

    recipe: str
    folder: str
    minutes: float | None = None
    anneal: bool = False
    steps: int | None = None
    resume: bool = False
    device: Device = "auto"
    threads: int = 1

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
    """

    model_id: str = "tabletop"
    prompts: int = 1000
    steps: tuple[int, ...] = (8, 20)
    guidance: tuple[float, ...] = (1.0, 3.0)
    sampler: str = "dpmpp_2m"
    seed: int = 0
    device: Device = "auto"
    folder: str | None = None

    def __post_init__(self) -> None:
        if self.prompts < 1:
            raise RequestError(f"{self.prompts} prompts requested; ask for at least 1")
        if not self.steps or not self.guidance:
            raise RequestError("no steps or no guidance scale given; give at least one of each")
        for steps in self.steps:
            if not 1 <= steps <= MAX_STEPS:
                raise RequestError(f"{steps} steps requested; ask for 1 to {MAX_STEPS}")
        for scale in self.guidance:
            GuidanceSettings(scale)
        if not 0 <= self.seed <= MAX_SEED - self.prompts:
            raise RequestError(f"seed {self.seed} is out of range; give a whole number from 0 to 2^63 - 1 - prompts")


Request = ImageRequest | TrainRequest | EvaluateRequest
