"""The door: from a picture, or a text that was pasted, to the settings that made it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from core.artifacts.recipe import Recipe
from core.errors import NoisetteError
from core.interop.a1111 import read_infotext
from core.interop.comfyui import read_comfyui
from core.interop.containers import COMMENT, picture_texts
from core.interop.imported import Imported, ImportedError, Settings, Tool
from core.interop.invokeai import read_dream, read_invokeai, read_sd_metadata
from core.interop.json_parameters import read_json_parameters
from core.interop.novelai import SOFTWARE, read_novelai
from core.requests import ImageRequest
from core.samplers.cards import eta_card, eta_of

Reader = Callable[[Mapping[str, str]], Imported]

NOTHING = "holds no settings of Noisette, A1111, ComfyUI, InvokeAI or NovelAI; its tool or site may drop them"


def read_settings(source: Path | bytes) -> Imported:
    """The settings that a PNG, JPEG or WebP carries: a path, or the file's octets.

    Our own recipe comes first, then the tool whose form says most. Raises ImportedError: value, rule, remedy.
    """
    name = str(source) if isinstance(source, Path) else "the picture"
    texts = picture_texts(source)
    try:
        return _from_texts(texts, name)
    except ImportedError as error:
        raise ImportedError(str(error) if str(error).startswith(name) else f"{name}: {error}") from error


def read_text(text: str) -> Imported:
    """The settings in a text: an infotext, or the JSON of any tool. Raises ImportedError."""
    text = text.strip()
    if not text.startswith("{"):
        return read_infotext(text)
    data = _json(text, "the text")
    for read in (read_json_parameters, read_comfyui, read_invokeai, read_sd_metadata, _novelai):
        try:
            return read(data)
        except ImportedError:
            continue
    raise ImportedError("the text is JSON of no tool that is known here; paste an infotext, or a graph of ComfyUI")


def _from_texts(texts: Mapping[str, str], name: str) -> Imported:
    problems: list[str] = []
    for key, read in _READERS:
        if key not in texts or (key in _ANYONES and not _is_settings(texts, key)):
            continue
        try:
            found = read(texts)
        except ImportedError as error:
            problems.append(str(error))
            continue
        # What was tried before and failed is worth a word: the settings may be less than the file holds.
        remarks = (*found.remarks, *(f"Not read: {problem}" for problem in problems))
        return Imported(found.tool, found.settings, found.version, found.unmapped, remarks, found.request)
    if problems:
        raise ImportedError(problems[0])
    raise ImportedError(f"{name} {NOTHING}")


def _ours(texts: Mapping[str, str]) -> Imported:
    try:
        recipe = Recipe.from_json(texts["noisette"])
    except NoisetteError as error:
        raise ImportedError(str(error)) from error
    request = recipe.asked()
    return Imported(
        Tool.NOISETTE, _settings_of(request, recipe), f"Noisette {recipe.environment.noisette}", request=request
    )


def _settings_of(request: ImageRequest, recipe: Recipe) -> Settings:
    card = eta_card(request.sampler)
    fresh = {} if card is None else {card.setting: eta_of(request)}
    sha256 = recipe.model_sha256.get("painter") or next(iter(recipe.model_sha256.values()), None)
    return Settings(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt,
        model=request.model_id,
        model_hash=sha256,
        sampler=request.sampler,
        time_grid=request.time_grid,
        grid=request.grid,
        steps=request.steps,
        guidance_scale=request.guidance.scale,
        interval=request.guidance.interval,
        rescale=request.guidance.rescale,
        guidance=replace(request.guidance, scale=1.0, interval=(0.0, 1.0), rescale=0.0),
        noise_scale=request.noise_scale,
        solver=request.solver,
        style=request.style or None,
        colour=request.colour,
        seed=request.seed,
        width=request.width,
        height=request.height,
        variation=(request.variation.seed, request.variation.strength) if request.variation else None,
        **fresh,
    )


def _novelai(data: Any) -> Imported:
    return read_novelai(data, {})


def _is_settings(texts: Mapping[str, str], key: str) -> bool:
    """Whether a text that cameras and editors write, too, looks like settings."""
    if key == "Comment" and texts.get("Software", SOFTWARE) != SOFTWARE:
        return False
    text = texts[key].lstrip()
    return text.startswith(("{", "[")) or (key == COMMENT and "Steps:" in text)


def _novelai_chunks(texts: Mapping[str, str]) -> Imported:
    return read_novelai(_json(texts["Comment"], "NovelAI's comment"), texts)


def _comment(texts: Mapping[str, str]) -> Imported:
    """EXIF's UserComment: an infotext, or any tool's JSON; NovelAI's holds its chunks as one object."""
    text = texts[COMMENT].strip()
    if text.startswith("{"):
        data = _json(text, "the comment")
        record = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
        if isinstance(record.get("Comment"), str):
            return _novelai_chunks({key: value for key, value in record.items() if isinstance(value, str)})
    return read_text(text)


def _parameters(texts: Mapping[str, str]) -> Imported:
    text = texts["parameters"].strip()
    # Other tools keep JSON here, so that comes first.
    return read_json_parameters(_json(text, "the settings")) if text.startswith("{") else read_infotext(text)


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        said = "nested too deeply" if isinstance(error, RecursionError) else str(error)[:120]
        raise ImportedError(f"{where} is not JSON ({said}); it may be cut short") from error


def _json_of(key: str, where: str, read: Callable[[Any], Imported]) -> Reader:
    return lambda texts: read(_json(texts[key], where))


_READERS: tuple[tuple[str, Reader], ...] = (
    ("noisette", _ours),
    ("prompt", _json_of("prompt", "ComfyUI's prompt", read_comfyui)),
    ("invokeai_metadata", _json_of("invokeai_metadata", "InvokeAI's settings", read_invokeai)),
    ("sd-metadata", _json_of("sd-metadata", "InvokeAI's settings", read_sd_metadata)),
    ("Dream", lambda texts: read_dream(texts["Dream"])),
    ("Comment", _novelai_chunks),
    ("parameters", _parameters),
    ("workflow", _json_of("workflow", "ComfyUI's workflow", read_comfyui)),
    (COMMENT, _comment),
)
"""Names of texts in the order in which they are believed: the most complete first."""
_ANYONES = ("Comment", COMMENT)
