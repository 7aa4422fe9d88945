"""A diffusion transformer: the latent's patches as tokens, modulated by the condition, reading words beside."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from core.networks.blocks import CrossAttention, Modulation, SelfAttention, WordLook, zeroed
from core.networks.tokens import FeedForward, LastLayer, normed, places


@dataclass(frozen=True, slots=True)
class DiTConfig:
    """patch: cells per token, each way. text_width: 0 reads no text. map_channels: 0 takes no map.

    expand: the feed-forward's inner width in widths. mixing: see FeedForward.
    """

    in_channels: int
    out_channels: int
    patch: int = 2
    width: int = 256
    depth: int = 8
    heads: int = 4
    condition_width: int = 256
    text_width: int = 0
    map_channels: int = 0
    expand: int = 4
    mixing: bool = False


class DiT(nn.Module):
    """A fresh network says zero.

    Source: Peebles & Xie 2023 (arXiv:2212.09748), DiT; Chen et al. 2023 (arXiv:2310.00426, PixArt-alpha), section 2.3:
    words by cross-attention, and one modulation for all blocks (adaLN-single), to which each adds numbers of its own.
    """

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        width = config.width
        self.config = config
        self.stem = nn.Conv2d(config.in_channels, width, config.patch, stride=config.patch)
        self.map = (
            zeroed(nn.Conv2d(config.map_channels, width, config.patch, stride=config.patch))
            if config.map_channels
            else None
        )
        # PixArt: text states pass two layers before any block reads them.
        self.words = (
            nn.Sequential(nn.Linear(config.text_width, width), nn.GELU(approximate="tanh"), nn.Linear(width, width))
            if config.text_width
            else None
        )
        self.modulation = Modulation(config.condition_width, width, 6)
        self.blocks = nn.ModuleList([SingleBlock(config) for _ in range(config.depth)])
        self.last = LastLayer(width, config.condition_width, config.out_channels, config.patch)

    def forward(
        self,
        x: torch.Tensor,
        condition: torch.Tensor,
        text: torch.Tensor | None = None,
        mask: torch.Tensor | None = None,
        map_features: torch.Tensor | None = None,
        alone: torch.Tensor | None = None,
        looks: list[WordLook] | None = None,
    ) -> torch.Tensor:
        """x: (B, in_channels, H, W), H and W multiples of `patch` -> (B, out_channels, H, W).

        condition: (B, condition_width). text: (B, T, text_width); mask: (B, T) as CrossAttention takes it.
        map_features: (B, map_channels, H, W); None is no map. alone: as in SelfAttention.
        looks: where each block is to put what it read of the words; None looks at nothing.
        """
        h = self.stem(x)
        if self.map is not None and map_features is not None:
            h = h + self.map(map_features)
        cells = (h.shape[2], h.shape[3])
        tokens = h.flatten(2).transpose(1, 2)
        tokens = tokens + places(*cells, self.config.width, x.device).to(h.dtype)
        words = None if self.words is None else self.words(text)
        shared = torch.stack(self.modulation(condition), dim=1)
        for number, block in enumerate(self.blocks, 1):
            own: list[WordLook] | None = None if looks is None else []
            tokens = block(tokens, shared, cells, words, mask, alone, own)
            if looks is not None and own:
                looks.append(WordLook(own[0].shares.reshape(len(x), *cells, -1), own[0].stir, f"block {number}"))
        return self.last(tokens, condition, cells)


class SingleBlock(nn.Module):
    """Self-attention, attention to words as they are read, and a feed-forward.

    Source: Chen et al. 2023 (arXiv:2310.00426), figure 4; the table of each block's own is E(i) of section 2.3.
    """

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        width = config.width
        self.attention = SelfAttention(width, config.heads)
        self.text = CrossAttention(width, width, config.heads) if config.text_width else None
        if self.text is not None:
            zeroed(self.text.out)
        self.feed = FeedForward(width, config.expand, mixing=config.mixing)
        self.table = nn.Parameter(torch.zeros(6, width))

    def forward(
        self,
        tokens: torch.Tensor,
        shared: torch.Tensor,
        cells: tuple[int, int],
        words: torch.Tensor | None = None,
        mask: torch.Tensor | None = None,
        alone: torch.Tensor | None = None,
        looks: list[WordLook] | None = None,
    ) -> torch.Tensor:
        """tokens: (B, L, width); shared: (B, 6, width), shift, scale and gate of the attention, then of the
        feed-forward; cells: (rows, columns) of the tokens."""
        shift, scale, gate, last_shift, last_scale, last_gate = (self.table + shared)[:, :, None].unbind(dim=1)
        tokens = tokens + gate * self.attention(normed(tokens, shift, scale), alone=alone)
        if self.text is not None:
            assert words is not None, "this block reads text; pass states and mask"
            assert mask is not None, "this block reads text; pass states and mask"
            shares: list[torch.Tensor] | None = None if looks is None else []
            told = self.text(tokens, words, mask, shares)
            if looks is not None and shares:
                stir = (told.square().mean(dim=(1, 2)) / tokens.square().mean(dim=(1, 2))).sqrt()
                looks.append(WordLook(shares[0], stir))
            tokens = tokens + told
        return tokens + last_gate * self.feed(normed(tokens, last_shift, last_scale), cells)
