"""What changed from one draft to another, in words: "Steps back to 20"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from core.requests import SolverSettings, StartPicture, Variation
from core.samplers.cards import CARDS
from studio.undo import changed_fields
from studio.viewmodels import wording
from studio.viewmodels.colour import colour_words
from studio.viewmodels.draft import Draft

LONGEST = 40


def _text(words: str) -> str:
    return f"“{wording.shortened(words, LONGEST)}”" if words else "nothing"


def _switch(on: bool) -> str:
    return "on" if on else "off"


def _part(interval: tuple[float, float]) -> str:
    return f"{interval[0]:.2f} to {interval[1]:.2f}"


def _sampler(name: str) -> str:
    return next((card.title for card in CARDS if card.name == name), name)


def _start(start: StartPicture | None) -> str:
    return f"another picture at {start.strength:.2f}" if start else "noise"


def _blend(variation: Variation | None) -> str:
    return f"{variation.strength:.2f} of seed {wording.whole(variation.seed)}" if variation else "none"


def _solver(solver: SolverSettings) -> str:
    named = ((entry.name.replace("_", " "), getattr(solver, entry.name)) for entry in fields(solver))
    told = [f"{name} {value:g}" for name, value in named if value is not None]
    return ", ".join(told) or "its own"


NAMES: dict[str, tuple[str, Callable[[Any], str]]] = {
    "prompt": ("Prompt", _text),
    "negative_prompt": ("Leave out", _text),
    "model_id": ("Model", str),
    "style": ("Style", wording.style),
    "count": ("Count", wording.whole),
    "batch": ("Pictures at a time", lambda batch: wording.whole(batch) if batch else "the engine's choice"),
    "seed": ("Seed", wording.whole),
    "seed_locked": ("Seed lock", _switch),
    "sampler": ("Sampler", _sampler),
    "steps": ("Steps", wording.whole),
    "guidance_scale": ("Guidance scale", "{:.1f}".format),
    "interval": ("Guidance interval", _part),
    "rescale": ("Guidance rescale", "{:.2f}".format),
    "eta": ("Fresh noise", "{:.2f}".format),
    "ancestral_eta": ("Fresh noise", "{:.2f}".format),
    "solver": ("Sampler's options", _solver),
    "noise_scale": ("Noise scale", "{:.3f}".format),
    "colour": ("Colour", colour_words),
    "start": ("Start", _start),
    "variation": ("Blend of seeds", _blend),
}
GROUPS = (
    (frozenset({"width", "height"}), "Size"),
    (frozenset({"layout", "layout_prompt"}), "Plan"),
    (frozenset({"turns", "first_turn"}), "Turns of the noise"),
    (frozenset({"branch", "branch_of"}), "Branch"),
    (frozenset({"guide"}), "Guidance"),
    (frozenset({"time_grid", "grid", "preset", "preset_grid"}), "Noise schedule"),
)
"""Fields that mean one thing together."""


def describe(old: Draft, new: Draft, *, back: bool) -> str:
    """One line on the way from `old` to `new`. back: it was taken back, else made again."""
    touched = changed_fields(old, new)
    way = "back to" if back else "again"
    if len(touched) == 1:
        (field,) = touched
        if field in NAMES:
            name, write = NAMES[field]
            return f"{name} {way} {write(getattr(new, field))}"
    for members, name in GROUPS:
        if touched <= members:
            if name == "Size":
                return f"Size {way} {new.width} × {new.height}"
            return f"{name} {way} as it was" if back else f"{name} changed again"
    if "model_id" in touched:
        return f"Model {way} {new.model_id}, with its settings"
    if len(touched) == 1:
        return "One setting taken back" if back else "One setting changed again"
    return f"{len(touched)} settings {'taken back' if back else 'changed again'}"
