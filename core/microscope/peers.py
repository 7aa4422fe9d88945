"""Other tools' time grids: which there are, of which of ours they have the name, and what differs. No torch here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.diffusion.grids.listed import ROUNDED
from core.diffusion.level import Level
from core.diffusion.schedule import Flow, NoiseSchedule, VpLinear, VpTable
from core.diffusion.time_grid import GridError
from core.microscope import peer_grids as laid
from core.microscope.peer_grids import PeerGrid
from core.microscope.peer_noise import peer_noise

Tool = Literal["a1111", "comfyui", "diffusers", "k_diffusion"]
TOOLS: dict[str, str] = {
    "a1111": "A1111",
    "comfyui": "ComfyUI",
    "diffusers": "diffusers",
    "k_diffusion": "k-diffusion",
}
"""Names of tools as they are told apart, and as people write them."""
SAME = "The same as ours"


@dataclass(frozen=True, slots=True)
class PeerCard:
    """One grid of another tool.

    ours: our grid of that name, or the nearest. differs: one sentence. on_table, on_flow: the schedules that the tool
    lays it on: those of a thousand timesteps, or a flow.
    """

    tool: Tool
    name: str
    title: str
    ours: str
    differs: str
    grid: PeerGrid
    on_table: bool = True
    on_flow: bool = False

    @property
    def id(self) -> str:
        """ "comfyui:beta"."""
        return f"{self.tool}:{self.name}"


_FLOW_SIGMA = "The same as ours, but on a flow it is laid in t, not in noise over signal"
_DROPS = "One step more is laid and the least noise dropped, as before DPM2"
_STRIDE = "Takes one step more where the steps don't divide the thousand timesteps"
_DOWN = "Rounds its timesteps down, where trailing takes the nearest"

PEER_CARDS: tuple[PeerCard, ...] = (
    PeerCard("a1111", "uniform", "Uniform", "linspace", "Doesn't round its timesteps", laid.normal),
    PeerCard("a1111", "karras", "Karras", "karras", SAME, laid.karras),
    PeerCard("a1111", "karras_dpm2", "Karras, DPM2", "karras", _DROPS, laid.without_last_but_one(laid.karras)),
    PeerCard("a1111", "karras_old", "Karras, old", "karras", "From σ 10 to 0.1, whatever the model", laid.old_karras),
    PeerCard("a1111", "exponential", "Exponential", "exponential", SAME, laid.exponential),
    PeerCard("a1111", "polyexponential", "Polyexponential", "polyexponential", SAME, laid.exponential),
    PeerCard("a1111", "sgm_uniform", "SGM Uniform", "sgm_uniform", SAME, laid.sgm_uniform),
    PeerCard(
        "a1111",
        "kl_optimal",
        "KL Optimal",
        "kl_optimal",
        "One interval more, and it ends at the least noise, not at clean data",
        laid.kl_optimal_to_the_least,
    ),
    PeerCard("a1111", "simple", "Simple", "trailing", _DOWN, laid.simple),
    PeerCard("a1111", "ddim", "DDIM", "leading", _STRIDE, laid.ddim_uniform),
    PeerCard(
        "a1111",
        "beta",
        "Beta",
        "beta",
        "Puts the quantiles on the noise itself, where ours and ComfyUI's put them on timesteps",
        laid.beta_on_sigma,
    ),
    PeerCard(
        "a1111",
        "ays_sd15",
        "Align Your Steps",
        "ays_sd15",
        "Keeps the table's last noise and adds clean data, so one interval fewer is shared out",
        laid.ays_then_clean("ays_sd15"),
    ),
    PeerCard(
        "a1111",
        "ays_sdxl",
        "Align Your Steps, SDXL",
        "ays_sdxl",
        "Keeps the table's last noise and adds clean data, so one interval fewer is shared out",
        laid.ays_then_clean("ays_sdxl"),
    ),
    PeerCard("comfyui", "normal", "normal", "linspace", "Doesn't round its timesteps", laid.normal, on_flow=True),
    PeerCard("comfyui", "simple", "simple", "trailing", _DOWN, laid.simple, on_flow=True),
    PeerCard("comfyui", "sgm_uniform", "sgm_uniform", "sgm_uniform", SAME, laid.sgm_uniform, on_flow=True),
    PeerCard("comfyui", "ddim_uniform", "ddim_uniform", "leading", _STRIDE, laid.ddim_uniform, on_flow=True),
    PeerCard("comfyui", "karras", "karras", "karras", _FLOW_SIGMA, laid.karras, on_flow=True),
    PeerCard(
        "comfyui",
        "karras_dpm2",
        "karras, DPM2 and UniPC",
        "karras",
        "One step more is laid and the least noise dropped, as before DPM2 and UniPC",
        laid.without_last_but_one(laid.karras),
        on_flow=True,
    ),
    PeerCard("comfyui", "exponential", "exponential", "exponential", _FLOW_SIGMA, laid.exponential, on_flow=True),
    PeerCard(
        "comfyui",
        "beta",
        "beta",
        "beta",
        "Drops steps whose timesteps meet, where ours go on below",
        laid.beta_on_timesteps,
        on_flow=True,
    ),
    PeerCard("comfyui", "kl_optimal", "kl_optimal", "kl_optimal", _FLOW_SIGMA, laid.kl_optimal, on_flow=True),
    PeerCard(
        "comfyui",
        "linear_quadratic",
        "linear_quadratic",
        "linear_quadratic",
        "Laid in the noise, where ours is laid in time; on a flow they agree",
        laid.linear_quadratic,
        on_flow=True,
    ),
    PeerCard("comfyui", "ays_sd15", "Align your steps, SD1", "ays_sd15", SAME, laid.ays_to_clean("ays_sd15")),
    PeerCard("comfyui", "ays_sdxl", "Align your steps, SDXL", "ays_sdxl", SAME, laid.ays_to_clean("ays_sdxl")),
    PeerCard("diffusers", "linspace", "linspace (DDIM)", "linspace", SAME, laid.ddim_linspace),
    PeerCard(
        "diffusers",
        "euler_linspace",
        "linspace (Euler)",
        "linspace",
        "Doesn't round its timesteps, and goes straight in σ between the model's own",
        laid.euler_linspace,
    ),
    PeerCard(
        "diffusers",
        "dpm_linspace",
        "linspace (DPM-Solver++)",
        "linspace",
        "Lays one timestep more and drops the first: nearer to SGM uniform, rounded",
        laid.dpm_linspace,
    ),
    PeerCard("diffusers", "leading", "leading (DDIM)", "leading", SAME, laid.ddim_leading),
    PeerCard(
        "diffusers",
        "dpm_leading",
        "leading (DPM-Solver++)",
        "leading",
        "Takes the stride of one step more and drops the first",
        laid.dpm_leading,
    ),
    PeerCard("diffusers", "trailing", "trailing", "trailing", SAME, laid.trailing),
    PeerCard("diffusers", "karras", "Karras (DPM-Solver++, flow)", "karras", _FLOW_SIGMA, laid.karras, on_flow=True),
    PeerCard(
        "diffusers",
        "euler_karras",
        "Karras (Euler, as SD ships)",
        "karras",
        "Lies between the ends of the leading timesteps, so it begins below the most noise",
        laid.euler_karras,
    ),
    PeerCard("diffusers", "exponential", "exponential", "exponential", _FLOW_SIGMA, laid.exponential, on_flow=True),
    PeerCard("diffusers", "beta", "beta", "beta", "Puts the quantiles on the noise", laid.beta_on_sigma, on_flow=True),
    PeerCard(
        "diffusers",
        "lu",
        "Lu's log-SNR",
        "log_snr",
        "One interval fewer: the least noise is a step of its own before clean data",
        laid.exponential,
    ),
    PeerCard(
        "diffusers",
        "flow_match",
        "FlowMatchEuler",
        "uniform",
        "Even down to t 0.001, then one more step to clean data",
        laid.flow_match,
        on_table=False,
        on_flow=True,
    ),
    PeerCard("k_diffusion", "uniform", "get_sigmas", "linspace", "Doesn't round its timesteps", laid.normal),
    PeerCard("k_diffusion", "karras", "Karras", "karras", SAME, laid.karras),
    PeerCard("k_diffusion", "exponential", "exponential", "exponential", SAME, laid.exponential),
    PeerCard("k_diffusion", "polyexponential", "polyexponential", "polyexponential", SAME, laid.exponential),
)


def peer_card(name: str) -> PeerCard:
    """The card of "tool:name". Raises GridError, naming what that tool has."""
    tool = name.partition(":")[0]
    found = next((card for card in PEER_CARDS if card.id == name), None)
    if found is not None:
        return found
    known = [card.id for card in PEER_CARDS if card.tool == tool] or [f"{each}:NAME" for each in TOOLS]
    raise GridError(f"{name!r} is no other tool's grid; choose one of {', '.join(known)}")


def is_laid_on(card: PeerCard, schedule: NoiseSchedule) -> bool:
    """Whether the tool has that grid on such a schedule."""
    if isinstance(schedule, Flow):
        return card.on_flow
    return card.on_table and isinstance(schedule, VpTable | VpLinear)


def peer_levels(card: PeerCard, schedule: NoiseSchedule, steps: int) -> tuple[Level, ...]:
    """The tool's levels on the schedule, noisiest first; not always steps + 1, nor always down to clean data.

    Raises GridError where the tool has no such grid there.
    """
    noise = peer_noise(schedule)
    if not is_laid_on(card, schedule):
        where = "the flow schedule" if noise.flow else f"the {schedule.name} schedule, only on flow"
        remedy = "; choose latent_1000, ddpm_1000 or vp_linear" if noise.flow else ""
        raise GridError(f"{TOOLS[card.tool]} does not lay its {card.title} grid on {where}{remedy}")
    if not 1 <= steps <= len(noise.sigmas):
        raise GridError(f"{steps} steps requested; {card.id} takes 1 to {len(noise.sigmas)}")
    return tuple(_level(schedule, noise.ratio(sigma), card) for sigma in card.grid(noise, steps))


def _level(schedule: NoiseSchedule, ratio: float, card: PeerCard) -> Level:
    if ratio > schedule.largest_ratio * (1.0 + ROUNDED):
        raise GridError(
            f"σ {ratio:g} of {card.id} is off the {schedule.name} schedule; "
            f"that reaches {schedule.largest_ratio:.4g}, choose another"
        )
    return schedule.at_ratio(min(ratio, schedule.largest_ratio))
