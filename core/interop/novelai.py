"""Reads NovelAI's settings: `Comment` (JSON), `Description` (the prompt) and `Source` (the model).

Source: the files that NovelAI's image generator gives out, versions 1 to 4.5; its API's parameters have the same names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from core.interop.findings import Findings, number
from core.interop.imported import Imported, ImportedError, Tool
from core.interop.novelai_marks import read_novelai_prompt
from core.interop.sampler_names import NOVELAI_SAMPLERS, NOVELAI_SCHEDULES

SOFTWARE = "NovelAI"
_READ = frozenset(
    {
        *("prompt", "uc", "steps", "scale", "seed", "width", "height", "sampler", "noise_schedule", "cfg_rescale"),
        *(
            "n_samples",
            "request_type",
            "signed_hash",
            "v4_prompt",
            "v4_negative_prompt",
            "version",
            "hide_debug_overlay",
        ),
        *("uncond_scale", "controlnet_strength", "lora_unet_weights", "lora_clip_weights", "strength", "noise"),
        *("legacy", "legacy_uc", "legacy_v3_extend", "params_version", "prefer_brownian", "add_original_image"),
        *("deliberate_euler_ancestral_bug", "dynamic_thresholding_percentile", "dynamic_thresholding_mimic_scale"),
        *("explike_fine_detail", "minimize_sigma_inf", "uncond_per_vibe", "wonky_vibe_correlation", "stream"),
        *("extra_passthrough_testing", "cfg_sched_eligibility", "skip_cfg_below_sigma", "skip_cfg_above_sigma"),
        *("dynamic_thresholding", "sm", "sm_dyn", "extra_noise_seed", "use_coords", "use_order", "image_format"),
        *("normalize_reference_strength_multiple", "autoSmea", "qualityToggle", "ucPreset"),
    }
)
_SWITCHES = {
    "sm": "SMEA is a sampler of NovelAI's own",
    "sm_dyn": "SMEA is a sampler of NovelAI's own",
    "dynamic_thresholding": "guidance has no thresholds here",
    "skip_cfg_above_sigma": "it is told in NovelAI's sigma; set the guidance interval yourself",
    "skip_cfg_below_sigma": "it is told in NovelAI's sigma; set the guidance interval yourself",
    "minimize_sigma_inf": "the run begins where the model's schedule does here",
}


def read_novelai(data: Any, texts: Mapping[str, str]) -> Imported:
    """data: parsed JSON of `Comment`; texts: the other texts of the file. Raises ImportedError where it holds none."""
    if not isinstance(data, dict) or not {"steps", "scale", "uc", "prompt"} & data.keys():
        raise ImportedError("NovelAI's comment holds no settings; it may be cut short")
    record = cast("dict[str, Any]", data)
    findings = Findings(Tool.NOVELAI)
    findings.take_version(texts.get("Source"))
    findings.take_model(texts.get("Source"))
    takes = {"steps": findings.take_steps, "seed": findings.take_seed, "scale": findings.take_scale}
    for name, take in takes.items():
        if record.get(name) is not None:
            take(name, record[name])
    if record.get("width") is not None or record.get("height") is not None:
        findings.take_size("Size", record.get("width"), record.get("height"))
    if record.get("cfg_rescale"):
        findings.take_rescale("cfg_rescale", record["cfg_rescale"])
    _take_sampler(findings, record)
    prompt = record.get("prompt", texts.get("Description", ""))
    _take_side(findings, record.get("v4_prompt"), prompt, negative=False)
    _take_side(findings, record.get("v4_negative_prompt"), record.get("uc", ""), negative=True)
    _take_switches(findings, record)
    findings.take_rest(record, _READ)
    return findings.imported()


def _take_sampler(findings: Findings, record: dict[str, Any]) -> None:
    sampler, schedule = record.get("sampler"), record.get("noise_schedule")
    known = NOVELAI_SAMPLERS.get(sampler) if isinstance(sampler, str) else None
    findings.take_sampler("sampler", sampler or "none named", known)
    laid = NOVELAI_SCHEDULES.get(schedule) if isinstance(schedule, str) else NOVELAI_SCHEDULES["native"]
    findings.take_time_grid("noise_schedule", schedule or "none named", laid)


def _take_side(findings: Findings, structured: object, flat: object, *, negative: bool) -> None:
    """Version 4 keeps a caption for the whole and one for each character; older files a single text."""
    caption = cast("dict[str, Any]", structured).get("caption") if isinstance(structured, dict) else None
    record = cast("dict[str, Any]", caption) if isinstance(caption, dict) else {}
    text = record.get("base_caption", flat)
    if isinstance(text, str):
        findings.take_prompt(text, read_novelai_prompt, negative=negative)
    characters = record.get("char_captions")
    for entry in cast("list[Any]", characters) if isinstance(characters, list) else []:
        said = cast("dict[str, Any]", entry).get("char_caption") if isinstance(entry, dict) else entry
        if said:
            findings.lose("Character", said, "a prompt here is one text, without parts for characters")


def _take_switches(findings: Findings, record: dict[str, Any]) -> None:
    for name, why in _SWITCHES.items():
        if record.get(name) not in (None, False, 0, 0.0):
            findings.lose(name, record[name], why)
    if number(record.get("uncond_scale")) not in (None, 1.0):
        findings.lose("uncond_scale", record["uncond_scale"], "what is left out counts in full here")
    if number(record.get("n_samples")) not in (None, 1.0):
        why = "which picture of the batch this is, the file does not say"
        findings.lose("n_samples", record["n_samples"], why)
    request = record.get("request_type")
    if isinstance(request, str) and request != "PromptGenerateRequest":
        findings.lose("request_type", request, "the run began from a picture, which is not in the file")
