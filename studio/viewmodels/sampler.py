"""The right panel: how to make it. Sampler, noise schedule, guidance, fresh noise."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache

from core.colour import ColourSettings
from core.diffusion.grids.cards import GRID_CARDS, GridCard
from core.diffusion.grids.ramps import BETA
from core.diffusion.grids.timesteps import SHIFT, THRESHOLD
from core.diffusion.level import Level
from core.diffusion.schedule import NoiseSchedule, schedule_named
from core.diffusion.time_grid import CEILING, RHO, TimeGrid, custom_ratios, time_grid
from core.errors import NoisetteError
from core.grid_settings import CUSTOM, GRID_OPTIONS, LISTED, OPTIMISED, GridSettings, LevelsAs
from core.models.card import ModelCard
from core.samplers.cards import CARDS, EtaCard, OptionCard, SamplerCard, option_of
from studio.viewmodels import wording
from studio.viewmodels.draft import Draft
from studio.viewmodels.guidance import GuidanceView, derive_guidance
from studio.viewmodels.handles import Handles, handles_for, log_snrs_of, range_of
from studio.viewmodels.remedies import Blame

GRID_TITLES = {card.name: card.title for card in GRID_CARDS}
DECODERS = {"pca": ("Principal components", True)}
"""A card's codec -> its name, and whether its previews are its full decoding."""
DECADE = 2.0 * math.log(10.0)
"""log-SNR that a tenfold sigma costs."""
LINE_POINTS = 96
"""How finely a drawn curve is shown between its handles."""


@dataclass(frozen=True, slots=True)
class SamplerInputs:
    """done: steps made by the run that is on show, None where none runs. as_log_snr: the plot's axis.

    blame: the setting that stopped the run on show.
    """

    draft: Draft = field(default_factory=Draft)
    card: ModelCard | None = None
    done: int | None = None
    as_log_snr: bool = False
    blame: Blame | None = None


@dataclass(frozen=True, slots=True)
class Handle:
    """fraction: 0 at the first step, 1 at the last. log_snr: −inf at pure noise."""

    fraction: float
    log_snr: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A time grid as its plot needs it. places: of its handles, in log-SNR. sigmas, log_snrs, line: see `Curve`."""

    levels: tuple[Level, ...]
    sigmas: tuple[float, ...]
    log_snrs: tuple[float, ...]
    handles: Handles
    places: tuple[Handle, ...]
    line: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """The noise of each level, noisiest first. sigmas: sigma/alpha, inf where a schedule starts in pure noise.

    done: how many steps are made. on: first and last step (1-based) in which guidance acts, None where it is off.
    line: (fraction, log-SNR) along a drawn curve, empty for a named grid. span: smallest and largest sigma of the axis.
    """

    sigmas: tuple[float, ...]
    log_snrs: tuple[float, ...]
    as_log_snr: bool
    done: int | None
    on: tuple[int, int] | None
    series: str
    handles: tuple[Handle, ...] = ()
    line: tuple[tuple[float, float], ...] = ()
    span: tuple[float, float] = (1e-3, CEILING)

    def height(self, log_snr: float) -> float:
        """On the plot's axis: log-SNR itself, or log10 sigma."""
        return log_snr if self.as_log_snr else -log_snr / DECADE

    def log_snr(self, height: float) -> float:
        """At a height of the plot's axis."""
        return height if self.as_log_snr else -height * DECADE

    @property
    def highest(self) -> float:
        """The sigma at the end of the axis, within rounding."""
        return self.span[1] * (1.0 + 1e-6)


@dataclass(frozen=True, slots=True)
class Bends:
    """What the sliders under the plot show; None where the grid has no such bend. Defaults beside them."""

    largest: float | None
    smallest: float | None
    rho: float | None
    largest_default: float
    smallest_default: float
    rho_default: float = RHO
    shift: float | None = None
    beta_a: float | None = None
    beta_b: float | None = None
    threshold: float | None = None
    levels: tuple[float, ...] | None = None
    levels_as: LevelsAs | None = None
    shift_default: float = SHIFT
    beta_a_default: float = BETA
    beta_b_default: float = BETA
    threshold_default: float = THRESHOLD


@dataclass(frozen=True, slots=True)
class SolverOption:
    """What a sampler can be told, and what it is told now."""

    card: OptionCard
    value: float


@dataclass(frozen=True, slots=True)
class SamplerView:
    """blamed: the row that a failed run blames and a line of advice, for as long as it stands as it failed.

    fractions: how much of the run is done where each step begins, 0 at noise; () where there is no grid.
    interval_spoken: for screen readers.
    eta: of the sampler on show, with what it takes; "fresh noise" of none that takes none.
    """

    samplers: tuple[SamplerCard, ...]
    sampler: str
    evaluations: str
    steps: int
    steps_default: int
    steps_note: str
    grids: tuple[GridCard, ...]
    grid: str
    curve: Curve | None
    curve_problem: str
    handles: Handles
    bends: Bends
    preset: str
    scale: float
    scale_default: float
    interval: tuple[float, float]
    fractions: tuple[float, ...]
    interval_words: str
    interval_spoken: str
    rescale: float
    guided: bool
    guidance: GuidanceView
    solver: tuple[SolverOption, ...]
    eta: float
    eta_card: EtaCard | None
    noise_scale: float
    noise_scale_free: bool
    fresh_note: str
    decoder: str
    colour: ColourSettings
    blamed: tuple[str, str]


def derive_sampler(inputs: SamplerInputs) -> SamplerView:
    """What the right panel shows."""
    draft, blame = inputs.draft, inputs.blame
    sampler = sampler_card(draft.sampler)
    best = inputs.card.defaults if inputs.card else None
    eta: float = getattr(draft, sampler.eta.setting) if sampler.eta else 0.0
    schedule, drawn, problem = _drawing(inputs)
    levels = drawn.levels if drawn else None
    acting = acting_steps(draft.interval, levels) if levels else steps_of(draft.interval, draft.steps)
    return SamplerView(
        samplers=CARDS,
        sampler=sampler.name,
        evaluations=_or_more(sampler, sampler.evaluations_per_step) + " a step",
        steps=draft.steps,
        steps_default=best.steps if best else 20,
        steps_note=_or_more(sampler, evaluations(draft)) + " in all",
        grids=tuple(card for card in GRID_CARDS if card.name != OPTIMISED or draft.time_grid == OPTIMISED),
        grid=draft.time_grid,
        curve=_curve(inputs, drawn, acting) if drawn else None,
        curve_problem=problem,
        handles=drawn.handles if drawn else (),
        bends=_bends(draft, schedule),
        preset=GRID_TITLES.get(draft.preset, draft.preset) if draft.time_grid == CUSTOM else "",
        scale=draft.guidance_scale,
        scale_default=best.guidance_scale if best else 1.0,
        interval=draft.interval,
        fractions=tuple(1.0 - level.t for level in levels[:-1]) if levels is not None else (),
        interval_words=f"{acting[0]} – {acting[1]}" if acting else "no step",
        interval_spoken=f"steps {acting[0]} to {acting[1]} of {draft.steps}" if acting else "no step",
        rescale=draft.rescale,
        guided=draft.guidance.on,
        guidance=derive_guidance(draft.guidance),
        solver=tuple(
            SolverOption(option, option_of(sampler, option.setting, draft.solver)) for option in sampler.settings
        ),
        eta=eta,
        eta_card=sampler.eta,
        noise_scale=draft.noise_scale,
        noise_scale_free="noise_scale" in sampler.options,
        fresh_note=_fresh_note(sampler, eta),
        decoder=_decoder_words(inputs.card),
        colour=draft.colour,
        blamed=(blame.row, blame.advice) if blame is not None and blame.stands(draft) else ("", ""),
    )


def _or_more(sampler: SamplerCard, count: int) -> str:
    said = wording.count(count, "evaluation")
    return f"{said} or more" if sampler.varies else said


def sampler_card(name: str) -> SamplerCard:
    """The card of a sampler; the first one's where the name is not known."""
    return next((card for card in CARDS if card.name == name), CARDS[0])


def evaluations(draft: Draft) -> int:
    """Network evaluations that one picture takes."""
    return sampler_card(draft.sampler).evaluations(draft.steps)


def steps_of(interval: tuple[float, float], steps: int) -> tuple[int, int]:
    """First and last step, from 1, whose fraction done lies in the interval."""
    first = min(math.ceil(interval[0] * steps - 1e-9) + 1, steps)
    last = min(max(math.floor(interval[1] * steps + 1e-9) + 1, first), steps)
    return first, last


def _fresh_note(sampler: SamplerCard, eta: float) -> str:
    """Why a row is not there, or has no effect; "" where all act."""
    if not sampler.stochastic:
        return f"{sampler.title} adds none"
    if sampler.eta is None:
        return f"{sampler.title} draws it in full at every step, as at η 1"
    return "" if eta else "At η 0 no step adds any, so its scale has no effect"


def _decoder_words(card: ModelCard | None) -> str:
    """What makes pixels of previews, and of the finished picture."""
    if card is None:
        return "Shown once a model is chosen"
    title, alike = DECODERS.get(card.codec, ("The model's own decoder", False))
    previews = "Previews are decoded in full, like" if alike else "Previews may be coarser than"
    return f"{title}, {card.precision}. {previews} the finished picture."


def acting_steps(interval: tuple[float, float], levels: TimeGrid) -> tuple[int, int] | None:
    """First and last step, from 1, that begin within the interval; None where none does.

    The engine asks 1 − t of each level, so on a bent grid the steps are not the interval's share of their number.
    """
    inside = [step for step, level in enumerate(levels[:-1], 1) if interval[0] <= 1.0 - level.t <= interval[1]]
    return (inside[0], inside[-1]) if inside else None


def _drawing(inputs: SamplerInputs) -> tuple[NoiseSchedule | None, Drawing | None, str]:
    if inputs.card is None:
        return None, None, "Shown once a model is chosen"
    draft, schedule = inputs.draft, None
    try:
        schedule = schedule_named(inputs.card.schedule)
        return schedule, _draw(schedule, draft.time_grid, draft.steps, draft.grid), ""
    except NoisetteError as error:
        return schedule, None, str(error)


@lru_cache(maxsize=16)
def _draw(schedule: NoiseSchedule, name: str, steps: int, settings: GridSettings) -> Drawing:
    """Remembered, since a run asks for it anew at every step. Raises NoisetteError for a grid that can't be drawn."""
    levels = tuple(time_grid(name, schedule, steps, settings=settings))
    handles = handles_for(name, levels, schedule, settings)
    line: tuple[tuple[float, float], ...] = ()
    if name == CUSTOM:
        fractions = [i / LINE_POINTS for i in range(LINE_POINTS + 1)]
        ratios = custom_ratios(settings, schedule, fractions)
        line = tuple((f, -2.0 * math.log(ratio)) for f, ratio in zip(fractions, ratios, strict=True))
    places = zip(handles, log_snrs_of(handles, schedule), strict=True)
    return Drawing(
        levels=levels,
        sigmas=tuple(level.ratio for level in levels),
        log_snrs=tuple(level.log_snr for level in levels),
        handles=handles,
        places=tuple(Handle(fraction, log_snr) for (fraction, _), log_snr in places),
        line=line,
    )


def _curve(inputs: SamplerInputs, drawn: Drawing, acting: tuple[int, int] | None) -> Curve:
    draft = inputs.draft
    assert inputs.card is not None
    return Curve(
        sigmas=drawn.sigmas,
        log_snrs=drawn.log_snrs,
        as_log_snr=inputs.as_log_snr,
        done=inputs.done,
        on=acting if draft.guidance.on else None,
        series=draft.sampler,
        handles=drawn.places,
        line=drawn.line,
        span=range_of(schedule_named(inputs.card.schedule)),
    )


def _bends(draft: Draft, schedule: NoiseSchedule | None) -> Bends:
    low, high = range_of(schedule) if schedule else (1e-3, CEILING)
    takes = GRID_OPTIONS.get(draft.time_grid, ())
    grid = draft.grid
    return Bends(
        largest=(grid.largest or high) if "largest" in takes else None,
        smallest=(grid.smallest or low) if "smallest" in takes else None,
        rho=(grid.rho or _rho(draft.time_grid)) if "rho" in takes else None,
        rho_default=_rho(draft.time_grid),
        shift=(grid.shift or SHIFT) if "shift" in takes else None,
        beta_a=(grid.beta_a or BETA) if "beta_a" in takes else None,
        beta_b=(grid.beta_b or BETA) if "beta_b" in takes else None,
        threshold=(grid.threshold or THRESHOLD) if "threshold" in takes else None,
        levels=grid.levels if "levels" in takes else None,
        levels_as=grid.levels_as if draft.time_grid == LISTED else None,
        largest_default=high,
        smallest_default=low,
    )


def _rho(name: str) -> float:
    """What a grid's rho is where none is given."""
    return 1.0 if name == "polyexponential" else RHO
