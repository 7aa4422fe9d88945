"""A small transformer over word tokens."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from core.networks.blocks import SelfAttention


class TextEncoder(nn.Module):
    """Word tokens -> one state a word, and one for the whole text. Token 0 is padding; an empty text is allowed."""

    def __init__(self, vocabulary: int, width: int = 128, layers: int = 2, heads: int = 4, length: int = 32) -> None:
        super().__init__()
        self.width = width
        self.words = nn.Embedding(vocabulary, width)
        self.places = nn.Parameter(torch.randn(length, width) * 0.02)
        self.layers = nn.ModuleList([_Layer(width, heads) for _ in range(layers)])
        self.norm = nn.LayerNorm(width)
        nn.init.normal_(self.words.weight, std=0.5)

    def forward(self, tokens: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """tokens: (B, T) int64 -> states (B, T, width), mask (B, T) bool (True at words), pooled (B, width)."""
        mask = tokens != 0
        # an empty text looks at its first padding, else its softmax would have nothing to sum
        seen = mask.clone()
        seen[:, 0] = True
        states = self.words(tokens) + self.places[: tokens.shape[1]]
        for layer in self.layers:
            states = layer(states, seen)
        states = self.norm(states)
        weight = mask.to(states.dtype)[..., None]
        pooled = (states * weight).sum(dim=1) / weight.sum(dim=1).clamp_min(1.0)
        return states, mask, pooled


class _Layer(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = SelfAttention(width, heads)
        self.grow, self.shrink = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, states: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        states = states + self.attention(self.norm1(states), seen)
        return states + self.shrink(F.gelu(self.grow(self.norm2(states))))
