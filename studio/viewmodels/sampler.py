"""The right panel: how to make it. Sampler, noise schedule, guidance, fresh noise."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import GRIDS, time_grid
from core.errors import NoisetteError
from core.models.card import ModelCard
from core.samplers.cards import CARDS, SamplerCard
from studio.viewmodels import wording
from studio.viewmodels.draft import Draft

GRID_TITLES = {"uniform": "Uniform", "karras": "Karras", "exponential": "Exponential", "log_snr": "Log-SNR"}


@dataclass(frozen=True, slots=True)
class SamplerInputs:
    """done: steps made by the run that is on show, None where none runs. as_log_snr: the plot's axis."""

    draft: Draft = field(default_factory=Draft)
    card: ModelCard | None = None
    done: int | None = None
    as_log_snr: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """The noise of each level, noisiest first. sigmas: sigma/alpha, inf where a schedule starts in pure noise.

    done: how many steps are made. on: first and last step (1-based) in which guidance acts, None where it is off.
    """

    sigmas: tuple[float, ...]
    log_snrs: tuple[float, ...]
    as_log_snr: bool
    done: int | None
    on: tuple[int, int] | None
    series: str


@dataclass(frozen=True, slots=True)
class SamplerView:
    samplers: tuple[SamplerCard, ...]
    sampler: str
    evaluations: str
    steps: int
    steps_default: int
    steps_note: str
    grids: tuple[tuple[str, str], ...]
    grid: str
    curve: Curve | None
    curve_problem: str
    scale: float
    scale_default: float
    interval: tuple[float, float]
    interval_words: str
    rescale: float
    guided: bool
    eta: float
    eta_free: bool
    eta_note: str


def derive_sampler(inputs: SamplerInputs) -> SamplerView:
    """What the right panel shows."""
    draft = inputs.draft
    sampler = sampler_card(draft.sampler)
    best = inputs.card.defaults if inputs.card else None
    curve, problem = _curve(inputs)
    first, last = steps_of(draft.interval, draft.steps)
    return SamplerView(
        samplers=CARDS,
        sampler=sampler.name,
        evaluations=wording.count(sampler.evaluations_per_step, "evaluation") + " a step",
        steps=draft.steps,
        steps_default=best.steps if best else 20,
        steps_note=wording.count(evaluations(draft), "evaluation") + " in all",
        grids=tuple((name, GRID_TITLES.get(name, name)) for name in GRIDS),
        grid=draft.time_grid,
        curve=curve,
        curve_problem=problem,
        scale=draft.guidance_scale,
        scale_default=best.guidance_scale if best else 1.0,
        interval=draft.interval,
        interval_words=f"{first} – {last}",
        rescale=draft.rescale,
        guided=draft.guidance_scale != 1.0,
        eta=draft.eta,
        eta_free="eta" in sampler.options,
        eta_note=_eta_note(sampler),
    )


def sampler_card(name: str) -> SamplerCard:
    """The card of a sampler; the first one's where the name is not known."""
    return next((card for card in CARDS if card.name == name), CARDS[0])


def evaluations(draft: Draft) -> int:
    """Network evaluations that one picture takes."""
    return draft.steps * sampler_card(draft.sampler).evaluations_per_step


def steps_of(interval: tuple[float, float], steps: int) -> tuple[int, int]:
    """First and last step, from 1, whose fraction done lies in the interval."""
    first = min(math.ceil(interval[0] * steps - 1e-9) + 1, steps)
    last = min(max(math.floor(interval[1] * steps + 1e-9) + 1, first), steps)
    return first, last


def _eta_note(sampler: SamplerCard) -> str:
    if "eta" in sampler.options:
        return ""
    return f"{sampler.title} " + ("draws its own, always in full" if sampler.stochastic else "adds none")


def _curve(inputs: SamplerInputs) -> tuple[Curve | None, str]:
    if inputs.card is None:
        return None, "Shown once a model is chosen"
    draft = inputs.draft
    try:
        levels = time_grid(draft.time_grid, schedule_named(inputs.card.schedule), draft.steps)
    except NoisetteError as error:
        return None, str(error)
    guided = draft.guidance_scale != 1.0
    return (
        Curve(
            sigmas=tuple(level.ratio for level in levels),
            log_snrs=tuple(level.log_snr for level in levels),
            as_log_snr=inputs.as_log_snr,
            done=inputs.done,
            on=steps_of(draft.interval, draft.steps) if guided else None,
            series=draft.sampler,
        ),
        "",
    )
