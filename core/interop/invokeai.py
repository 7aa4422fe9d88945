"""Reads InvokeAI's three forms: `invokeai_metadata` (since 3), `sd-metadata` (2) and the `Dream` line (1 and 2).

Source: invoke-ai/InvokeAI, invokeai/app/invocations/metadata.py (CoreMetadataInvocation), and of 2.3
ldm/invoke/args.py (metadata_dumps and the Dream command).
"""

from __future__ import annotations

import re
import shlex
from typing import Any, cast

from core.interop.findings import Findings, shown
from core.interop.imported import Imported, ImportedError, Tool
from core.interop.invokeai_marks import read_invokeai_prompt
from core.interop.sampler_names import INVOKEAI_SAMPLERS, KARRAS, Known

MAX_DREAM = 64 << 10
GRID_UNTOLD = Known("", "uniform", "it stood in the model's own configuration; the nearest here is uniform")
_LORA = "a LoRA changes the model's weights; models here take none"
_READ = frozenset(
    {
        *("app_version", "positive_prompt", "negative_prompt", "width", "height", "seed", "cfg_scale", "steps"),
        *("cfg_rescale_multiplier", "scheduler", "model", "loras", "rand_device", "created_by", "generation_mode"),
        *("positive_style_prompt", "negative_style_prompt", "canvas_v2_metadata", "ref_images"),
    }
)
_READ_OLD = frozenset(
    {
        *("prompt", "steps", "cfg_scale", "seed", "width", "height", "sampler", "variations", "type", "postprocessing"),
        "orig_hash",
    }
)
_UNCONDITIONED = re.compile(r"\[([^\[\]]*)\]")
_DREAM = {"-s": "steps", "-S": "seed", "-W": "width", "-H": "height", "-C": "cfg_scale", "-A": "sampler"}


def read_invokeai(data: Any) -> Imported:
    """data: parsed JSON of `invokeai_metadata`. Raises ImportedError where it holds no settings."""
    record = _record(data, "positive_prompt", "scheduler")
    findings = Findings(Tool.INVOKEAI)
    findings.take_version(record.get("app_version"))
    _take_numbers(findings, record)
    if record.get("cfg_rescale_multiplier"):
        findings.take_rescale("cfg_rescale_multiplier", record["cfg_rescale_multiplier"])
    _take_scheduler(findings, "scheduler", record.get("scheduler"))
    for side, negative in (("positive", False), ("negative", True)):
        text, style = record.get(f"{side}_prompt"), record.get(f"{side}_style_prompt")
        if isinstance(text, str):
            findings.take_prompt(text, read_invokeai_prompt, negative=negative)
        if style and style != text:
            findings.lose(f"{side}_style_prompt", style, "it went to a second text encoder; there is one here")
    _take_model(findings, record.get("model"))
    loras = record.get("loras")
    for entry in cast("list[Any]", loras) if isinstance(loras, list) else []:
        findings.lose("LoRA", _lora(entry), _LORA)
    mode = record.get("generation_mode")
    if isinstance(mode, str) and not mode.endswith("txt2img"):
        findings.lose("generation_mode", mode, "the run began from a picture, which is not in the file")
    for name in ("canvas_v2_metadata", "ref_images"):
        if record.get(name):
            findings.lose(name, "layers", "layers of a canvas are not taken up")
    findings.take_rest(record, _READ)
    return findings.imported()


def read_sd_metadata(data: Any) -> Imported:
    """data: parsed JSON of `sd-metadata`. Raises ImportedError where it holds no settings."""
    whole = _record(data, "image", "images")
    several = whole.get("images")
    images = cast("list[Any]", several) if isinstance(several, list) else []
    record = _record(whole.get("image", next(iter(images), None)), "prompt", "steps", "sampler")
    findings = Findings(Tool.INVOKEAI)
    findings.take_version(whole.get("app_version"))
    _take_numbers(findings, record)
    _take_scheduler(findings, "sampler", record.get("sampler"))
    _take_old_prompt(findings, record.get("prompt"))
    findings.take_model(whole.get("model_weights"))
    if record.get("type") not in (None, "txt2img"):
        findings.lose("type", record["type"], "the run began from a picture, which is not in the file")
    _take_variations(findings, record.get("variations"))
    if record.get("postprocessing"):
        findings.lose("postprocessing", record["postprocessing"], "finished pictures are not changed here")
    findings.take_rest(record, _READ_OLD)
    return findings.imported()


def read_dream(line: str) -> Imported:
    """`"a prompt" -s 50 -S 42 -W 512 -H 512 -C 7.5 -A k_lms`. Raises ImportedError where it is no such line."""
    if len(line) > MAX_DREAM:
        raise ImportedError(f"the Dream line has {len(line)} characters; up to {MAX_DREAM} are read")
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise ImportedError(f"the Dream line can't be read ({error}); it may be cut short") from error
    findings = Findings(Tool.INVOKEAI)
    record: dict[str, Any] = {}
    said: list[str] = []
    place = 0
    while place < len(words):
        word, place = words[place], place + 1
        flag, value = (word, None) if word.startswith("--") else (word[:2], word[2:] or None)
        if not re.match(r"--?[A-Za-z]", word):
            said.append(word)
            continue
        if value is None and place < len(words) and not re.match(r"--?[A-Za-z]", words[place]):
            value, place = words[place], place + 1
        if flag in _DREAM:
            record[_DREAM[flag]] = value
        else:
            findings.lose(flag, value or "", "this has no counterpart here")
    if not record:
        raise ImportedError("the Dream line names no settings; InvokeAI's own name -s, -S and others")
    _take_numbers(findings, record)
    _take_scheduler(findings, "-A", record.get("sampler"))
    _take_old_prompt(findings, " ".join(said))
    return findings.imported()


def _lora(entry: Any) -> Any:
    """Name and weight; the whole entry where it has neither."""
    record = cast("dict[str, Any]", entry) if isinstance(entry, dict) else dict[str, Any]()
    model = record.get("model", record.get("lora"))
    named = cast("dict[str, Any]", model) if isinstance(model, dict) else dict[str, Any]()
    name = named.get("name", named.get("model_name"))
    return f"{shown(name)} {shown(record.get('weight', ''))}" if isinstance(name, str) else cast("Any", entry)


def _record(data: Any, *needed: str) -> dict[str, Any]:
    if not isinstance(data, dict) or not any(name in data for name in needed):
        raise ImportedError(f"InvokeAI's settings hold none of {', '.join(needed)}; they may be cut short")
    return cast("dict[str, Any]", data)


def _take_numbers(findings: Findings, record: dict[str, Any]) -> None:
    takes = {"steps": findings.take_steps, "seed": findings.take_seed, "cfg_scale": findings.take_scale}
    for name, take in takes.items():
        if record.get(name) is not None:
            take(name, record[name])
    if record.get("width") is not None or record.get("height") is not None:
        findings.take_size("Size", record.get("width"), record.get("height"))


def _take_scheduler(findings: Findings, name: str, value: object) -> None:
    """One name says both the sampler and whether Karras' schedule lays its steps."""
    if not isinstance(value, str):
        findings.lose("Sampler", "none named", "choose one yourself")
        return
    known = INVOKEAI_SAMPLERS.get(value.removesuffix("_k").removeprefix("k_"))
    findings.take_sampler(name, value, known)
    if value.endswith("_k") and not value.startswith("k_"):
        findings.take_time_grid(name, value, KARRAS)
    else:
        findings.take_time_grid("Schedule", "not in the file", GRID_UNTOLD)


def _take_old_prompt(findings: Findings, prompt: object) -> None:
    """A text, or a list of weighted ones; [what stands in square brackets] was to be left out."""
    parts = cast("list[Any]", prompt) if isinstance(prompt, list) else [prompt]
    texts: list[str] = []
    for part in parts:
        record = cast("dict[str, Any]", part) if isinstance(part, dict) else {"prompt": part}
        text, weight = record.get("prompt"), record.get("weight", 1.0)
        if not isinstance(text, str):
            continue
        if texts:
            findings.lose("Prompt", text, "two prompts are not mixed here; the first was taken")
        elif weight != 1.0:
            findings.lose("Prompt weight", weight, "a prompt as a whole always weighs 1")
        texts.append(text)
    if not texts:
        findings.lose("Prompt", "missing", "the file holds none")
        return
    left_out = " ".join(_UNCONDITIONED.findall(texts[0])).strip()
    kept = re.sub(" +", " ", _UNCONDITIONED.sub(" ", texts[0])) if left_out else texts[0]
    findings.take_prompt(kept, read_invokeai_prompt)
    findings.take_prompt(left_out, read_invokeai_prompt, negative=True)


def _take_variations(findings: Findings, variations: object) -> None:
    """Seeds with weights, blended one after another along great circles; one of them is what we have."""
    entries = cast("list[Any]", variations) if isinstance(variations, list) else []
    for number, entry in enumerate(entries):
        record = cast("dict[str, Any]", entry) if isinstance(entry, dict) else dict[str, Any]()
        if number == 0 and len(entries) == 1 and "seed" in record:
            findings.take_variation("variation", record["seed"], record.get("weight"))
        else:
            findings.lose(
                "variation", cast("Any", entry), "the noise is turned towards one other seed here, not several"
            )


def _take_model(findings: Findings, model: object) -> None:
    record = cast("dict[str, Any]", model) if isinstance(model, dict) else {"name": model}
    findings.take_model(record.get("name") or record.get("model_name"))
