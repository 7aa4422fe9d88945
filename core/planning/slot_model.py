"""A prefix language model from a caption's tokens to slots.

The caption attends to itself both ways and never to the slots; the slots attend to the caption and, causally, to one
another: the prefix-LM attention of Raffel et al. 2020 (arXiv:1910.10683), section 3.2.1. Positions are rotary
(Su et al. 2021, arXiv:2104.09864), since what an adjective belongs to is a matter of distance.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from core.planning.slots import END, FINISHES, FORMS
from core.worlds.tabletop.scene import MAX_ITEMS
from core.worlds.tabletop.words import MAX_TOKENS, PAD

THIRDS = 3
"""The camera's elevation and distance are planned as thirds of their ranges, low to high."""


@dataclass(frozen=True, slots=True)
class SlotModelConfig:
    """words: text vocabulary size."""

    words: int
    width: int = 128
    layers: int = 4
    heads: int = 4


@dataclass(frozen=True, slots=True)
class SlotLogits:
    """form: (B, S+1, FORMS+1), entry s for slot s. finish: (B, S, FINISHES). elevation, distance: (B, THIRDS).

    states: (B, S, width): the model's state after each slot was written; words: (B, L, width): after each word of the
    caption. Both are for the placement.
    """

    form: torch.Tensor
    finish: torch.Tensor
    elevation: torch.Tensor
    distance: torch.Tensor
    states: torch.Tensor
    words: torch.Tensor


class SlotModel(nn.Module):
    def __init__(self, config: SlotModelConfig) -> None:
        super().__init__()
        width = config.width
        self.config = config
        self.word = nn.Embedding(config.words, width)
        self.start = nn.Parameter(torch.zeros(width))
        self.form = nn.Embedding(FORMS + 1, width)
        self.finish = nn.Embedding(FINISHES, width)
        self.place = nn.Parameter(torch.zeros(1 + 2 * MAX_ITEMS, width))
        self.blocks = nn.ModuleList(_Block(width, config.heads) for _ in range(config.layers))
        self.norm = nn.LayerNorm(width)
        self.to_form = nn.Linear(width, FORMS + 1)
        self.to_finish = nn.Linear(width, FINISHES)
        self.to_camera = nn.Linear(width, 2 * THIRDS)
        for table in (self.word, self.form, self.finish):
            nn.init.normal_(table.weight, std=0.5)
        for parameter in (self.start, self.place):
            nn.init.normal_(parameter, std=0.5)

    def forward(self, text: torch.Tensor, form: torch.Tensor, finish: torch.Tensor) -> SlotLogits:
        """text: (B, L) tokens, PAD at the end, L may be 0. form, finish: (B, S) slots so far, END past the last.

        Padded slots are computed and mean nothing.
        """
        batch, length = text.shape
        slots = form.shape[1]
        pairs = torch.stack((self.form(form), self.finish(finish)), 2).flatten(1, 2)
        written = torch.cat((self.start.expand(batch, 1, -1), pairs), 1) + self.place[: 1 + 2 * slots]
        x = torch.cat((self.word(text), written), 1)
        mask = _prefix_mask(text, 1 + 2 * slots)
        angles = _angles(length, 1 + 2 * slots, self.config.width // self.config.heads, x)
        for block in self.blocks:
            x = block(x, mask, angles)
        words, x = self.norm(x).split((length, 1 + 2 * slots), 1)
        camera = self.to_camera(x[:, 0])
        return SlotLogits(
            form=self.to_form(x[:, 0::2]),
            finish=self.to_finish(x[:, 1::2]),
            elevation=camera[:, :THIRDS],
            distance=camera[:, THIRDS:],
            states=x[:, 2::2],
            words=words,
        )


class _Block(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm_attention = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm_mlp = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x: torch.Tensor, mask: torch.Tensor, angles: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        batch, length, width = x.shape
        split = self.qkv(self.norm_attention(x)).view(batch, length, 3, self.heads, width // self.heads)
        q, k, v = split.permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(_rotate(q, angles), _rotate(k, angles), v, attn_mask=mask)
        x = x + self.out(attended.transpose(1, 2).reshape(batch, length, width))
        return x + self.down(F.gelu(self.up(self.norm_mlp(x))))


def _prefix_mask(text: torch.Tensor, written: int) -> torch.Tensor:
    """(B, 1, N, N) bool, N = L + written: who (row) may look at whom (column)."""
    batch, length = text.shape
    total = length + written
    mask = torch.ones(total, total, dtype=torch.bool, device=text.device).tril(0)
    mask[:length, :length] = True
    mask = mask.expand(batch, 1, total, total).clone()
    mask[:, :, :, :length] &= (text != PAD)[:, None, None, :]
    # A padded row that may look at nothing would give NaN.
    diagonal = torch.arange(total, device=text.device)
    mask[:, :, diagonal, diagonal] = True
    return mask


def _angles(length: int, written: int, width: int, like: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(cos, sin) of the rotary angles, each (L + written, width/2); slots start after the longest caption."""
    places = torch.cat((torch.arange(length), MAX_TOKENS + torch.arange(written))).to(like)
    rates = 100.0 ** (-torch.arange(0, width, 2).to(like) / width)
    angles = places[:, None] * rates
    return angles.cos(), angles.sin()


def _rotate(x: torch.Tensor, angles: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    cos, sin = angles
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, a * sin + b * cos), -1)


def slot_loss(logits: SlotLogits, form: torch.Tensor, finish: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Cross-entropy in nats a token, of the forms (END included, once a sequence) and of the finishes.

    form, finish: (B, S); form is END from the first unused slot on.
    """
    batch = form.shape[0]
    target = torch.cat((form, form.new_full((batch, 1), END)), 1)
    used = target != END
    # Each sequence is scored up to and including its first END.
    scored = torch.cat((torch.ones_like(used[:, :1]), used[:, :-1]), 1)
    # With every slot in use there is nothing to decide: END is the only choice.
    scored[:, MAX_ITEMS:] = False
    of_form = F.cross_entropy(logits.form[scored], target[scored])
    return of_form, F.cross_entropy(logits.finish[used[:, :-1]], finish[used[:, :-1]])
