"""Reads the JSON that SwarmUI and Fooocus keep where A1111 keeps its infotext.

Source: mcmonkeyprojects/SwarmUI, docs/Image Metadata Format.md; lllyasviel/Fooocus, modules/meta_parser.py.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any, cast

from core.interop.a1111_marks import read_a1111_prompt
from core.interop.comfyui_text import read_comfyui_prompt
from core.interop.findings import Findings
from core.interop.imported import Imported, ImportedError, Tool
from core.interop.sampler_names import COMFYUI_SAMPLERS, COMFYUI_SCHEDULES

_SWARM_READ = frozenset(
    {
        *("prompt", "negativeprompt", "model", "seed", "steps", "cfgscale", "width", "height", "sampler", "scheduler"),
        *("swarm_version", "date", "generation_time", "aspectratio", "nopreviews", "imageformat", "original_prompt"),
        *("variationseed", "variationseedstrength", "prep_time", "images", "automaticvae"),
    }
)
_FOOOCUS_READ = frozenset(
    {
        *("prompt", "negative_prompt", "base_model", "base_model_hash", "seed", "steps", "guidance_scale", "sampler"),
        *("scheduler", "resolution", "version", "metadata_scheme", "created_by", "full_prompt"),
        *("full_negative_prompt", "refiner_model", "clip_skip"),
    }
)


def read_json_parameters(data: Any) -> Imported:
    """data: parsed JSON of `parameters`. Raises ImportedError where it is neither tool's."""
    if isinstance(data, dict):
        record = cast("dict[str, Any]", data)
        inner = record.get("sui_image_params")
        if isinstance(inner, dict):
            return _swarm(cast("dict[str, Any]", inner))
        if {"base_model", "guidance_scale"} & record.keys() and "prompt" in record:
            return _fooocus(record)
    raise ImportedError("the settings are JSON of no tool that is known here; SwarmUI's and Fooocus' are read")


def _swarm(record: dict[str, Any]) -> Imported:
    findings = Findings(Tool.SWARMUI)
    findings.take_version(record.get("swarm_version"))
    _take(findings, record, steps="steps", seed="seed", scale="cfgscale")
    findings.take_size("Size", record.get("width"), record.get("height"))
    _take_sampler(findings, record.get("sampler"), record.get("scheduler"))
    findings.take_model(record.get("model"))
    if record.get("variationseedstrength"):
        findings.take_variation("variationseed", record.get("variationseed"), record["variationseedstrength"])
    for name, negative in (("prompt", False), ("negativeprompt", True)):
        if isinstance(record.get(name), str):
            # SwarmUI hands its prompts to ComfyUI's reader of weights.
            findings.take_prompt(record[name], read_comfyui_prompt, negative=negative)
    findings.take_rest(record, _SWARM_READ)
    return findings.imported()


def _fooocus(record: dict[str, Any]) -> Imported:
    findings = Findings(Tool.FOOOCUS)
    findings.take_version(record.get("version"))
    _take(findings, record, steps="steps", seed="seed", scale="guidance_scale")
    size = re.fullmatch(r"\(?\s*([0-9]{1,6})\s*[,x×]\s*([0-9]{1,6})\s*\)?", str(record.get("resolution", "")))
    if size is not None:
        findings.take_size("resolution", size[1], size[2])
    elif "resolution" in record:
        findings.lose("resolution", record["resolution"], "it is no width and height")
    _take_sampler(findings, record.get("sampler"), record.get("scheduler"))
    findings.take_model(record.get("base_model"))
    read = partial(read_a1111_prompt, steps=findings.settings.steps)
    for name, negative in (("prompt", False), ("negative_prompt", True)):
        if isinstance(record.get(name), str):
            findings.take_prompt(record[name], read, negative=negative)
    if record.get("refiner_model") not in (None, "", "None"):
        findings.lose("refiner_model", record["refiner_model"], "a run has one model here")
    findings.take_rest(record, _FOOOCUS_READ)
    return findings.imported()


def _take(findings: Findings, record: dict[str, Any], **names: str) -> None:
    takes = {"steps": findings.take_steps, "seed": findings.take_seed, "scale": findings.take_scale}
    for field, name in names.items():
        if record.get(name) is not None:
            takes[field](name, record[name])


def _take_sampler(findings: Findings, sampler: object, scheduler: object) -> None:
    known = COMFYUI_SAMPLERS.get(sampler) if isinstance(sampler, str) else None
    findings.take_sampler("sampler", sampler or "none named", known)
    laid = COMFYUI_SCHEDULES.get(scheduler) if isinstance(scheduler, str) else None
    findings.take_time_grid("scheduler", scheduler or "none named", laid)
