"""Other tools' names of samplers and schedules, and ours; names alone don't decide, so each row says what was compared.

Sources: AUTOMATIC1111/stable-diffusion-webui, modules/sd_samplers_*.py and sd_schedulers.py; comfyanonymous/ComfyUI,
comfy/samplers.py; invoke-ai/InvokeAI, invokeai/backend/stable_diffusion/schedulers/schedulers.py; NovelAI's own files.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """One name. ours: what it is here, "" where that is missing; nearest: then the likest. remark: where it differs."""

    ours: str
    nearest: str = ""
    remark: str = ""


EULER, ANCESTRAL, HEUN, MULTISTEP = Known("euler"), Known("euler_ancestral"), Known("heun"), Known("dpmpp_2m")
DDIM, DDPM = Known("ddim"), Known("ddpm")
_NEAR_MULTISTEP, _NEAR_ANCESTRAL, _NEAR_HEUN = Known("", "DPM++ 2M"), Known("", "Euler ancestral"), Known("", "Heun")
_NEAR_EULER = Known("", "Euler")

_FAMILIES: dict[str, Known] = {
    "euler": EULER,
    "euler_ancestral": ANCESTRAL,
    "heun": HEUN,
    "ddpm": DDPM,
    "dpmpp_2m": MULTISTEP,
    "dpmpp_2m_sde": _NEAR_ANCESTRAL,
    "dpmpp_2m_sde_heun": _NEAR_ANCESTRAL,
    "dpmpp_2m_sde_gpu": _NEAR_ANCESTRAL,
    "dpmpp_2s_ancestral": _NEAR_ANCESTRAL,
    "dpmpp_3m_sde": _NEAR_ANCESTRAL,
    "dpmpp_3m_sde_gpu": _NEAR_ANCESTRAL,
    "dpmpp_sde": _NEAR_ANCESTRAL,
    "dpmpp_sde_gpu": _NEAR_ANCESTRAL,
    "dpm_2": _NEAR_HEUN,
    "dpm_2_ancestral": _NEAR_ANCESTRAL,
    "dpm_fast": _NEAR_MULTISTEP,
    "dpm_adaptive": _NEAR_MULTISTEP,
    "heunpp2": _NEAR_HEUN,
    "lms": _NEAR_MULTISTEP,
    "ipndm": _NEAR_MULTISTEP,
    "ipndm_v": _NEAR_MULTISTEP,
    "deis": _NEAR_MULTISTEP,
    "uni_pc": _NEAR_MULTISTEP,
    "uni_pc_bh2": _NEAR_MULTISTEP,
    "res_multistep": _NEAR_MULTISTEP,
    "res_multistep_ancestral": _NEAR_ANCESTRAL,
    "gradient_estimation": _NEAR_EULER,
    "er_sde": _NEAR_ANCESTRAL,
    "lcm": _NEAR_EULER,
    "restart": _NEAR_HEUN,
    "plms": _NEAR_MULTISTEP,
}
"""By k-diffusion's names, which most tools use in some spelling."""

COMFYUI_SAMPLERS: dict[str, Known] = {
    **_FAMILIES,
    "ddim": Known("euler", remark="ComfyUI's ddim is Euler by another name, so Euler was taken"),
}

A1111_SAMPLERS: dict[str, Known] = {
    "euler": EULER,
    "euler a": ANCESTRAL,
    "heun": HEUN,
    "dpm++ 2m": MULTISTEP,
    "ddim": DDIM,
    "ddpm": DDPM,
    "ddim cfg++": Known("", "DDIM"),
    "lms": _NEAR_MULTISTEP,
    "dpm2": _NEAR_HEUN,
    "dpm2 a": _NEAR_ANCESTRAL,
    "dpm++ 2s a": _NEAR_ANCESTRAL,
    "dpm++ sde": _NEAR_ANCESTRAL,
    "dpm++ 2m sde": _NEAR_ANCESTRAL,
    "dpm++ 2m sde heun": _NEAR_ANCESTRAL,
    "dpm++ 3m sde": _NEAR_ANCESTRAL,
    "dpm fast": _NEAR_MULTISTEP,
    "dpm adaptive": _NEAR_MULTISTEP,
    "restart": _NEAR_HEUN,
    "plms": _NEAR_MULTISTEP,
    "unipc": _NEAR_MULTISTEP,
    "lcm": _NEAR_EULER,
}
"""In lower case. A fused schedule ("DPM++ 2M Karras") is split off first."""

INVOKEAI_SAMPLERS: dict[str, Known] = {
    "euler": EULER,
    "euler_a": ANCESTRAL,
    "heun": HEUN,
    "ddim": DDIM,
    "ddpm": DDPM,
    "dpmpp_2m": MULTISTEP,
    "dpmpp_2": MULTISTEP,
    "dpmpp_2_a": _NEAR_ANCESTRAL,
    "dpmpp_2m_sde": _NEAR_ANCESTRAL,
    "dpmpp_2s": _NEAR_MULTISTEP,
    "dpmpp_3m": _NEAR_MULTISTEP,
    "dpmpp_sde": _NEAR_ANCESTRAL,
    "dpm_2": _NEAR_HEUN,
    "dpm_2_a": _NEAR_ANCESTRAL,
    "kdpm_2": _NEAR_HEUN,
    "kdpm_2_a": _NEAR_ANCESTRAL,
    "deis": _NEAR_MULTISTEP,
    "lms": _NEAR_MULTISTEP,
    "plms": _NEAR_MULTISTEP,
    "pndm": _NEAR_MULTISTEP,
    "unipc": _NEAR_MULTISTEP,
    "lcm": _NEAR_EULER,
    "tcd": _NEAR_EULER,
}
"""Without "_k", which chooses Karras' schedule, and without the older files' "k_" before the name."""

NOVELAI_SAMPLERS: dict[str, Known] = {
    **{f"k_{name}": known for name, known in _FAMILIES.items()},
    "ddim": DDIM,
    "ddim_v3": Known("", "DDIM"),
    "plms": _NEAR_MULTISTEP,
    "nai_smea": _NEAR_ANCESTRAL,
    "nai_smea_dyn": _NEAR_ANCESTRAL,
}

_LAST_STEP = "ends at the least noise of all before clean data; the uniform grid here keeps its steps even"
UNIFORM, KARRAS, EXPONENTIAL = Known("uniform"), Known("karras"), Known("exponential")
NEARLY_UNIFORM = Known("uniform", remark=_LAST_STEP)
_NEAR_UNIFORM, _NEAR_KARRAS, _NEAR_EXPONENTIAL = Known("", "uniform"), Known("", "Karras"), Known("", "exponential")
MODELS_OWN = Known("", "uniform", "the tool chose one for its model; the nearest here is uniform")

COMFYUI_SCHEDULES: dict[str, Known] = {
    "normal": NEARLY_UNIFORM,
    "simple": UNIFORM,
    "sgm_uniform": UNIFORM,
    "karras": KARRAS,
    "exponential": EXPONENTIAL,
    "ddim_uniform": _NEAR_UNIFORM,
    "beta": _NEAR_UNIFORM,
    "linear_quadratic": _NEAR_UNIFORM,
    "kl_optimal": _NEAR_KARRAS,
}

A1111_SCHEDULES: dict[str, Known] = {
    "uniform": NEARLY_UNIFORM,
    "normal": NEARLY_UNIFORM,
    "simple": UNIFORM,
    "sgm uniform": UNIFORM,
    "karras": KARRAS,
    "exponential": EXPONENTIAL,
    "automatic": MODELS_OWN,
    "polyexponential": _NEAR_EXPONENTIAL,
    "ddim": _NEAR_UNIFORM,
    "beta": _NEAR_UNIFORM,
    "turbo": _NEAR_UNIFORM,
    "kl optimal": _NEAR_KARRAS,
    "align your steps": _NEAR_KARRAS,
    "align your steps gits": _NEAR_KARRAS,
    "align your steps 11": _NEAR_KARRAS,
    "align your steps 32": _NEAR_KARRAS,
}
"""In lower case."""

NOVELAI_SCHEDULES: dict[str, Known] = {
    "karras": KARRAS,
    "exponential": EXPONENTIAL,
    "polyexponential": _NEAR_EXPONENTIAL,
    "native": MODELS_OWN,
}
