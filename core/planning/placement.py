"""Where a plan's objects stand: an energy over arrangements, conditioned on what the slots stand for.

    -energy(p) = sum_i u(s_i) . phi(p_i) + sum_{i<j} c(s_i, s_j, text) . psi(p_j - p_i)

s_i is the slot model's state after slot i, p_i = (right, away) on the table in the camera's frame. The coefficients
u and c cost one small network a pair; the bases phi and psi are evaluated on as many candidates as one likes. Trained
to tell the true arrangement from uniform ones (InfoNCE, van den Oord et al. 2018, arXiv:1807.03748, eq. 4), it
estimates the log density ratio against uniform, so that sampling is drawing from uniform candidates by their softmax.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from core.worlds.tabletop.scene import REACH
from core.worlds.tabletop.words import PAD


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the slot model made of a caption and its slots.

    text: (B, L) tokens; words: (B, L, W) states of those words.
    slots: (B, S, W) states after each slot; used: (B, S) bool.
    """

    text: torch.Tensor
    words: torch.Tensor
    slots: torch.Tensor
    used: torch.Tensor


class Placement(nn.Module):
    """u reads the slot; c reads both slots and, by attention from the pair, the caption.

    The caption's words have embeddings of their own here: the slot model need not tell "left of" from "behind".
    """

    def __init__(self, words: int, state_width: int, width: int = 48, terms: int = 24) -> None:
        super().__init__()
        self.word = nn.Embedding(words, width)
        # Eleven words reach over the longest noun phrase on either side of a relation.
        self.near = nn.Conv1d(width, width, 11, padding=5)
        self.reduce = nn.Linear(state_width, width)
        self.unary = nn.Linear(width, terms)
        self.query = nn.Linear(2 * width, width)
        self.key = nn.Linear(state_width, width)
        self.value = nn.Linear(state_width, width)
        self.pair = nn.Sequential(nn.Linear(3 * width, 2 * width), nn.SiLU(), nn.Linear(2 * width, terms))
        self.spot_basis = _Basis(terms)
        self.offset_basis = _Basis(terms)

    def forward(self, meaning: Meaning, spots: torch.Tensor) -> torch.Tensor:
        """spots: (B or 1, K, S, 2) table units -> (B, K): -energy, nats."""
        slots = meaning.slots.shape[1]
        reduced = self.reduce(meaning.slots)
        lone = self.unary(reduced) * meaning.used[..., None]
        score = (lone[:, None] * self.spot_basis(spots)).sum((-2, -1))
        first, second = torch.triu_indices(slots, slots, 1, device=reduced.device)
        if first.numel() == 0:
            return score
        pairs = torch.cat((reduced[:, first], reduced[:, second]), -1)
        both = meaning.used[:, first] & meaning.used[:, second]
        coefficients = self.pair(torch.cat((pairs, self._read(pairs, meaning)), -1)) * both[..., None]
        offsets = spots[:, :, second] - spots[:, :, first]
        return score + (coefficients[:, None] * self.offset_basis(offsets)).sum((-2, -1))

    def _read(self, pairs: torch.Tensor, meaning: Meaning) -> torch.Tensor:
        """(B, P, 2w) -> (B, P, w): what the caption says that concerns each pair."""
        # A word of zeros, so that an empty caption reads as nothing.
        words = self.word(meaning.text) * (meaning.text != PAD)[..., None]
        if words.shape[1]:
            words = words + self.near(words.transpose(1, 2)).transpose(1, 2)
        key, value = (F.pad(words + table(meaning.words), (0, 0, 1, 0)) for table in (self.key, self.value))
        seen = F.pad(meaning.text != PAD, (1, 0), value=True)
        return F.scaled_dot_product_attention(self.query(pairs), key, value, attn_mask=seen[:, None])


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
    placement: Placement, meaning: Meaning, spots: torch.Tensor, generator: torch.Generator, *, negatives: int = 96
) -> torch.Tensor:
    """InfoNCE in nats. spots: (B, S, 2), the true arrangements.

    The batch shares its uniform arrangements, so that their bases are evaluated once.
    """
    batch, slots, _ = spots.shape
    others = uniform_spots((1, negatives, slots), generator)
    scores = torch.cat((placement(meaning, spots[:, None]), placement(meaning, others)), 1)
    return F.cross_entropy(scores, scores.new_zeros(batch, dtype=torch.long))
