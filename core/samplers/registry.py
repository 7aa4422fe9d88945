"""Samplers by name, with the options a request may set bound in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from inspect import signature
from typing import Any

from core.diffusion.schedule import NoiseSchedule
from core.requests import SolverSettings
from core.samplers.ancestral import check_eta, check_noise_scale, ddim, ddpm, euler_ancestral
from core.samplers.cards import CARDS, SamplerCard
from core.samplers.churn import edm_stochastic
from core.samplers.consistency import consistency, lcm, tcd
from core.samplers.dormand_prince import dopri5
from core.samplers.dpmpp import dpmpp_2m, dpmpp_2m_sde, dpmpp_3m, dpmpp_3m_sde
from core.samplers.dpmpp_singlestep import dpmpp_2s, dpmpp_2s_ancestral, dpmpp_sde
from core.samplers.er_sde import er_sde
from core.samplers.euler import euler
from core.samplers.heun import heun
from core.samplers.langevin import langevin
from core.samplers.linear_multistep import deis, ipndm, lms, plms
from core.samplers.midpoint import dpm_2, dpm_2_ancestral, dpm_solver_3
from core.samplers.res import res_multistep, res_multistep_ancestral
from core.samplers.restart import restart
from core.samplers.runge_kutta import rk4
from core.samplers.sa_solver import sa_solver
from core.samplers.step import Sampler, SamplerError, Step
from core.samplers.unipc import uni_pc, uni_pc_bh2

SAMPLERS: dict[str, Callable[..., Iterator[Step]]] = {
    sampler.__name__: sampler
    for sampler in (
        *(ddpm, ddim, euler, euler_ancestral, heun),
        *(dpmpp_2m, dpmpp_3m, dpmpp_2s, dpm_2, dpm_solver_3, uni_pc, uni_pc_bh2),
        *(deis, res_multistep, lms, ipndm, plms, rk4, dopri5),
        *(dpm_2_ancestral, dpmpp_2s_ancestral, dpmpp_sde, dpmpp_2m_sde, dpmpp_3m_sde, res_multistep_ancestral),
        *(sa_solver, er_sde, edm_stochastic, restart, langevin, consistency, lcm, tcd),
    )
}


def sampler_card(name: str) -> SamplerCard:
    """The card of that name. Raises SamplerError naming them all."""
    for card in CARDS:
        if card.name == name:
            return card
    raise _unknown(name)


def sampler_named(
    name: str,
    *,
    eta: float | None = None,
    noise_scale: float = 1.0,
    brownian: bool = False,
    solver: SolverSettings | None = None,
    schedule: NoiseSchedule | None = None,
) -> Sampler:
    """The sampler of that name, ready to call.

    eta, noise_scale, solver: reach a sampler whose card lists them among its options; None leaves its own.
    brownian: a sampler of a diffusion then draws from one path an item, shared by runs at different step counts. Those
        that put back noise that they had taken away draw anew all the same.
    schedule: the one that the grid is laid on, for samplers that look between its levels. Untold they take alpha and
        sigma from the kind of grid, and t, which only networks read, from a curve through the grid's.
    Raises SamplerError for an unknown name, or an option out of its range.
    """
    if eta is not None:
        check_eta(eta)
    check_noise_scale(noise_scale)
    sampler = SAMPLERS.get(name)
    if sampler is None:
        raise _unknown(name)
    offered: dict[str, Any] = {"eta": eta, "noise_scale": noise_scale, "brownian": brownian, "schedule": schedule}
    for option in sampler_card(name).settings:
        value = getattr(solver, option.setting) if solver else None
        if option.setting == "order" and value is not None and value > option.high:
            raise SamplerError(f"order {value} is out of range for {name}; it must lie in 1 to {option.high:g}")
        offered[option.setting] = value
    takes = signature(sampler).parameters
    given = {key: value for key, value in offered.items() if value is not None and key in takes}
    return partial(sampler, **given) if given else sampler


def _unknown(name: str) -> SamplerError:
    return SamplerError(f"{name!r} is not a sampler; choose one of {', '.join(card.name for card in CARDS)}")
