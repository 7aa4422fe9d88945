"""A recipe in readable rows, by section; nothing that decided the picture is left out."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from typing import Any

from core.artifacts.artifact import Artifact
from core.artifacts.recipe import Recipe
from core.colour import AS_DECODED
from core.errors import NoisetteError
from core.requests import ImageRequest
from core.samplers.cards import CARDS, eta_of
from core.worlds.tabletop.scene import Scene
from studio.viewmodels import wording
from studio.viewmodels.colour import colour_words
from studio.viewmodels.guidance import guidance_words
from studio.viewmodels.sampler import GRID_TITLES
from studio.viewmodels.variation import way

_TOLD = (
    *("prompt", "negative_prompt", "model_id", "sampler", "time_grid", "grid", "steps", "guidance", "eta"),
    *("ancestral_eta", "noise_scale", "solver", "colour", "style"),
    *("seed", "count", "width", "height", "layout", "turns", "first_turn", "neighbours", "neighbour", "around"),
)
"""Fields of a request that have a row of their own; any other is shown under its own name."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One row. whole: what is copied, where the row shows less."""

    label: str
    value: str
    whole: str = ""


@dataclass(frozen=True, slots=True)
class FactSection:
    title: str
    facts: tuple[Fact, ...]


def recipe_sections(artifact: Artifact) -> tuple[FactSection, ...]:
    """All sections that have something to say."""
    recipe = artifact.recipe
    sections = (
        FactSection("Words", _words(recipe)),
        FactSection("Settings", _settings(recipe)),
        FactSection("Plan", _plan(recipe)),
        FactSection("Model", _model(recipe)),
        FactSection("Made", _made(artifact)),
    )
    return tuple(section for section in sections if section.facts)


def as_text(artifact: Artifact) -> str:
    """All rows as lines, for the clipboard."""
    lines = [f"Prompt: {artifact.recipe.request.prompt}"]
    for section in recipe_sections(artifact):
        lines += ["", section.title, *(f"{fact.label}: {fact.whole or fact.value}" for fact in section.facts)]
    return "\n".join(lines)


def _words(recipe: Recipe) -> tuple[Fact, ...]:
    request = recipe.request
    style = wording.style(request.style) if request.style else ""
    said = (("Drawn as", recipe.drawn_prompt), ("Leave out", request.negative_prompt), ("Style", style))
    return tuple(Fact(label, words) for label, words in said if words)


def _settings(recipe: Recipe) -> tuple[Fact, ...]:
    request, guidance = recipe.request, recipe.request.guidance
    sampler = next((card for card in CARDS if card.name == request.sampler), None)
    facts = [
        Fact("Size", f"{recipe.width} × {recipe.height}"),
        Fact("Seed", wording.whole(recipe.seed), str(recipe.seed)),
    ]
    if request.count > 1:
        facts.append(Fact("Batch", f"{recipe.item + 1} of {request.count}"))
    if turns := recipe.again().turns:
        facts.append(Fact("Noise turned", way(turns)))
    facts.append(Fact("Sampler", sampler.title if sampler else request.sampler))
    each = sampler.evaluations_per_step if sampler else 1
    steps = wording.whole(request.steps)
    facts.append(Fact("Steps", steps if each == 1 else f"{steps}, {each} evaluations each"))
    facts.append(Fact("Noise schedule", _grid(request)))
    if not guidance.on:
        facts.append(Fact("Guidance", "off"))
    else:
        facts.append(Fact("Guidance", guidance_words(guidance)))
        if guidance.interval != (0.0, 1.0):
            start, end = guidance.interval
            facts.append(Fact("Interval", f"{start:g} to {end:g} of the run"))
        if guidance.rescale:
            facts.append(Fact("Rescale", f"{guidance.rescale:g}"))
    eta = eta_of(request)
    if eta is not None:
        facts.append(Fact("Fresh noise η", f"{eta:g}"))
    for option in sampler.settings if sampler else ():
        told = getattr(request.solver, option.setting)
        if told is not None and told != option.default:
            facts.append(Fact(option.title, f"{told:g}"))
    if request.noise_scale != 1.0:
        facts.append(Fact("Noise scale", f"{request.noise_scale:g}"))
    if request.colour != AS_DECODED:
        facts.append(Fact("Colour", colour_words(request.colour)))
    return (*facts, *_others(request))


def _grid(request: ImageRequest) -> str:
    bends = request.grid
    words = [GRID_TITLES.get(request.time_grid, request.time_grid)]
    named = (
        *(("σ largest", bends.largest), ("σ smallest", bends.smallest), ("ρ", bends.rho), ("shift", bends.shift)),
        *(("a", bends.beta_a), ("b", bends.beta_b), ("threshold", bends.threshold)),
    )
    words += [f"{name} {value:g}" for name, value in named if value is not None]
    if bends.levels:
        words.append(wording.count(len(bends.levels), "level"))
    if bends.handles:
        words.append(wording.count(len(bends.handles), "handle"))
    return ", ".join(words)


def _others(request: ImageRequest) -> tuple[Fact, ...]:
    """Settings that were changed and have no row of their own yet."""
    found: list[Fact] = []
    for entry in fields(request):
        value = getattr(request, entry.name)
        default = entry.default_factory() if entry.default_factory is not MISSING else entry.default
        if entry.name not in _TOLD and value != default:
            found.append(Fact(entry.name.replace("_", " ").capitalize(), _plain(value)))
    return tuple(found)


def _plain(value: Any) -> str:
    if hasattr(value, "__dataclass_fields__"):
        return ", ".join(f"{entry.name.replace('_', ' ')} {getattr(value, entry.name)}" for entry in fields(value))
    return "yes" if value is True else "no" if value is False else str(value)


def _plan(recipe: Recipe) -> tuple[Fact, ...]:
    if recipe.layout is None:
        return ()
    try:
        scene = Scene.from_json(recipe.layout)
    except NoisetteError:
        return (Fact("Layout", wording.shortened(recipe.layout, 60), recipe.layout),)
    source = "given" if recipe.request.layout is not None else "planned from the words"
    facts = [Fact("Layout", f"{wording.count(len(scene.items), 'object')}, {source}", recipe.layout)]
    for number, item in enumerate(scene.items, 1):
        what = f"{item.size} {item.colour} {item.shape}, {item.material}"
        where = f"at {wording.signed(item.x)}, {wording.signed(item.y)}"
        facts.append(Fact(f"Object {number}", f"{what}, {where}"))
    return tuple(facts)


def _model(recipe: Recipe) -> tuple[Fact, ...]:
    title, name = recipe.model_title, recipe.request.model_id
    facts = [Fact("Name", title if title.lower() == name.lower() else f"{title} ({name})")]
    for role, digest in sorted(recipe.model_sha256.items()):
        facts.append(Fact(f"{role.capitalize()} hash", f"{digest[:16]}…", digest))
    return tuple(facts)


def _made(artifact: Artifact) -> tuple[Fact, ...]:
    recipe, carried = artifact.recipe, artifact.recipe.environment
    threads = wording.count(carried.threads, "thread")
    return (
        Fact("When", local_time(recipe.made_at), recipe.made_at),
        Fact("On", carried.machine),
        Fact("System", carried.system),
        Fact("Device", f"{carried.device}, {carried.dtype}, {threads}"),
        Fact("Editions", f"Noisette {carried.noisette}, torch {carried.torch}, Python {carried.python}"),
        Fact("Pixel hash", f"{recipe.pixels_sha256[:16]}…", recipe.pixels_sha256),
        Fact("File", str(artifact.path)),
    )


def local_time(made_at: str) -> str:
    """An ISO moment as the user's clock showed it: "21 Nov 2026, 04:03"; what can't be read stays as it is."""
    try:
        moment = datetime.fromisoformat(made_at).astimezone()
    except ValueError:
        return made_at
    return f"{moment.day} {moment:%b %Y, %H:%M}"
