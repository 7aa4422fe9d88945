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

UNIFORM, KARRAS, EXPONENTIAL = Known("uniform"), Known("karras"), Known("exponential")
POLYEXPONENTIAL = Known("polyexponential")
LINSPACE = Known("linspace", remark="takes fractions of timesteps there, whole ones here")
TRAILING = Known("trailing", remark="rounds its timesteps down there, to the nearest here")
_NEAR_UNIFORM, _NEAR_KARRAS = Known("", "uniform"), Known("", "Karras")
MODELS_OWN = Known("", "uniform", "the tool chose one for its model; the nearest here is uniform")

COMFYUI_SCHEDULES: dict[str, Known] = {
    "normal": LINSPACE,
    "simple": TRAILING,
    "sgm_uniform": Known("sgm_uniform"),
    "karras": KARRAS,
    "exponential": EXPONENTIAL,
    "ddim_uniform": Known("leading", remark="may have a step more there where the steps don't divide the timesteps"),
    "beta": Known("beta"),
    "linear_quadratic": Known("linear_quadratic", remark="is laid in sigma there, in time here; on a flow they agree"),
    "kl_optimal": Known("kl_optimal"),
}

A1111_SCHEDULES: dict[str, Known] = {
    "uniform": LINSPACE,
    "normal": LINSPACE,
    "simple": TRAILING,
    "sgm uniform": Known("sgm_uniform"),
    "karras": KARRAS,
    "exponential": EXPONENTIAL,
    "automatic": MODELS_OWN,
    "polyexponential": POLYEXPONENTIAL,
    "ddim": Known("leading", remark="may have a step more there where the steps don't divide the timesteps"),
    "beta": Known("beta_sigma"),
    "turbo": _NEAR_UNIFORM,
    "kl optimal": Known("kl_optimal", remark="has one interval more there and ends at the least noise itself"),
    "align your steps": Known("", "Align your steps, SD 1.5", "chooses a table by the model there; choose one here"),
    "align your steps gits": _NEAR_KARRAS,
    "align your steps 11": _NEAR_KARRAS,
    "align your steps 32": _NEAR_KARRAS,
}
"""In lower case."""

NOVELAI_SCHEDULES: dict[str, Known] = {
    "karras": KARRAS,
    "exponential": EXPONENTIAL,
    "polyexponential": POLYEXPONENTIAL,
    "native": MODELS_OWN,
}
