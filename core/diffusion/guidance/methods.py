"""The formulas: from a model's guesses to the guided clean guess. Each gives the prompted one at scale 1.

In x0 throughout; noise guesses differ by -alpha / sigma times as much, so that it comes to the same in eps.
Reductions are made item by item: a batched one may sum in another order for another batch size. None waits for the
device: what is measured of a tensor stays on it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from core.diffusion.level import Level
from core.diffusion.parameterization import Parameterization, from_prediction, to_prediction
from core.diffusion.prediction import Prediction


def led_away(prompted: Prediction, reference: Prediction, scale: float) -> Prediction:
    """reference + scale * (prompted - reference), on x0 and eps alike, so that the two still make up x.

    Of the unconditional guess: Ho and Salimans 2022 (arXiv:2207.12598), eq. 6 (there scale 0 is off). Of a weaker
    network's: Karras et al. 2024 (arXiv:2406.02507), eq. 2. Of the network's own with its self-attention put out:
    Ahn et al. 2024 (arXiv:2403.17377), eq. 13, whose scale is one less.
    """
    return Prediction(torch.lerp(reference.x0, prompted.x0, scale), torch.lerp(reference.eps, prompted.eps, scale))


def projected(prompted: Prediction, reference: Prediction, scale: float, parallel: float, norm: float) -> Tensor:
    """The prompted x0, plus (scale - 1) times the difference, at most `norm` in root mean square, whose part along the
    prompted x0 counts `parallel` times.

    Without the paper's momentum over the steps: that would make a step depend on the path to it, and a run that goes
    on from a kept step would make another picture.
    Source: Sadat et al. 2024 (arXiv:2410.02416), algorithm 1; their r is norm * sqrt(elements).
    """
    difference = prompted.x0 - reference.x0
    if norm:
        size = spread(roots_of_squares(difference), difference).clamp_min(torch.finfo(difference.dtype).tiny)
        difference = difference * (norm / size).clamp_max(1.0)
    along = along_of(difference, prompted.x0)
    return prompted.x0 + (scale - 1.0) * (difference - (1.0 - parallel) * along)


def scaled_to_fit(prompted: Prediction, reference: Prediction, scale: float, x: Tensor, level: Level) -> Prediction:
    """Velocities: s * v_u + scale * (v_c - s * v_u), with the s that brings s * v_u nearest to v_c.

    The velocity is eps - x0, a flow's; other schedules are read through it too.
    Source: Fan et al. 2025 (arXiv:2503.18886), eqs. 8 and 9.
    """
    kind = Parameterization.VELOCITY
    asked, free = from_prediction(kind, prompted, level), from_prediction(kind, reference, level)
    fitted = along_of(asked, free)
    return to_prediction(kind, torch.lerp(fitted, asked, scale), x, level)


def at_rest(x: Tensor, level: Level) -> Prediction:
    """The guess whose velocity eps - x0 is 0: a flow stands still. Source: Fan et al. 2025, section 4.2."""
    still = x / (level.alpha + level.sigma)
    return Prediction(still, still)


def perpendicular(prompted: Tensor, empty: Tensor, left_out: Tensor, scale: float, weight: float) -> Tensor:
    """x0: empty + scale * (p - weight * n), where p = prompted - empty and n is what of left_out - empty is at right
    angles to p: what the prompt asks for is never taken away.

    Source: Armandpour et al. 2023 (arXiv:2304.04968), eqs. 4 to 6.
    """
    asked, unwanted = prompted - empty, left_out - empty
    aside = unwanted - along_of(unwanted, asked)
    return empty + scale * (asked - weight * aside)


def scale_of_blend(blend: float, here: Level, there: Level) -> float:
    """The scale at which a first-order step of ordinary guidance is CFG++'s: blend / (1 - r' / r), r = sigma / alpha.

    CFG++ goes to alpha' * x0_guided + sigma' * eps_u, its noise unguided. Put x = alpha * x0_u + sigma * eps_u into
    the ordinary step and the two agree at this scale.
    Source: Chung et al. 2024 (arXiv:2406.08070), algorithm 2 and section 3.3.
    """
    ratio = 0.0 if here.alpha == 0.0 else there.ratio / here.ratio
    return blend / (1.0 - ratio)


def along_of(vector: Tensor, direction: Tensor) -> Tensor:
    """Each item's part along its direction; none along a direction of length 0."""
    pairs = list(zip(items(vector), items(direction), strict=True))
    dots = torch.stack([(a * b).sum() for a, b in pairs])
    squares = torch.stack([(b * b).sum() for _, b in pairs])
    share = torch.where(squares > 0.0, dots / squares.clamp_min(torch.finfo(vector.dtype).tiny), 0.0)
    return spread(share, direction) * direction


def roots_of_squares(x: Tensor) -> Tensor:
    """(B,): each item's root mean square."""
    return torch.stack([(item * item).mean().sqrt() for item in items(x)])


def items(x: Tensor) -> list[Tensor]:
    """Each item in one order in memory: a sum goes along it, and a network's may differ from batch to batch."""
    return [item.contiguous() for item in x]


def spread(values: Tensor, over: Tensor) -> Tensor:
    """(B,) shaped to act on items of `over`."""
    return values.reshape(-1, *(1,) * (over.dim() - 1))
