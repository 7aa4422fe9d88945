"""Where a plan's objects stand: an energy over arrangements, conditioned on what the slots stand for.

    -energy(p) = sum_i u(s_i) . phi(p_i) + sum_{i<j} c(s_i, s_j) . psi(p_j - p_i)

s_i is the language model's state after slot i, p_i = (right, away) on the table in the camera's frame. The coefficients
u and c cost one small network a pair; the bases phi and psi are evaluated on as many candidates as one likes. Trained
to tell the true arrangement from uniform ones (InfoNCE, van den Oord et al. 2018, arXiv:1807.03748, eq. 4), it
estimates the log density ratio against uniform, so that sampling is drawing from uniform candidates by their softmax.
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional as F

from core.worlds.tabletop.scene import REACH


class Placement(nn.Module):
    def __init__(self, state_width: int, width: int = 48, terms: int = 24) -> None:
        super().__init__()
        self.reduce = nn.Linear(state_width, width)
        self.unary = nn.Linear(width, terms)
        self.pair = nn.Sequential(nn.Linear(2 * width, 2 * width), nn.SiLU(), nn.Linear(2 * width, terms))
        self.spot_basis = _Basis(terms)
        self.offset_basis = _Basis(terms)

    def forward(self, states: torch.Tensor, spots: torch.Tensor, used: torch.Tensor) -> torch.Tensor:
        """states: (B, S, W). spots: (B or 1, K, S, 2) table units. used: (B, S) bool. -> (B, K): -energy, nats."""
        slots = states.shape[1]
        reduced = self.reduce(states)
        lone = self.unary(reduced)[:, None] * self.spot_basis(spots)
        score = (lone.sum(-1) * used[:, None]).sum(-1)
        first, second = torch.triu_indices(slots, slots, 1, device=states.device)
        if first.numel() == 0:
            return score
        coefficients = self.pair(torch.cat((reduced[:, first], reduced[:, second]), -1))
        offsets = spots[:, :, second] - spots[:, :, first]
        both = used[:, first] & used[:, second]
        coefficients = coefficients * both[..., None]
        return score + (coefficients[:, None] * self.offset_basis(offsets)).sum((-2, -1))


class _Basis(nn.Module):
    """Smooth functions of a vector on the table: sines of either coordinate into a two-layer network."""

    def __init__(self, terms: int, octaves: int = 5, width: int = 48) -> None:
        super().__init__()
        self.octaves = octaves
        self.network = nn.Sequential(
            nn.Linear(4 * octaves + 2, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, terms)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., 2) table units -> (..., terms)."""
        rates = (math.pi / (4.0 * REACH)) * 2.0 ** torch.arange(self.octaves, device=x.device, dtype=x.dtype)
        angles = (x[..., None] * rates).flatten(-2)
        return self.network(torch.cat((x, angles.sin(), angles.cos()), -1))


def uniform_spots(shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    """(*shape, 2) points uniform on the disc of radius REACH, on the generator's device."""
    drawn = torch.rand((2, *shape), generator=generator, device=generator.device)
    radius, angle = REACH * drawn[0].sqrt(), 2.0 * math.pi * drawn[1]
    return torch.stack((radius * angle.cos(), radius * angle.sin()), -1)


def placement_loss(
    placement: Placement,
    states: torch.Tensor,
    spots: torch.Tensor,
    used: torch.Tensor,
    generator: torch.Generator,
    *,
    negatives: int = 96,
) -> torch.Tensor:
    """InfoNCE in nats. spots: (B, S, 2), the true arrangements; states and used as in `Placement`.

    The batch shares its uniform arrangements, so that their bases are evaluated once.
    """
    batch, slots, _ = spots.shape
    others = uniform_spots((1, negatives, slots), generator)
    scores = torch.cat((placement(states, spots[:, None], used), placement(states, others, used)), 1)
    return F.cross_entropy(scores, scores.new_zeros(batch, dtype=torch.long))
