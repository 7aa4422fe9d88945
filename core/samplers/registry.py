"""Samplers by name, with the options a request may set bound in."""

from __future__ import annotations

from functools import partial

from core.samplers.ancestral import check_eta, check_noise_scale, ddim, ddpm, euler_ancestral
from core.samplers.cards import CARDS, SamplerCard
from core.samplers.dpmpp import dpmpp_2m
from core.samplers.euler import euler
from core.samplers.heun import heun
from core.samplers.step import Sampler, SamplerError


def sampler_card(name: str) -> SamplerCard:
    """The card of that name. Raises SamplerError naming them all."""
    for card in CARDS:
        if card.name == name:
            return card
    raise _unknown(name)


def sampler_named(name: str, *, eta: float | None = None, noise_scale: float = 1.0, brownian: bool = False) -> Sampler:
    """The sampler of that name, ready to call.

    eta, noise_scale: reach a sampler whose card lists them among its options; an eta of None leaves its own, which
        is 0 for ddim and 1 for euler_ancestral.
    brownian: a stochastic sampler then draws from one path an item, shared by runs at different step counts.
    Raises SamplerError for an unknown name, eta outside 0 to 1, or a noise scale below 0.
    """
    if eta is not None:
        check_eta(eta)
    check_noise_scale(noise_scale)
    match name:
        case "ddpm":
            return partial(ddpm, noise_scale=noise_scale, brownian=brownian)
        case "ddim":
            return partial(ddim, eta=0.0 if eta is None else eta, noise_scale=noise_scale, brownian=brownian)
        case "euler":
            return euler
        case "euler_ancestral":
            eta = 1.0 if eta is None else eta
            return partial(euler_ancestral, eta=eta, noise_scale=noise_scale, brownian=brownian)
        case "heun":
            return heun
        case "dpmpp_2m":
            return dpmpp_2m
        case _:
            raise _unknown(name)


def _unknown(name: str) -> SamplerError:
    return SamplerError(f"{name!r} is not a sampler; choose one of {', '.join(card.name for card in CARDS)}")
