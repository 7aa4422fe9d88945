"""Guesses measured beside one another: `core.dissection.Quantity` says what each number is.

Nothing waits for the device, and no guess is changed.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from core.diffusion.guidance.guided import Parts
from core.diffusion.guidance.methods import items
from core.dissection import Quantity


@torch.no_grad()
def measured(parts: Parts) -> Tensor:
    """(2, Q, B) float32 by Space, Quantity and item, on the guesses' device."""
    return torch.stack([_in_space(parts, place) for place in (0, 1)])


def _in_space(parts: Parts, place: int) -> Tensor:
    """place: of the guess in a Prediction."""
    guided = _long(parts.guided[place])
    batch = len(guided)
    none = guided.new_full((batch,), math.nan)
    found = dict.fromkeys(Quantity, none) | {Quantity.SCALE: guided.new_full((batch,), parts.scale)}
    if parts.prompted is None:
        return torch.stack([found[each] for each in Quantity]).float()
    prompted = _long(parts.prompted[place])
    found[Quantity.PROMPTED] = _sizes(prompted)
    found[Quantity.ADDED] = _sizes(guided - prompted)
    if parts.reference is not None:
        reference = _long(parts.reference[place])
        difference = prompted - reference
        along = _dots(difference, _unit(prompted))
        aside = difference - along[:, None] * _unit(prompted)
        root = difference.shape[1] ** 0.5
        found |= {
            Quantity.REFERENCE: _sizes(reference),
            Quantity.DIFFERENCE: _sizes(difference),
            Quantity.ANGLE: angle_deg(prompted, reference),
            Quantity.LEAN: angle_deg(difference, prompted),
            Quantity.ALONG: along / root,
            Quantity.ACROSS: _sizes(aside),
        }
    return torch.stack([found[each] for each in Quantity]).float()


def angle_deg(a: Tensor, b: Tensor) -> Tensor:
    """(B,) from (B, n) each, 0 to 180; not a number where either has no length.

    By half-angles, since an arc cosine loses small angles to rounding.
    Source: Kahan 2006, "How Futile are Mindless Assessments of Roundoff in Floating-Point Computation?", section 12.
    """
    one, other = _unit(a), _unit(b)
    halves = torch.atan2(_lengths(one - other), _lengths(one + other))
    known = (a != 0).any(dim=1) & (b != 0).any(dim=1)
    return torch.where(known, torch.rad2deg(2.0 * halves), math.nan)


def _long(guess: Tensor) -> Tensor:
    """(B, n), with sums as exact as the device allows."""
    flat = torch.stack([item.flatten() for item in items(guess)])
    return flat if flat.device.type == "mps" else flat.double()


def _sizes(x: Tensor) -> Tensor:
    return x.square().mean(dim=1).sqrt()


def _dots(a: Tensor, b: Tensor) -> Tensor:
    return (a * b).sum(dim=1)


def _unit(x: Tensor) -> Tensor:
    """Each item at length 1; one without length stays."""
    return x / _lengths(x)[:, None].clamp_min(torch.finfo(x.dtype).tiny)


def _lengths(x: Tensor) -> Tensor:
    return x.square().sum(dim=1).sqrt()
