"""From what a command line says, and the picture that it names, to one request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import typer

from core.artifacts.start_picture import keep_start
from core.cli.options import read_branch, read_interval, read_size
from core.engine import Engine
from core.errors import LayoutError, RequestError
from core.grid_settings import read_levels
from core.guidance_settings import METHOD_OPTIONS, read_scales
from core.history.kept_grids import kept_grid
from core.interop.fitting import Fitted, fitted
from core.interop.imported import Imported, Settings, Unmapped
from core.interop.reading import read_settings
from core.models.card import ModelCard
from core.requests import (
    CUSTOM,
    GRID_OPTIONS,
    LISTED,
    OPTIMISED,
    SOLVER_RANGES,
    GridSettings,
    GuidanceSettings,
    ImageRequest,
    SolverSettings,
    StartPicture,
    Variation,
    read_handles,
    read_solver,
)
from core.samplers.cards import CARDS, eta_card
from core.turns import NEIGHBOURS, read_turns
from core.worlds.tabletop.scene import Scene

MAX_LAYOUT_BYTES = 1 << 20
START_STRENGTH, VARIATION_STRENGTH = 0.6, 0.1
BENDS = {
    "sigma_largest": "largest",
    "sigma_smallest": "smallest",
    "rho": "rho",
    "shift": "shift",
    "beta_a": "beta_a",
    "beta_b": "beta_b",
    "threshold": "threshold",
    "levels_as": "levels_as",
}
GUIDANCE = {
    "guidance": "scale",
    "guidance_rescale": "rescale",
    "guidance_method": "method",
    "guidance_course": "course",
    "guidance_threshold": "threshold",
    "guidance_blend": "blend",
    "guidance_zero": "zero",
    "guidance_parallel": "parallel",
    "guidance_norm": "norm",
    "guidance_leave_out": "leave_out",
}
"""Options, and the fields of the settings that they are."""
PLAIN = ("prompt", "style", "steps", "noise_scale", "seed", "count", "batch", "precision", "keep_trajectory", "device")
"""Options that a request names alike."""
MAX_PATH = 1024
OPTIMISED_FOR = {"steps", "sampler", "model"}
"""Options that ask for another optimised grid."""
COLOUR = ("out_of_range", "exposure", "contrast", "saturation")


@dataclass(frozen=True, slots=True)
class Taken:
    """The settings of a picture file. imported: fitted to the model that is used, with what was not taken up."""

    request: ImageRequest
    imported: Imported


def given_of(context: typer.Context, **options: Any) -> dict[str, Any]:
    """Those options that were given, not left to their defaults."""
    sources = {name: context.get_parameter_source(name) for name in options}
    return {name: options[name] for name, source in sources.items() if source and "DEFAULT" not in source.name}


def usual(card: ModelCard) -> ImageRequest:
    """A model's own settings, without a prompt."""
    best = card.defaults
    return ImageRequest(
        "",
        model_id=card.id,
        sampler=best.sampler,
        time_grid=best.time_grid,
        steps=best.steps,
        guidance=GuidanceSettings(best.guidance_scale),
    )


def taken_from(file: Path, engine: Engine, model: str = "", *, prompted: bool = False) -> Taken:
    """The settings of a picture, ours exactly, another tool's as far as they mean something here.

    model: the id of the one to use whatever the file says. prompted: a prompt is given, so the file needs none. Where
    and how to compute is not a setting of the picture.
    Raises ImportedError for a file without settings, ModelError for a model that is not installed.
    """
    imported = read_settings(file)
    if model:
        engine.registry.card(model)
        imported = replace(imported, settings=replace(imported.settings, model=model, model_hash=None))
    found = fitted(imported, engine.cards(), model)
    if found is None:
        raise RequestError("no model is installed; put one into the models folder")
    if imported.settings.prompt is None and not prompted:
        raise RequestError(f"{file} tells no prompt; give one before --from")
    own = imported.request
    if own is not None and (model or own.model_id in {card.id for card in engine.cards()}):
        return _our_own(replace(own, model_id=model or own.model_id), found, imported)
    return Taken(_mapped(found), found.imported)


def overridden(base: ImageRequest, given: dict[str, Any], engine: Engine) -> ImageRequest:
    """The request with what was given in place of its own. Raises NoisetteError kinds: value, rule, remedy."""
    changes = {name: given[name] for name in PLAIN if name in given}
    if "negative" in given:
        changes["negative_prompt"] = given["negative"]
    if "sampler" in given:
        changes["sampler"] = _sampler(given["sampler"])
    if "eta" in given:
        changes |= _eta(changes.get("sampler", base.sampler), given["eta"])
    if "solver" in given:
        changes["solver"] = _solver(changes.get("sampler", base.sampler), given["solver"])
    changes["colour"] = replace(base.colour, **{name: given[name] for name in COLOUR if name in given})
    if "size" in given:
        changes["width"], changes["height"] = read_size(given["size"])
    if "layout" in given:
        changes["layout"] = _layout(given["layout"])
    changes |= (
        _grid(base, given, engine) | {"guidance": _guidance(base.guidance, given)} | _beginning(base, given, engine)
    )
    return replace(base, **changes)


def _our_own(request: ImageRequest, found: Fitted, imported: Imported) -> Taken:
    """Whole, whatever of it another model may refuse; where that model's files are others now, a remark."""
    remarks = imported.remarks
    if any(each.name == "Model" for each in found.imported.unmapped):
        said = f"model {request.model_id} is not the one that made this: its files have other hashes now"
        remarks = (*remarks, said)
    request = replace(request, device="auto", batch=None, keep_trajectory=False, kept=True)
    settings = replace(imported.settings, model=request.model_id, model_hash=None)
    return Taken(request, replace(imported, settings=settings, remarks=remarks, request=request))


def _mapped(found: Fitted) -> ImageRequest:
    base, settings = usual(found.card), found.imported.settings
    named: dict[str, Any] = {
        name: value
        for name in (
            "prompt",
            "negative_prompt",
            "sampler",
            "time_grid",
            "grid",
            "steps",
            "eta",
            "ancestral_eta",
            "noise_scale",
            "solver",
            "colour",
            "seed",
            "style",
        )
        if (value := getattr(settings, name)) is not None
    }
    if settings.time_grid is None:
        named.pop("grid", None)
    return replace(
        base,
        **named,
        guidance=_guidance_of(settings, base.guidance),
        width=settings.width,
        height=settings.height,
        variation=None if settings.variation is None else Variation(*settings.variation),
    )


def _guidance_of(settings: Settings, usual: GuidanceSettings) -> GuidanceSettings:
    usual = settings.guidance or usual
    told = {"scale": settings.guidance_scale, "interval": settings.interval, "rescale": settings.rescale}
    return replace(usual, **{name: value for name, value in told.items() if value is not None})


def _guidance(own: GuidanceSettings, given: dict[str, Any]) -> GuidanceSettings:
    """Drawn scales alone ask for the drawn course. Settings that the method does not take are left out."""
    changes: dict[str, Any] = {field: given[option] for option, field in GUIDANCE.items() if option in given}
    if "guidance_interval" in given:
        changes["interval"] = read_interval(given["guidance_interval"])
    if "guidance_scales" in given:
        changes |= {"drawn": read_scales(given["guidance_scales"]), "course": changes.get("course", "drawn")}
    method = changes.get("method", own.method)
    for option, field in (*GUIDANCE.items(), ("guidance_scales", "drawn")):
        if option in given and field not in ("method", *METHOD_OPTIONS.get(method, (field,))):
            others = " or ".join(name for name, takes in METHOD_OPTIONS.items() if field in takes)
            said = "--" + option.replace("_", "-")
            raise RequestError(f"the {method} method takes no {said}; leave it out, or choose {others}")
    return replace(own, **changes).essential()


def _grid(base: ImageRequest, given: dict[str, Any], engine: Engine) -> dict[str, Any]:
    """Another grid leaves the bends of the one before; handles or levels alone ask for a grid of them. An optimised one
    is taken from the home folder."""
    implied = CUSTOM if "handles" in given else LISTED if "levels" in given else base.time_grid
    name = given.get("time_grid", implied)
    if name not in GRID_OPTIONS:
        raise RequestError(f"{name!r} is not a time grid; choose one of {', '.join(GRID_OPTIONS)}")
    bends: dict[str, Any] = {field: given[option] for option, field in BENDS.items() if option in given}
    if "levels" in given:
        bends["levels"] = _levels(given["levels"])
    if "handles" in given:
        bends["handles"] = read_handles(given["handles"])
    if name == OPTIMISED and "levels" not in bends and (name != base.time_grid or given.keys() & OPTIMISED_FOR):
        steps, sampler = given.get("steps", base.steps), given.get("sampler", base.sampler)
        card = engine.registry.card(given.get("model", base.model_id))
        return {
            "time_grid": name,
            "grid": GridSettings(levels=kept_grid(engine.home.root, card, sampler, steps).levels, levels_as="time"),
        }
    return {"time_grid": name, "grid": replace(base.grid if name == base.time_grid else GridSettings(), **bends)}


def _beginning(base: ImageRequest, given: dict[str, Any], engine: Engine) -> dict[str, Any]:
    """Start picture, branch, variation, turns and neighbourhood; one that is given ends those that it can't go with."""
    changes: dict[str, Any] = {}
    if base.branch is not None and "start_from" in given:
        # They turned the noise of the branch, which has no part in what is asked for.
        changes |= {"turns": ()}
    if "start_from" in given:
        strength = given.get("strength", base.start.strength if base.start else START_STRENGTH)
        changes |= {"start": StartPicture(keep_start(engine.home.starts, given["start_from"]), strength)}
        changes |= {"branch": None}
    elif "strength" in given and base.start is not None:
        changes |= {"start": replace(base.start, strength=given["strength"])}
    if "variation_seed" in given:
        strength = given.get("variation_strength", base.variation.strength if base.variation else VARIATION_STRENGTH)
        changes |= {"variation": Variation(given["variation_seed"], strength)}
        changes |= {"neighbours": 0.0, "neighbour": None}
    elif "variation_strength" in given and base.variation is not None:
        changes |= {"variation": replace(base.variation, strength=given["variation_strength"])}
    if "turns" in given:
        changes |= {"turns": read_turns(given["turns"]), "first_turn": "great_circle"}
    if "neighbours" in given:
        changes |= {"neighbours": given["neighbours"], "neighbour": None}
        if given["neighbours"] and given.get("count", 1) == 1:
            changes |= {"count": NEIGHBOURS}
    if "branch" in given:
        named = {"start": "start_from", "variation": "variation_seed", "turns": "turns", "neighbours": "neighbours"}
        clears = {"start": None, "variation": None, "turns": (), "neighbours": 0.0, "neighbour": None}
        changes |= {name: value for name, value in clears.items() if named.get(name) not in given}
        changes |= {"branch": read_branch(given["branch"], given.get("branch_item", 1))}
    return changes


def unmapped_line(each: Unmapped) -> str:
    """What is said of a setting that was not taken up."""
    return f"not taken up: {each.name} {each.value}; {each.why}"


def _sampler(name: str) -> str:
    """Checked here, before torch is loaded to say the same."""
    known = [each.name for each in CARDS]
    if name not in known:
        raise RequestError(f"{name!r} is not a sampler; choose one of {', '.join(known)}")
    return name


def _eta(sampler: str, eta: float) -> dict[str, Any]:
    """Raises RequestError where the sampler takes none."""
    card = eta_card(sampler)
    if card is None:
        others = " or ".join(each.name for each in CARDS if each.eta)
        raise RequestError(f"{sampler} takes no eta; leave it out, or choose {others}")
    return {card.setting: eta}


def _levels(said: str) -> tuple[float, ...]:
    """A list of numbers, or the file that holds one."""
    path = Path(said)
    try:
        return read_levels(said)
    except RequestError:
        if len(said) > MAX_PATH or not path.is_file():
            raise
    try:
        if path.stat().st_size > MAX_LAYOUT_BYTES:
            raise RequestError(f"{path} is larger than {MAX_LAYOUT_BYTES >> 10} KiB; a list of levels is a small file")
        return read_levels(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"{said[:80]!r} can't be read ({error}); give numbers, or a text file of them") from error


def _solver(sampler: str, text: str) -> SolverSettings:
    """Raises RequestError where the sampler does not take what is told, or not as much of it."""
    solver = read_solver(text)
    card = next(each for each in CARDS if each.name == sampler)
    takes = {option.setting: option for option in card.settings}
    for name in SOLVER_RANGES:
        value = getattr(solver, name)
        if value is not None and name not in takes:
            known = f"it takes {', '.join(takes)}" if takes else "it takes no options"
            raise RequestError(f"{sampler} takes no {name.replace('_', ' ')}; {known}")
        if value is not None and name == "order" and value > takes[name].high:
            raise RequestError(f"order {value} is out of range for {sampler}; give 1 to {takes[name].high:g}")
    return solver


def _layout(path: Path) -> str:
    """The scene's text as the recipe keeps it: checked, and in the one form that Scene writes."""
    try:
        if path.stat().st_size > MAX_LAYOUT_BYTES:
            raise LayoutError(f"{path} is larger than {MAX_LAYOUT_BYTES >> 10} KiB; a layout is a small JSON file")
        return Scene.from_json(path.read_text(encoding="utf-8")).to_json()
    except (OSError, UnicodeDecodeError) as error:
        raise LayoutError(f"{path} can't be read ({error}); give a JSON file of a scene") from error
    except RecursionError as error:
        raise LayoutError(f"{path} is nested too deeply; write a scene object") from error
