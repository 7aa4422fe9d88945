"""`noisette inspect`: how a picture was made, as it says itself."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from core.cli.options import AsJson
from core.cli.output import say, say_json
from core.colour import AS_DECODED, ColourSettings
from core.engine import Engine
from core.grid_settings import write_levels
from core.interop.fitting import fitted
from core.interop.imported import Imported
from core.interop.reading import read_settings
from core.plain import to_plain
from core.requests import GridSettings, GuidanceSettings, write_handles

NAMES = {
    "prompt": "Prompt",
    "negative_prompt": "Leave out",
    "model": "Model",
    "sampler": "Sampler",
    "time_grid": "Time grid",
    "grid": "Bends",
    "steps": "Steps",
    "guidance_scale": "Guidance scale",
    "interval": "Guidance interval",
    "rescale": "Guidance rescale",
    "guidance": "Guidance",
    "eta": "Fresh noise",
    "ancestral_eta": "Fresh noise",
    "noise_scale": "Noise scale",
    "solver": "Sampler's options",
    "colour": "Colour",
    "seed": "Seed",
    "width": "Width",
    "height": "Height",
    "variation": "Variation",
    "style": "Style",
}


def inspect(
    file: Annotated[Path, typer.Argument(help="A PNG, JPEG or WebP.")],
    as_json: AsJson = False,
) -> int:
    """Say how a picture was made: by Noisette, A1111, ComfyUI, InvokeAI or NovelAI (SwarmUI and Fooocus, too).

    Lists what could be used here, what could not and why, and where one name means different things.

    \b
    Examples:
      noisette inspect a.png
      noisette inspect photo.jpg --json
    """
    imported = here(read_settings(file))
    if as_json:
        say_json(plain(imported))
        return 0
    for line in described(imported):
        say(line)
    return 0


def here(imported: Imported, model: str = "") -> Imported:
    """Fitted to the models that are installed. model: the id of the one to use where the file's own is not there."""
    with Engine(keep_queue=False) as engine:
        found = fitted(imported, engine.registry.cards(), model)
    return imported if found is None else found.imported


def described(imported: Imported) -> list[str]:
    """Lines for a person."""
    lines = [f"Settings from {imported.tool.value}" + (f" ({imported.version})" if imported.version else "")]
    values = {field.name: getattr(imported.settings, field.name) for field in fields(imported.settings)}
    for field, name in NAMES.items():
        text = _shown(values[field])
        if text:
            lines.append(f"  {name}: {text}")
    if imported.unmapped:
        lines.append("Not taken up")
        lines += [f"  {each.name}: {each.value}; {each.why}" for each in imported.unmapped]
    if imported.remarks:
        lines.append("To know")
        lines += [f"  {remark}" for remark in imported.remarks]
    return lines


def plain(imported: Imported) -> dict[str, Any]:
    """For another program; settings that the file does not tell are null."""
    return {
        "tool": imported.tool.value,
        "version": imported.version,
        "settings": to_plain(imported.settings),
        "unmapped": [to_plain(each) for each in imported.unmapped],
        "remarks": list(imported.remarks),
    }


def _shown(value: object) -> str:
    if isinstance(value, GridSettings):
        names = ("largest", "smallest", "rho", "shift", "beta_a", "beta_b", "threshold")
        bends = {name.replace("_", " "): getattr(value, name) for name in names}
        told = [f"{name} {number:g}" for name, number in bends.items() if number is not None]
        told += [f"handles {write_handles(value.handles)}"] if value.handles else []
        return ", ".join([*told, *([f"levels {write_levels(value.levels)}"] if value.levels else [])])
    if isinstance(value, GuidanceSettings):
        usual = to_plain(GuidanceSettings())
        told = [f"{name.replace('_', ' ')} {own}" for name, own in to_plain(value).items() if own != usual[name]]
        return ", ".join(told)
    if isinstance(value, ColourSettings):
        told = {name: (own, getattr(AS_DECODED, name)) for name, own in to_plain(value).items()}
        return ", ".join(f"{name.replace('_', ' ')} {own}" for name, (own, usual) in told.items() if own != usual)
    if isinstance(value, tuple):
        return " to ".join(f"{each:g}" for each in cast("tuple[float, ...]", value))
    return "" if value is None else " ".join(str(value).split())
