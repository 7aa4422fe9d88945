"""Pictures asked of the engine. No torch here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from core.colour import ColourSettings
from core.errors import RequestError
from core.grid_settings import GridSettings, check_grid_options
from core.guidance_settings import GuidanceSettings
from core.plain import UNWRITTEN
from core.solver_settings import SolverSettings
from core.turns import CENTRE, NEIGHBOURS, FirstTurn, Turn, check_turns

Device = Literal["auto", "cpu", "cuda", "mps"]
Precision = Literal["auto", "float32"]

MAX_STEPS = 1000
MAX_COUNT = 64
MOST_AT_ONCE = 8
"""Pictures denoised together where a request does not say: more would only make each step take longer."""
MAX_SEED = 2**63 - 1
MAX_NOISE_SCALE = 2.0
MIN_STRENGTH = 0.01


@dataclass(frozen=True, slots=True)
class Variation:
    """The start noise turned from a picture's own towards another seed's, along the great circle between them.

    strength: 0 is the own noise, 1 the other seed's, both exactly. Item i turns towards `seed + i`.
    """

    seed: int
    strength: float

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= MAX_SEED:
            raise RequestError(f"variation seed {self.seed} is out of range; give a whole number from 0 to 2^63 - 1")
        _check_share("variation strength", self.strength)


@dataclass(frozen=True, slots=True)
class StartPicture:
    """A picture to begin from instead of noise.

    sha256: of its pixels, which the home folder keeps (`core.artifacts.start_picture`).
    strength: how much is made anew: the run begins at t = strength, so 1 leaves nothing of the picture.
    """

    sha256: str
    strength: float

    def __post_init__(self) -> None:
        if not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise RequestError(f"start picture {self.sha256[:80]!r} is not one; give the 64 digits of a kept picture")
        if not MIN_STRENGTH <= self.strength <= 1.0:
            raise RequestError(f"start strength {self.strength:g} is out of range; give {MIN_STRENGTH:g} to 1")


@dataclass(frozen=True, slots=True)
class Branch:
    """Where a run leaves another's path: the state of picture `item` (from 0) of a job after `step` steps (from 1).

    origin: the request that makes that one picture, so that its path can be made again when its steps are gone; the
    task fills it in for the recipe. May hold a branch of its own.
    """

    job_id: str
    item: int
    step: int
    origin: ImageRequest | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", self.job_id):
            raise RequestError(f"job {self.job_id[:80]!r} is not one; give an id that `noisette history` shows")
        if not 0 <= self.item < MAX_COUNT:
            raise RequestError(f"picture {self.item} of the job is out of range; give 0 to {MAX_COUNT - 1}")
        if not 1 <= self.step <= MAX_STEPS:
            raise RequestError(f"step {self.step} to branch from is out of range; give 1 to {MAX_STEPS}")


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """Pictures from a prompt. Item i of `count` uses `seed + i`; those of a variation or neighbourhood share `seed`.

    The start noise is the seed's, turned towards the variation's, then by each of `turns`, then to its place among
    the neighbours. Of a branch the noise in the state that it begins from is turned so, in place of the seed's.

    grid: what bends the time grid.
    eta: how much fresh noise ddim adds, 1 is ancestral. ancestral_eta: the same of samplers that add it by nature, 0 is
        none. Two, as each has a usual value of its own; `core.samplers.cards.eta_of` tells the one in force.
    noise_scale: the standard deviation of what fresh noise a sampler adds, in units of what it should be.
    solver: what else the sampler can be told.
    width, height: pixels; None takes the model's own size.
    style: one that the model's card names; "" leaves it to the prompt.
    layout: a scene as JSON (what stands where); None lets the model's planner make one.
    branch: go on from a step of another picture. start: begin from a picture. Neither: begin from noise.
    turns: from middle to place of one neighbourhood after another, the way to a picture that was chosen in the last.
        first_turn: how the first of them, or the neighbours' where there is none, is made.
    neighbours: above 0, the 9 pictures of a 3 x 3 neighbourhood: item 4 is the middle itself, the other start noises
        are turned from it by this part of a right angle, each in its direction. neighbour: only this one of the 9.
    around: the picture in the middle, by its id in the history, for its lineage; the pixels don't depend on it.
    batch: most pictures that are denoised at once, None for the task's own choice; the pixels don't depend on it.
    precision: "float32" has networks compute so even where they are kept in less.
    keep_trajectory: save every step beside each picture. kept: False makes a sketch: it is seen in previews,
        and leaves neither a file nor a row.
    colour: what is done to the finished picture.
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
    grid: GridSettings = field(default_factory=GridSettings)
    branch: Branch | None = None
    start: StartPicture | None = None
    variation: Variation | None = None
    neighbours: float = 0.0
    neighbour: int | None = None
    batch: int | None = None
    precision: Precision = "auto"
    keep_trajectory: bool = False
    kept: bool = True
    turns: tuple[Turn, ...] = ()
    # Editions that did not write this down knew but the sum.
    first_turn: FirstTurn = field(default="great_circle", metadata={UNWRITTEN: "sum"})
    around: str = ""
    noise_scale: float = 1.0
    colour: ColourSettings = field(default_factory=ColourSettings)
    ancestral_eta: float = 1.0
    solver: SolverSettings = field(default_factory=SolverSettings)
    style: str = ""

    def __post_init__(self) -> None:
        if not self.turns and not self.neighbours:
            object.__setattr__(self, "first_turn", "great_circle")
        check_grid_options(self.time_grid, self.grid)
        if not 1 <= self.steps <= MAX_STEPS:
            raise RequestError(f"{self.steps} steps requested; ask for 1 to {MAX_STEPS}")
        if not 1 <= self.count <= MAX_COUNT:
            raise RequestError(f"{self.count} pictures requested; ask for 1 to {MAX_COUNT}")
        if not 0 <= self.seed <= MAX_SEED - self.count:
            raise RequestError(f"seed {self.seed} is out of range; give a whole number from 0 to 2^63 - 1 - count")
        for name, eta in (("eta", self.eta), ("ancestral eta", self.ancestral_eta)):
            _check_share(name, eta)
        if not 0.0 <= self.noise_scale <= MAX_NOISE_SCALE:
            raise RequestError(
                f"noise scale {self.noise_scale:g} is out of range; it must lie in 0 to {MAX_NOISE_SCALE:g}"
            )
        for name, pixels in (("width", self.width), ("height", self.height)):
            if pixels is not None and not 8 <= pixels <= 4096:
                raise RequestError(f"{name} {pixels} is out of range; give 8 to 4096 pixels")
        if self.batch is not None and not 1 <= self.batch <= MAX_COUNT:
            raise RequestError(f"{self.batch} pictures at once requested; give 1 to {MAX_COUNT}")
        if not re.fullmatch(r"[0-9A-Za-z _-]{0,40}", self.style):
            raise RequestError(
                f"style {self.style[:80]!r} is not one; give a name that `noisette models` lists", "style"
            )
        self._check_neighbours()
        self._check_beginning()

    @property
    def seeds(self) -> tuple[int, ...]:
        """Each item's own."""
        if self.variation is not None or self.neighbours:
            return (self.seed,) * self.count
        return tuple(range(self.seed, self.seed + self.count))

    def alone(self, item: int) -> ImageRequest:
        """The request for this one of its pictures."""
        variation, turns = self.variation, self.turns
        if variation is not None and not self.neighbours:
            variation = replace(variation, seed=variation.seed + item)
        if self.neighbours:
            place = item if self.neighbour is None else self.neighbour
            turns = turns if place == CENTRE else (*turns, Turn(place, self.neighbours))
        return replace(
            self,
            seed=self.seeds[item],
            count=1,
            variation=variation,
            turns=turns,
            neighbours=0.0,
            neighbour=None,
            around="",
        )

    def surrounded(self, item: int, radius: float, around: str = "") -> ImageRequest:
        """The request for the 9 pictures around this one of its pictures. around: that one's id in the history.

        Of a branch it is the noise in the state where it leaves its parent that is turned.
        """
        return replace(self.alone(item), count=NEIGHBOURS, neighbours=radius, around=around)

    @property
    def starts(self) -> tuple[str, ...]:
        """The sha256 of each start picture that making it needs, those of a branch's parents too."""
        own = (self.start.sha256,) if self.start else ()
        return own + (self.branch.origin.starts if self.branch and self.branch.origin else ())

    def _check_neighbours(self) -> None:
        _check_share("neighbours", self.neighbours)
        if self.neighbour is None:
            if self.neighbours and self.count != NEIGHBOURS:
                raise RequestError(f"{self.count} neighbours requested; a neighbourhood has {NEIGHBOURS} pictures")
            return
        if not self.neighbours or self.count != 1 or not 0 <= self.neighbour < NEIGHBOURS:
            raise RequestError(
                f"neighbour {self.neighbour} of {self.count} requested; give 0 to {NEIGHBOURS - 1}, "
                "a count of 1 and the neighbourhood's radius"
            )

    def _check_beginning(self) -> None:
        if self.variation is not None and self.variation.seed > MAX_SEED - self.count:
            raise RequestError(f"variation seed {self.variation.seed} is too large to count {self.count} up from it")
        check_turns(self.turns)
        if not re.fullmatch(r"[0-9A-Za-z_-]{0,80}", self.around):
            raise RequestError(f"picture {self.around[:80]!r} is not one; give an id that `noisette history` shows")
        if self.branch is not None and self.start:
            raise RequestError("a branch goes on from a step of another picture; leave out start picture or branch")


def _check_share(name: str, share: float) -> None:
    if not 0.0 <= share <= 1.0:
        raise RequestError(f"{name} {share} is out of range; it must lie in 0 to 1")
