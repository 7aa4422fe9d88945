"""Guesses measured beside one another: `core.dissection.Quantity` says what each number is.

Nothing waits for the device, and no guess is changed.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from core.diffusion.guidance.guided import Parts
from core.diffusion.prediction import Prediction
from core.dissection import Quantity


@torch.inference_mode()
def measured(parts: Parts) -> Tensor:
    """(2, Q, B) float32 by Space, Quantity and item, on the guesses' device."""
    guided = _rows(parts.guided)
    rows, elements = guided.shape
    none = guided.new_full((rows,), math.nan)
    found = dict.fromkeys(Quantity, none) | {Quantity.SCALE: torch.full_like(none, parts.scale)}
    if parts.prompted is not None:
        prompted = _rows(parts.prompted)
        root, own = elements**0.5, _dots(prompted, prompted)
        found[Quantity.PROMPTED] = own.sqrt() / root
        found[Quantity.ADDED] = _lengths(guided - prompted) / root
        if parts.reference is not None:
            reference = _rows(parts.reference)
            difference = prompted - reference
            square, shared = _dots(difference, difference), _dots(difference, prompted)
            # Lagrange's identity; c - u and c span the same area as u and c.
            area = (own * square - shared * shared).clamp_min(0.0).sqrt()
            along, across = shared / own.sqrt(), area / own.sqrt()
            unlike = _dots(reference, reference)
            found |= {
                Quantity.REFERENCE: unlike.sqrt() / root,
                Quantity.DIFFERENCE: square.sqrt() / root,
                Quantity.ANGLE: _angle_deg(area, own - shared, own * unlike),
                Quantity.LEAN: _angle_deg(area, shared, own * square),
                Quantity.ALONG: along / root,
                Quantity.ACROSS: across / root,
            }
    return torch.stack([found[each] for each in Quantity], dim=1).float().reshape(2, -1, len(Quantity)).mT


def _angle_deg(area: Tensor, dot: Tensor, lengths: Tensor) -> Tensor:
    """0 to 180; not a number where a vector has no length. area: |a x b|. lengths: |a|^2 |b|^2.

    By the arc tangent: an arc cosine loses small angles to rounding.
    """
    return torch.where(lengths > 0.0, torch.rad2deg(torch.atan2(area, dot)), math.nan)


def _rows(guess: Prediction) -> Tensor:
    """(2 B, n): the clean guesses, then those of the noise, with sums as exact as the device allows."""
    both = torch.cat([guess.x0.flatten(1), guess.eps.flatten(1)])
    return both if both.device.type == "mps" else both.double()


def _dots(a: Tensor, b: Tensor) -> Tensor:
    return (a * b).sum(dim=1)


def _lengths(x: Tensor) -> Tensor:
    return _dots(x, x).sqrt()
