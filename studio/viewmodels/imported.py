"""Settings of another tool's picture onto the draft, and what the sheet says of them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from core.colour import AS_DECODED
from core.interop.fitting import Fitted
from core.interop.imported import Settings, Unmapped
from core.requests import GridSettings, GuidanceSettings, SolverSettings, Variation, write_solver
from core.samplers.cards import CARDS
from studio.viewmodels import wording
from studio.viewmodels.colour import colour_words
from studio.viewmodels.draft import Draft
from studio.viewmodels.guidance import METHODS
from studio.viewmodels.sampler import GRID_TITLES

LONGEST = 240
OFF: dict[str, Any] = {
    "interval": (0.0, 1.0),
    "rescale": 0.0,
    "eta": 0.0,
    "ancestral_eta": 1.0,
    "noise_scale": 1.0,
    "solver": SolverSettings(),
    "colour": AS_DECODED,
    "style": "",
    "count": 1,
    "variation": None,
    "start": None,
    "branch": None,
    "neighbours": 0.0,
    "neighbour": None,
    "turns": (),
    "layout": None,
}
"""What a file that does not name it was made without."""
_SAME = (
    "prompt",
    "negative_prompt",
    "sampler",
    "steps",
    "guidance_scale",
    "interval",
    "rescale",
    "eta",
    "ancestral_eta",
    "seed",
    "noise_scale",
    "solver",
    "colour",
    "style",
)
"""Named alike in Settings and Draft."""
_HERE = frozenset(entry.name for entry in fields(Draft))


@dataclass(frozen=True, slots=True)
class ImportView:
    """title: "Settings from ComfyUI". taken: (name, value) of what the draft has now. whole: nothing is missing."""

    title: str
    taken: tuple[tuple[str, str], ...]
    lost: tuple[Unmapped, ...]
    remarks: tuple[str, ...]

    @property
    def whole(self) -> bool:
        return not self.lost and not self.remarks


def taken_up(draft: Draft, found: Fitted) -> Draft:
    """The draft with the file's settings. What could not be mapped stays as it was; a seed that is told is locked."""
    imported, card = found.imported, found.card
    if imported.request is not None:
        return draft.with_request(imported.request)
    settings = imported.settings
    if card.id != draft.model_id:
        draft = draft.with_model(card)
    told: dict[str, Any] = {name: value for name, value in OFF.items() if name in _HERE}
    for name in _SAME:
        value = getattr(settings, name)
        if value is not None:
            told[name] = value
    if settings.negative_prompt is None and settings.prompt is not None:
        told["negative_prompt"] = ""
    told["guide"] = settings.guidance or GuidanceSettings()
    if settings.seed is not None:
        told["seed_locked"] = True
    if settings.width is not None and settings.height is not None:
        told |= {"width": settings.width, "height": settings.height}
    if settings.time_grid is not None:
        told |= {"time_grid": settings.time_grid, "grid": settings.grid or GridSettings()}
    if settings.variation is not None and "variation" in _HERE:
        told["variation"] = Variation(*settings.variation)
    return replace(draft, **told)


def derive_import(found: Fitted) -> ImportView:
    """What the sheet shows."""
    imported, settings = found.imported, found.imported.settings
    lost = imported.unmapped
    if settings.variation is not None and "variation" not in _HERE:
        why = "the panel has no place for a variation yet"
        lost = (*lost, Unmapped("Variation seed", str(settings.variation[0]), why))
    return ImportView(f"Settings from {imported.tool.value}", tuple(_rows(settings, found)), lost, imported.remarks)


def _rows(settings: Settings, found: Fitted) -> list[tuple[str, str]]:
    sampler = next((card.title for card in CARDS if card.name == settings.sampler), None)
    size = f"{settings.width} × {settings.height}" if settings.width and settings.height else None
    named = (
        ("Prompt", wording.shortened(settings.prompt, LONGEST) if settings.prompt else None),
        ("Leave out", wording.shortened(settings.negative_prompt, LONGEST) if settings.negative_prompt else None),
        ("Model", found.card.title if not any(each.name == "Model" for each in found.imported.unmapped) else None),
        ("Style", wording.style(settings.style) if settings.style else None),
        ("Size", size),
        ("Seed", None if settings.seed is None else wording.whole(settings.seed)),
        ("Variation", _variation(settings) if "variation" in _HERE else None),
        ("Sampler", sampler),
        ("Noise schedule", _grid(settings)),
        ("Steps", None if settings.steps is None else wording.whole(settings.steps)),
        ("Guidance", None if settings.guidance_scale is None else f"{settings.guidance_scale:g}"),
        ("Guidance interval", None if settings.interval is None else "{:g} to {:g}".format(*settings.interval)),
        ("Guidance rescale", f"{settings.rescale:g}" if settings.rescale else None),
        ("Guidance method", METHODS[settings.guidance.method][0] if settings.guidance else None),
        ("Fresh noise", f"{settings.eta:g}" if settings.eta else None),
        ("Fresh noise", f"{settings.ancestral_eta:g}" if settings.ancestral_eta not in (None, 1.0) else None),
        ("Noise scale", f"{settings.noise_scale:g}" if settings.noise_scale not in (None, 1.0) else None),
        ("Sampler's options", write_solver(settings.solver) or None if settings.solver else None),
        ("Colour", colour_words(settings.colour) if settings.colour not in (None, AS_DECODED) else None),
    )
    return [(name, value) for name, value in named if value is not None]


def _variation(settings: Settings) -> str | None:
    if settings.variation is None:
        return None
    seed, strength = settings.variation
    return f"{strength:g} towards seed {wording.whole(seed)}"


def _grid(settings: Settings) -> str | None:
    if settings.time_grid is None:
        return None
    title, bends = GRID_TITLES.get(settings.time_grid, settings.time_grid), settings.grid or GridSettings()
    told = {"σ largest": bends.largest, "σ smallest": bends.smallest, "ρ": bends.rho}
    return ", ".join([title, *(f"{name} {wording.sigma(value)}" for name, value in told.items() if value is not None)])
