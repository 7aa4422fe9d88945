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
DDIM, DDPM, LCM = Known("ddim"), Known("ddpm"), Known("lcm")
_NEAR_ANCESTRAL = Known("", "Euler ancestral")
_HEUN_SDE = Known("", "DPM++ 2M SDE", "theirs integrates the line through two guesses, where ours takes its middle")
_ON_DEVICE = "drawn on the device there, on the CPU here: the same method, another picture"
_UNIPC = Known("uni_pc", remark="theirs lowers the order of the last steps")
_ADAPTIVE = Known("", "Dormand-Prince 5", "another pair of orders, and so other steps")
_DEIS = Known("", "DEIS", "theirs is a polynomial in time, ours one in log sigma")

_FAMILIES: dict[str, Known] = {
    "euler": EULER,
    "euler_ancestral": ANCESTRAL,
    "heun": HEUN,
    "ddpm": DDPM,
    "dpmpp_2m": MULTISTEP,
    "dpmpp_2m_sde": Known("dpmpp_2m_sde"),
    "dpmpp_2m_sde_heun": _HEUN_SDE,
    "dpmpp_2m_sde_gpu": Known("dpmpp_2m_sde", remark=_ON_DEVICE),
    "dpmpp_2s_ancestral": Known("dpmpp_2s_ancestral"),
    "dpmpp_3m_sde": Known("dpmpp_3m_sde"),
    "dpmpp_3m_sde_gpu": Known("dpmpp_3m_sde", remark=_ON_DEVICE),
    "dpmpp_sde": Known("dpmpp_sde"),
    "dpmpp_sde_gpu": Known("dpmpp_sde", remark=_ON_DEVICE),
    "dpm_2": Known("dpm_2"),
    "dpm_2_ancestral": Known("dpm_2_ancestral"),
    "dpm_fast": Known("", "DPM-Solver 3", "theirs lays steps of its own, ended by lower orders"),
    "dpm_adaptive": _ADAPTIVE,
    "heunpp2": Known("", "Heun"),
    "lms": Known("lms"),
    "ipndm": Known("ipndm"),
    "ipndm_v": Known("", "LMS", "weights for uneven steps are what LMS has here"),
    "deis": _DEIS,
    "uni_pc": _UNIPC,
    "uni_pc_bh2": Known("uni_pc_bh2", remark="theirs lowers the order of the last steps"),
    "res_multistep": Known("res_multistep"),
    "res_multistep_ancestral": Known("res_multistep_ancestral"),
    "gradient_estimation": Known("", "Euler"),
    "er_sde": Known("er_sde"),
    "sa_solver": Known("", "SA-Solver", "theirs changes its noise along the run"),
    "lcm": LCM,
    "restart": Known("", "Restart", "theirs chooses its intervals by the number of steps"),
    "plms": Known("plms"),
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
    "lms": _FAMILIES["lms"],
    "dpm2": _FAMILIES["dpm_2"],
    "dpm2 a": _FAMILIES["dpm_2_ancestral"],
    "dpm++ 2s a": _FAMILIES["dpmpp_2s_ancestral"],
    "dpm++ sde": _FAMILIES["dpmpp_sde"],
    "dpm++ 2m sde": _FAMILIES["dpmpp_2m_sde"],
    "dpm++ 2m sde heun": _HEUN_SDE,
    "dpm++ 3m sde": _FAMILIES["dpmpp_3m_sde"],
    "dpm fast": _FAMILIES["dpm_fast"],
    "dpm adaptive": _ADAPTIVE,
    "restart": _FAMILIES["restart"],
    "plms": _FAMILIES["plms"],
    "unipc": _UNIPC,
    "lcm": LCM,
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
    "dpmpp_2m_sde": _FAMILIES["dpmpp_2m_sde"],
    "dpmpp_2s": Known("", "DPM++ 2S", "theirs shares the steps out over the grid's own levels"),
    "dpmpp_3m": Known("dpmpp_3m"),
    "dpmpp_sde": _FAMILIES["dpmpp_sde"],
    "dpm_2": _FAMILIES["dpm_2"],
    "dpm_2_a": _FAMILIES["dpm_2_ancestral"],
    "kdpm_2": _FAMILIES["dpm_2"],
    "kdpm_2_a": _FAMILIES["dpm_2_ancestral"],
    "deis": Known("deis"),
    "lms": _FAMILIES["lms"],
    "plms": _FAMILIES["plms"],
    "pndm": _FAMILIES["plms"],
    "unipc": Known("uni_pc_bh2", remark="diffusers' UniPC is of order 2 untold, and lowers it in the last steps"),
    "lcm": LCM,
    "tcd": Known("tcd", remark="diffusers rounds the time in between to a whole timestep"),
}
"""Without "_k", which chooses Karras' schedule, and without the older files' "k_" before the name."""

NOVELAI_SAMPLERS: dict[str, Known] = {
    **{f"k_{name}": known for name, known in _FAMILIES.items()},
    "ddim": DDIM,
    "ddim_v3": Known("", "DDIM"),
    "plms": _FAMILIES["plms"],
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
