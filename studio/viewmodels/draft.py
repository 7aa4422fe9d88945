"""The settings of the Create mode as they stand: a frozen value from which a request is made."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from core.colour import ColourSettings
from core.errors import LayoutError, NoisetteError, RequestError
from core.models.card import ModelCard
from core.plain import from_plain, to_plain
from core.requests import (
    CUSTOM,
    Branch,
    GridSettings,
    GuidanceSettings,
    ImageRequest,
    SolverSettings,
    StartPicture,
    Variation,
    check_grid_options,
)
from core.samplers.cards import solver_for
from core.turns import FirstTurn, Turn

LAYOUT = "layout"
"""What a card's conditioning lists where the model plans, and reads a plan."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the next press of the main button would ask for.

    model_id: "" until a model is known. width, height: pixels; 0 is the model's own size.
    grid: bends of the time grid; where that is custom, its handles.
    preset, preset_grid: the named grid that a custom one was drawn from.
    interval: where guidance acts, as fractions of the run (0 at noise, 1 at data).
    batch: most pictures made at once, which changes none of them; 0 leaves it to the engine.
    seed_locked: keep the seed after a submit instead of drawing a new one.
    layout: a plan of one's own, a scene as JSON, for every seed; "" leaves it to the model's planner.
    layout_prompt: the prompt as it stood when that plan was edited last.
    branch: go on from a step of another picture; branch_of: that picture's prompt, to name it by.
    start: begin from a picture. variation: blend the seed's noise with another's. turns, first_turn: the way from
    there, or from the branch, to a picture that was chosen among variations.
    eta: how much fresh noise DDIM adds; ancestral_eta: Euler ancestral.
    guide: how guidance is done; its scale, interval and rescale are the draft's own.
    solver: what else the sampler is told; its own where it is not.
    noise_scale: of what fresh noise the sampler adds. colour: of the finished picture.
    style: one of the model's; "" leaves it to the prompt.
    """

    prompt: str = ""
    negative_prompt: str = ""
    model_id: str = ""
    width: int = 0
    height: int = 0
    count: int = 1
    seed: int = 7
    seed_locked: bool = False
    sampler: str = "dpmpp_2m"
    time_grid: str = "uniform"
    steps: int = 20
    guidance_scale: float = 1.0
    interval: tuple[float, float] = (0.0, 1.0)
    rescale: float = 0.0
    eta: float = 0.0
    grid: GridSettings = field(default_factory=GridSettings)
    preset: str = "uniform"
    preset_grid: GridSettings = field(default_factory=GridSettings)
    layout: str = ""
    layout_prompt: str = ""
    branch: Branch | None = None
    branch_of: str = ""
    start: StartPicture | None = None
    variation: Variation | None = None
    batch: int = 0
    turns: tuple[Turn, ...] = ()
    first_turn: FirstTurn = "great_circle"
    noise_scale: float = 1.0
    colour: ColourSettings = field(default_factory=ColourSettings)
    ancestral_eta: float = 1.0
    guide: GuidanceSettings = field(default_factory=GuidanceSettings)
    solver: SolverSettings = field(default_factory=SolverSettings)
    style: str = ""

    @property
    def guidance(self) -> GuidanceSettings:
        """All of guidance, without the settings that its method does not take."""
        whole = replace(self.guide, scale=self.guidance_scale, interval=self.interval, rescale=self.rescale)
        return whole.essential()

    def request(self) -> ImageRequest:
        """The request these settings make. Raises RequestError: value, rule, remedy."""
        return ImageRequest(
            prompt=self.prompt.strip(),
            model_id=self.model_id,
            negative_prompt=self.negative_prompt.strip(),
            sampler=self.sampler,
            time_grid=self.time_grid,
            steps=self.steps,
            guidance=self.guidance,
            eta=self.eta,
            ancestral_eta=self.ancestral_eta,
            solver=solver_for(self.sampler, self.solver),
            grid=self.grid,
            seed=self.seed,
            count=self.count,
            width=self.width or None,
            height=self.height or None,
            layout=self.layout or None,
            branch=self.branch,
            start=None if self.branch else self.start,
            variation=self.variation,
            batch=self.batch or None,
            turns=self.turns,
            first_turn=self.first_turn,
            noise_scale=self.noise_scale,
            colour=self.colour,
            style=self.style,
        )

    def blank(self) -> Draft:
        """How to make, without what: the same model, size and sampler, and no prompt, plan or beginning."""
        empty = replace(self, prompt="", negative_prompt="", branch=None, branch_of="", start=None, variation=None)
        empty = replace(empty, turns=())
        return empty.with_layout("")

    def with_model(self, card: ModelCard) -> Draft:
        """These settings on another model: its size where the present one can't be made, its best settings.

        A model that reads no layout drops the plan, one without this style the style.
        """
        size = (self.width, self.height) if (self.width, self.height) in card.sizes else card.sizes[0]
        best = card.defaults
        return replace(
            self,
            model_id=card.id,
            width=size[0],
            height=size[1],
            sampler=best.sampler,
            time_grid=best.time_grid,
            grid=GridSettings(),
            steps=best.steps,
            guidance_scale=best.guidance_scale,
            layout=self.layout if LAYOUT in card.conditioning else "",
            style=self.style if self.style in card.styles else "",
        )

    def with_layout(self, layout: str) -> Draft:
        """A plan of one's own, made with the present prompt in sight; "" goes back to the planner's."""
        return replace(self, layout=layout, layout_prompt=self.prompt if layout else "")

    def with_grid(self, name: str) -> Draft:
        """Another named grid, unbent."""
        return replace(self, time_grid=name, grid=GridSettings())

    def with_handles(self, handles: tuple[tuple[float, float], ...]) -> Draft:
        """A grid of one's own; the named one it leaves is remembered."""
        drawn = replace(self, time_grid=CUSTOM, grid=GridSettings(handles=handles))
        if self.time_grid == CUSTOM:
            return drawn
        return replace(drawn, preset=self.time_grid, preset_grid=self.grid)

    def without_handles(self) -> Draft:
        """Back to the named grid that a custom one was drawn from."""
        return replace(self, time_grid=self.preset, grid=self.preset_grid) if self.time_grid == CUSTOM else self

    def from_step(self, request: ImageRequest, branch: Branch) -> Draft:
        """The settings of a run, to go on from one of its steps: one picture, with the seed that it had."""
        alone = request.alone(branch.item)
        drawn = self.with_request(replace(alone, branch=branch, start=None, variation=None, turns=()))
        return replace(drawn, branch_of=request.prompt)

    def with_request(self, request: ImageRequest) -> Draft:
        """The settings that made a picture, taken up again; the seed is locked so that it can be made again."""
        return replace(
            self,
            prompt=request.prompt,
            negative_prompt=request.negative_prompt,
            model_id=request.model_id,
            width=request.width or 0,
            height=request.height or 0,
            count=request.count,
            seed=request.seed,
            seed_locked=True,
            sampler=request.sampler,
            time_grid=request.time_grid,
            steps=request.steps,
            guidance_scale=request.guidance.scale,
            interval=request.guidance.interval,
            rescale=request.guidance.rescale,
            guide=guide_of(request.guidance),
            eta=request.eta,
            ancestral_eta=request.ancestral_eta,
            solver=request.solver,
            grid=request.grid,
            branch=request.branch,
            branch_of=request.branch.origin.prompt if request.branch and request.branch.origin else "",
            start=request.start,
            variation=request.variation,
            turns=request.turns,
            first_turn=request.first_turn,
            noise_scale=request.noise_scale,
            colour=request.colour,
            style=request.style,
        ).with_layout(request.layout or "")

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for the settings file. How to make a branch's parent again is left to the history."""
        return asdict(replace(self, branch=replace(self.branch, origin=None)) if self.branch else self)

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Draft:
        """Read kept settings; what is missing or of another type falls back to its default."""
        blank = Draft()
        kept: dict[str, Any] = {}
        for entry in fields(Draft):
            default, value = getattr(blank, entry.name), data.get(entry.name)
            if entry.name in BEGINNINGS:
                kept[entry.name] = _beginning(BEGINNINGS[entry.name], value)
            elif entry.name == "turns":
                kept[entry.name] = _turns(value)
            elif entry.name == "first_turn":
                kept[entry.name] = "sum" if value == "sum" else default
            elif isinstance(default, GridSettings):
                kept[entry.name] = _grid_settings(value)
            elif isinstance(default, GuidanceSettings):
                kept[entry.name] = _guide(value)
            elif isinstance(default, SolverSettings):
                kept[entry.name] = _solver(value)
            elif isinstance(default, ColourSettings):
                kept[entry.name] = _colour(value)
            elif isinstance(default, tuple):
                if isinstance(value, list) and len(value) == 2 and all(isinstance(v, int | float) for v in value):
                    kept[entry.name] = (float(value[0]), float(value[1]))
            elif isinstance(default, float) and isinstance(value, int | float) and not isinstance(value, bool):
                kept[entry.name] = float(value)
            elif type(value) is type(default):
                kept[entry.name] = value
        draft = replace(blank, **kept)
        if not _is_layout(draft.layout):
            draft = draft.with_layout("")
        try:
            draft.request()
            check_grid_options(draft.preset, draft.preset_grid)
        except RequestError:
            return blank
        return draft if draft.preset != CUSTOM else replace(draft, preset=blank.preset)


def _is_layout(text: str) -> bool:
    if not text:
        return True
    from core.worlds.tabletop.scene import Scene

    try:
        return bool(Scene.from_json(text).items)
    except LayoutError:
        return False


BEGINNINGS: dict[str, type[Branch | StartPicture | Variation]] = {
    "branch": Branch,
    "start": StartPicture,
    "variation": Variation,
}


def _beginning(kind: type[Any], data: Any) -> Any:
    """A kept branch, start picture or variation; None where it can't be read."""
    try:
        return kind(**data) if isinstance(data, dict) else None
    except (NoisetteError, TypeError):
        return None


def _turns(data: Any) -> tuple[Turn, ...]:
    """Kept turns; none where they can't be read."""
    try:
        return tuple(Turn(**turn) for turn in data or ())
    except (NoisetteError, TypeError):
        return ()


def _solver(data: Any) -> SolverSettings:
    """Kept options of a sampler; its own where they can't be read."""
    try:
        return SolverSettings(**data) if isinstance(data, dict) else SolverSettings()
    except (NoisetteError, TypeError):
        return SolverSettings()


def _colour(data: Any) -> ColourSettings:
    """Kept colour settings; those that leave the picture alone where they can't be read."""
    try:
        numbers = {name: float(data[name]) for name in ("exposure", "contrast", "saturation")}
        return ColourSettings(data["out_of_range"], **numbers)
    except (NoisetteError, KeyError, TypeError, ValueError):
        return ColourSettings()


def guide_of(guidance: GuidanceSettings) -> GuidanceSettings:
    """How guidance is done, without what the draft keeps by itself."""
    plain = GuidanceSettings()
    return replace(guidance, scale=plain.scale, interval=plain.interval, rescale=plain.rescale)


def _guide(data: Any) -> GuidanceSettings:
    """Kept guidance; the plain one where it can't be read."""
    try:
        return guide_of(from_plain(GuidanceSettings, to_plain(data), "the kept guidance"))
    except NoisetteError:
        return GuidanceSettings()


def _grid_settings(data: Any) -> GridSettings:
    """Kept bends; none where they can't be read."""
    try:
        return from_plain(GridSettings, to_plain(data), "the kept grid")
    except NoisetteError:
        return GridSettings()
