"""The A1111 "infotext": the settings line that most tools read from a PNG's `parameters`.

prompt
Negative prompt: what to leave out
Steps: 20, Sampler: DPM++ 2M, CFG scale: 3, Seed: 7, Size: 64x64, ...
"""

from __future__ import annotations

import json

from core.artifacts.recipe import Recipe
from core.colour import AS_DECODED, ColourSettings
from core.conditioning.prompt_syntax import plain_number
from core.interop.a1111_prompt import a1111_prompt
from core.plain import to_plain
from core.requests import CUSTOM, GridSettings, GuidanceSettings, SolverSettings, write_handles, write_solver
from core.samplers.cards import adds_noise, eta_card, eta_of

SAMPLERS = {
    "ddpm": "DDPM",
    "ddim": "DDIM",
    "euler": "Euler",
    "euler_ancestral": "Euler a",
    "heun": "Heun",
    "dpmpp_2m": "DPM++ 2M",
    "lms": "LMS",
    "plms": "PLMS",
    "dpm_2": "DPM2",
    "dpm_2_ancestral": "DPM2 a",
    "dpmpp_2s_ancestral": "DPM++ 2S a",
    "dpmpp_sde": "DPM++ SDE",
    "dpmpp_2m_sde": "DPM++ 2M SDE",
    "dpmpp_3m_sde": "DPM++ 3M SDE",
    "lcm": "LCM",
}
"""Our names to theirs; a sampler they don't know keeps our name."""

SCHEDULE_TYPES = {
    "uniform": "SGM Uniform",
    "karras": "Karras",
    "exponential": "Exponential",
    "polyexponential": "Polyexponential",
    "sgm_uniform": "SGM Uniform",
    "beta_sigma": "Beta",
}
"""Time grids that mean the same there; others are left out rather than misnamed. Uniform is within one timestep of what
it is called there, so the grid that is that exactly says its own name, too."""
UNIFORM_BEFORE = "Uniform"
"""What earlier editions of ours wrote for the uniform grid; A1111's own of that name lays its last step elsewhere."""

GRID_KEY, HANDLES_KEY, BENDS_KEY = "Noisette grid", "Noisette handles", "Noisette bends"
GUIDANCE_KEY = "Noisette guidance"
"""As JSON, the two last: fields of GridSettings and GuidanceSettings."""
SOLVER_KEY = "Noisette solver"
STYLE_KEY = "Noisette style"
PROMPT_KEY, NEGATIVE_KEY = "Noisette prompt", "Noisette negative prompt"
"""In our marks, where A1111's say it otherwise."""
INTERVAL_KEY, RESCALE_KEY = "Noisette guidance interval", "Noisette guidance rescale"
COLOUR_KEYS = {
    "out_of_range": "Noisette out of range",
    "exposure": "Noisette exposure",
    "contrast": "Noisette contrast",
    "saturation": "Noisette saturation",
}
"""Settings that other tools have no name for; they pass these by."""
ETA_KEYS = {"eta": "Eta DDIM", "ancestral_eta": "Eta"}
"""A1111's names, by ours; it writes what is not the sampler's own."""
NOISE_SCALE_KEY = "Sigma noise"
"""A1111's name of it, for its samplers that add noise; it writes what is not 1."""
VERSION_PREFIX = "Noisette "

HASH_DIGITS = 10


def infotext(recipe: Recipe) -> str:
    """The whole text. Model hash: ten hex digits of the sha256 of the painter's file."""
    request = recipe.request
    prompts = {PROMPT_KEY: request.prompt, NEGATIVE_KEY: request.negative_prompt}
    told = {key: a1111_prompt(prompt, recipe.seed) for key, prompt in prompts.items()}
    lines = [told[PROMPT_KEY]]
    if request.negative_prompt:
        lines.append(f"Negative prompt: {told[NEGATIVE_KEY]}")
    settings: dict[str, str] = {
        "Steps": str(request.steps),
        "Sampler": SAMPLERS.get(request.sampler, request.sampler),
    }
    if request.time_grid in SCHEDULE_TYPES:
        settings["Schedule type"] = SCHEDULE_TYPES[request.time_grid]
    if request.time_grid not in ("uniform", "karras", "exponential", CUSTOM):
        settings[GRID_KEY] = request.time_grid
    settings.update(_grid_settings(request.grid))
    settings["CFG scale"] = plain_number(request.guidance.scale)
    settings["Seed"] = str(recipe.seed)
    variation = request.alone(recipe.item).variation
    if variation is not None:
        # The same idea; their blend takes each row of the noise by itself, ours the noise as a whole.
        settings["Variation seed"] = str(variation.seed)
        settings["Variation seed strength"] = plain_number(variation.strength)
    settings["Size"] = f"{recipe.width}x{recipe.height}"
    sha256 = _denoiser_hash(recipe.model_sha256)
    if sha256:
        settings["Model hash"] = sha256[:HASH_DIGITS]
    settings["Model"] = request.model_id
    card = eta_card(request.sampler)
    eta = eta_of(request)
    if card is not None and eta is not None and eta != card.default:
        settings[ETA_KEYS[card.setting]] = plain_number(eta)
    if request.noise_scale != 1.0 and adds_noise(request.sampler):
        settings[NOISE_SCALE_KEY] = plain_number(request.noise_scale)
    if request.solver != SolverSettings():
        settings[SOLVER_KEY] = write_solver(request.solver)
    if request.style:
        settings[STYLE_KEY] = request.style
    settings.update(_guidance_settings(request.guidance))
    settings.update(_colour_settings(request.colour))
    settings.update({key: prompt for key, prompt in prompts.items() if prompt != told[key]})
    settings["RNG"] = "CPU"
    settings["Version"] = f"{VERSION_PREFIX}{recipe.environment.noisette}"
    lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in settings.items()))
    return "\n".join(lines)


def _guidance_settings(guidance: GuidanceSettings) -> dict[str, str]:
    told: dict[str, str] = {}
    if guidance.interval != (0.0, 1.0):
        told[INTERVAL_KEY] = ":".join(map(plain_number, guidance.interval))
    if guidance.rescale:
        told[RESCALE_KEY] = plain_number(guidance.rescale)
    own = _not_usual(guidance, GuidanceSettings(guidance.scale, guidance.interval, guidance.rescale))
    return told | ({GUIDANCE_KEY: own} if own else {})


def _not_usual(settings: GuidanceSettings | GridSettings, usual: GuidanceSettings | GridSettings) -> str:
    """The fields that differ, as JSON; "" for none."""
    plain, known = to_plain(settings), to_plain(usual)
    told = {name: value for name, value in plain.items() if value != known[name]}
    return json.dumps(told, separators=(",", ":")) if told else ""


def _colour_settings(colour: ColourSettings) -> dict[str, str]:
    told: dict[str, str] = {}
    for field, name in COLOUR_KEYS.items():
        value = getattr(colour, field)
        if value != getattr(AS_DECODED, field):
            told[name] = value if isinstance(value, str) else plain_number(value)
    return told


def _grid_settings(grid: GridSettings) -> dict[str, str]:
    """Their names where they have one; handles are ours alone."""
    numbers = {"Schedule min sigma": grid.smallest, "Schedule max sigma": grid.largest, "Schedule rho": grid.rho}
    told = {name: plain_number(value) for name, value in numbers.items() if value is not None}
    if grid.handles:
        told[HANDLES_KEY] = write_handles(grid.handles)
    named = GridSettings(grid.largest, grid.smallest, grid.rho, grid.handles)
    own = _not_usual(grid, named)
    return told | ({BENDS_KEY: own} if own else {})


def _denoiser_hash(sha256: dict[str, str]) -> str:
    return sha256.get("painter") or next(iter(sha256.values()), "")


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if any(mark in value for mark in ',:\n"') else value
