"""Reads the settings that A1111 and its kin write as an infotext; infotext.py writes ours in that form.

Source: AUTOMATIC1111/stable-diffusion-webui, modules/processing.py (create_infotext) and modules/infotext_utils.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from core.errors import NoisetteError, RequestError
from core.interop.a1111_marks import read_a1111_prompt
from core.interop.findings import Findings, number
from core.interop.imported import Imported, ImportedError, Tool
from core.interop.infotext import (
    BENDS_KEY,
    COLOUR_KEYS,
    ETA_KEYS,
    GRID_KEY,
    GUIDANCE_KEY,
    HANDLES_KEY,
    INTERVAL_KEY,
    NEGATIVE_KEY,
    NOISE_SCALE_KEY,
    PROMPT_KEY,
    RESCALE_KEY,
    SAMPLERS,
    SCHEDULE_TYPES,
    SOLVER_KEY,
    STYLE_KEY,
    UNIFORM_BEFORE,
    VERSION_PREFIX,
)
from core.interop.infotext_pairs import Parts, take_apart
from core.interop.prompt_writing import Reading
from core.interop.sampler_names import (
    A1111_SAMPLERS,
    A1111_SCHEDULES,
    COMFYUI_SAMPLERS,
    COMFYUI_SCHEDULES,
    MODELS_OWN,
    UNIFORM,
    Known,
)
from core.plain import from_plain, parse_json, to_plain
from core.requests import CUSTOM, GRID_OPTIONS, GridSettings, GuidanceSettings, read_handles, read_solver
from core.samplers.cards import CARDS, eta_card

Whole = TypeVar("Whole", GridSettings, GuidanceSettings)

_IDENTIFYING = frozenset(
    {
        *("Version", "Model", "Model hash", "VAE hash", "Hashes", "Lora hashes", "TI hashes", "Created Date", "App"),
        *("Civitai metadata", "Clip skip", "RNG", "Size", "Variation seed strength", "ENSD"),
        *ETA_KEYS.values(),
    }
)
"""Keys that name files, or that are read together with another."""

_WHY = {
    "Denoising strength": "the picture was begun from another one, which is not in the file",
    "VAE": "the decoder belongs to the model here",
    "Clip skip": "the text encoder here gives its last layer",
    "Face restoration": "finished pictures are not repaired here",
    "Tiling": "there is no tiling here",
    "Eta": "only samplers that add noise by nature take it here",
    "Eta DDIM": "only DDIM takes it here",
    "ENSD": "noise is drawn from the seed itself here",
    NOISE_SCALE_KEY: "the sampler taken up adds no noise of its own, so there is nothing to scale",
    "Refiner": "a run has one model here",
    "Refiner switch at": "a run has one model here",
    "Distilled CFG Scale": "models here take no distilled guidance",
    "Civitai resources": "models and LoRAs of Civitai are not loaded here",
    "Template": "the prompt was drawn from it; the words drawn were taken up",
    "Negative Template": "the words were drawn from it; the words drawn were taken up",
}
OWN_NAMES = {SAMPLERS.get(card.name, card.name): card.name for card in CARDS}
"""What our own files call a sampler, whatever others mean by that name."""
ETA_DEFAULTS = {card.eta.setting: card.eta.default for card in CARDS if card.eta}
"""Where a sampler takes no eta, these say nothing that it doesn't do."""


def read_infotext(text: str) -> Imported:
    """Raises ImportedError where the text is no infotext."""
    parts = take_apart(text)
    pairs = parts.pairs
    version = pairs.get("Version", "")
    ours = version.startswith(VERSION_PREFIX)
    findings = Findings(Tool.NOISETTE if ours else Tool.A1111)
    findings.take_version(version)
    if "Steps" in pairs:
        findings.take_steps("Steps", pairs["Steps"])
    _take_prompts(findings, parts, ours)
    _take_sampler(findings, pairs, version)
    if "CFG scale" in pairs:
        findings.take_scale("CFG scale", pairs["CFG scale"])
    if "Seed" in pairs:
        findings.take_seed("Seed", pairs["Seed"])
    if "Size" in pairs:
        _take_size(findings, pairs["Size"])
    if "Variation seed" in pairs:
        findings.take_variation("Variation seed", pairs["Variation seed"], pairs.get("Variation seed strength", "0"))
    findings.take_model(pairs.get("Model"))
    if re.fullmatch("[0-9a-f]{8,64}", pairs.get("Model hash", "")):
        findings.keep(model_hash=pairs["Model hash"])
    _take_eta(findings, pairs, ours)
    _take_noise_scale(findings, pairs)
    if ours:
        _take_own(findings, pairs)
    _list_rest(findings, pairs)
    return findings.imported()


def is_infotext(text: str) -> bool:
    """Whether a text that was pasted is one: it names steps and a sampler."""
    try:
        pairs = take_apart(text).pairs
    except ImportedError:
        return False
    return {"Steps", "Sampler"} <= pairs.keys()


def _take_prompts(findings: Findings, parts: Parts, ours: bool) -> None:
    read = Reading if ours else partial(read_a1111_prompt, steps=findings.settings.steps)
    own = parts.pairs if ours else {}
    findings.take_prompt(own.get(PROMPT_KEY, parts.prompt), read)
    findings.take_prompt(own.get(NEGATIVE_KEY, parts.negative_prompt), read, negative=True)


def _take_sampler(findings: Findings, pairs: dict[str, str], version: str) -> None:
    name = pairs.get("Sampler", "")
    sampler, fused = _split(name.strip().lower())
    known = A1111_SAMPLERS.get(sampler) or COMFYUI_SAMPLERS.get(sampler)
    if version.startswith("ComfyUI"):
        known = COMFYUI_SAMPLERS.get(sampler) or known
    if name:
        own = name.strip() if findings.tool is Tool.NOISETTE else ""
        if own in OWN_NAMES:
            known = Known(OWN_NAMES[own])
        findings.take_sampler("Sampler", name, known)
    _take_schedule(findings, pairs, fused)


def _split(name: str) -> tuple[str, str]:
    """ "dpm++ 2m karras" -> ("dpm++ 2m", "karras"): older files fuse the two."""
    for schedule in sorted({*A1111_SCHEDULES, *COMFYUI_SCHEDULES}, key=len, reverse=True):
        for joint in (" ", "_"):
            sampler = name.removesuffix(f"{joint}{schedule}")
            if sampler != name and (sampler in A1111_SAMPLERS or sampler in COMFYUI_SAMPLERS):
                return sampler, schedule
    return name, ""


def _take_schedule(findings: Findings, pairs: dict[str, str], fused: str) -> None:
    said = pairs.get("Schedule type") or pairs.get("Scheduler") or fused
    own = pairs.get(GRID_KEY, "") if findings.tool is Tool.NOISETTE else ""
    if own in GRID_OPTIONS and own != CUSTOM:
        findings.keep(time_grid=own)
    elif findings.tool is Tool.NOISETTE and said in (UNIFORM_BEFORE, SCHEDULE_TYPES["uniform"]):
        findings.take_time_grid("Schedule type", said, UNIFORM)
    elif said:
        findings.take_time_grid("Schedule type", said, _schedule_named(said))
    elif HANDLES_KEY not in pairs:
        findings.take_time_grid("Schedule type", "none named", MODELS_OWN)
    names = {"largest": "Schedule max sigma", "smallest": "Schedule min sigma", "rho": "Schedule rho"}
    # A1111 writes 0 for what is left to the schedule.
    bends = {ours: (name, pairs[name]) for ours, name in names.items() if name in pairs and number(pairs[name]) != 0.0}
    findings.take_bends(**bends)


def _schedule_named(said: str) -> Known | None:
    return A1111_SCHEDULES.get(said.lower()) or COMFYUI_SCHEDULES.get(said.lower())


def _take_size(findings: Findings, said: str) -> None:
    width, _, height = said.lower().partition("x")
    findings.take_size("Size", width, height)


def _take_eta(findings: Findings, pairs: dict[str, str], ours: bool) -> None:
    """Each to its sampler. Early editions of ours called that of DDIM "Eta", too."""
    card = eta_card(findings.settings.sampler or "")
    for setting, key in ETA_KEYS.items():
        if key not in pairs:
            continue
        early = ours and key == "Eta" and card is not None and "Eta DDIM" not in pairs
        if card is not None and (card.setting == setting or early):
            findings.take_eta(key, pairs[key], card.setting)
        elif number(pairs[key]) != ETA_DEFAULTS[setting]:
            findings.lose(key, pairs[key], _WHY[key])


def _take_noise_scale(findings: Findings, pairs: dict[str, str]) -> None:
    said = pairs.get(NOISE_SCALE_KEY)
    if said is None:
        return
    card = next((card for card in CARDS if card.name == findings.settings.sampler), None)
    if card is None or "noise_scale" in card.options:
        findings.take_noise_scale(NOISE_SCALE_KEY, said)
    else:
        findings.lose(NOISE_SCALE_KEY, said, _WHY[NOISE_SCALE_KEY])


def _take_own(findings: Findings, pairs: dict[str, str]) -> None:
    """What A1111 has no name for; see infotext.py."""
    if HANDLES_KEY in pairs:
        try:
            findings.keep(grid=GridSettings(handles=read_handles(pairs[HANDLES_KEY])), time_grid=CUSTOM)
        except RequestError as error:
            findings.lose(HANDLES_KEY, pairs[HANDLES_KEY], str(error))
    if BENDS_KEY in pairs:
        grid = findings.settings.grid or GridSettings()
        _take_json(findings, pairs, BENDS_KEY, grid, lambda read: findings.keep(grid=read))
    if GUIDANCE_KEY in pairs:
        usual = GuidanceSettings()
        _take_json(findings, pairs, GUIDANCE_KEY, usual, lambda read: findings.keep(guidance=read))
    if SOLVER_KEY in pairs:
        try:
            findings.keep(solver=read_solver(pairs[SOLVER_KEY]))
        except RequestError as error:
            findings.lose(SOLVER_KEY, pairs[SOLVER_KEY], str(error))
    if STYLE_KEY in pairs:
        findings.keep(style=pairs[STYLE_KEY])
    if INTERVAL_KEY in pairs:
        start, _, end = pairs[INTERVAL_KEY].partition(":")
        try:
            findings.keep(interval=GuidanceSettings(interval=(float(start), float(end))).interval)
        except (RequestError, ValueError):
            findings.lose(INTERVAL_KEY, pairs[INTERVAL_KEY], "two rising numbers from 0 to 1 are needed")
    if RESCALE_KEY in pairs:
        findings.take_rescale(RESCALE_KEY, pairs[RESCALE_KEY])
    findings.take_colour(**{field: (name, pairs[name]) for field, name in COLOUR_KEYS.items() if name in pairs})


def _take_json(
    findings: Findings, pairs: dict[str, str], key: str, usual: Whole, keep: Callable[[Whole], None]
) -> None:
    """Fields in place of those of `usual`."""
    try:
        told = parse_json(pairs[key], key)
        keep(from_plain(type(usual), to_plain(usual) | told, key))
    except (NoisetteError, TypeError) as error:
        findings.lose(key, pairs[key], str(error))


def _list_rest(findings: Findings, pairs: dict[str, str]) -> None:
    read = {"Steps", "Sampler", "Schedule type", "Scheduler", "CFG scale", "Seed", "Variation seed", *_IDENTIFYING}
    read |= {NOISE_SCALE_KEY, "Schedule max sigma", "Schedule min sigma", "Schedule rho"}
    for key, value in pairs.items():
        if key in read or key.startswith("Noisette "):
            continue
        why = _WHY.get(key) or ("there is no second pass here" if key.startswith("Hires") else "")
        findings.lose(key, value, why or "this has no counterpart here")
    if number(pairs.get("Clip skip")) not in (None, 1.0):
        findings.lose("Clip skip", pairs["Clip skip"], _WHY["Clip skip"])
    if number(pairs.get("ENSD")) not in (None, 0.0):
        findings.lose("ENSD", pairs["ENSD"], _WHY["ENSD"])
