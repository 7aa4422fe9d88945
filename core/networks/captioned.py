"""A network that draws what a caption says, in a style, at any size: MMDiT or DiT under one set of conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import nn

from core.errors import ModelError
from core.networks.blocks import TimeEmbedding, WordLook
from core.networks.dit import DiT, DiTConfig
from core.networks.mmdit import MMDiT, MMDiTConfig
from core.networks.painter import Conditions
from core.networks.tokens import line_places

Kind = Literal["mmdit", "dit"]
KINDS: tuple[str, ...] = get_args(Kind)
LONGEST_TEXT = 32
"""Tokens."""
PLACE_SIZE = 0.3
"""Of a place beside a state, whose numbers are about as large."""
USUAL_CELLS = 16.0
"""Cells a side of a latent whose size is told as 0."""


@dataclass(frozen=True, slots=True)
class CaptionedConfig:
    """network: which. channels: of the latents; styles: how many there are, besides none. The rest as the network's."""

    network: Kind = "mmdit"
    channels: int = 8
    styles: int = 4
    text_width: int = 384
    patch: int = 2
    width: int = 256
    depth: int = 6
    heads: int = 4
    condition_width: int = 256
    expand: int = 4
    mixing: bool = False

    def __post_init__(self) -> None:
        if self.network not in KINDS:
            raise ModelError(f"network {self.network!r} is not known; choose one of {', '.join(KINDS)}")
        if self.width % (4 * self.heads):
            raise ModelError(f"width {self.width} can't be shared by {self.heads} heads; give a multiple of 4 of them")


class CaptionedNetwork(nn.Module):
    """Noisy latents, time, text states, style and size -> the velocity.

    Time, style, size and the mean of the text's states add up to the vector that modulates the blocks: as the pooled
    text of Esser et al. 2024 (arXiv:2403.03206), figure 2, and the micro-conditions of Chen et al. 2023
    (arXiv:2310.00426), section 3.1 (resolution and aspect). To each token's state its place in the text is added, at
    first by sines and cosines: the states alone hardly know the order of words.
    """

    def __init__(self, config: CaptionedConfig) -> None:
        super().__init__()
        width = config.condition_width
        self.config = config
        self.time = TimeEmbedding(width)
        self.style = nn.Embedding(1 + config.styles, width)
        self.extent = nn.Linear(2, width)
        self.pooled = nn.Linear(config.text_width, width)
        self.place = nn.Parameter(PLACE_SIZE * line_places(LONGEST_TEXT, config.text_width)[None])
        self.network = _network(config)

    def forward(
        self, x: torch.Tensor, t: torch.Tensor, states: torch.Tensor, mask: torch.Tensor, style: torch.Tensor
    ) -> torch.Tensor:
        """x: (B, C, h, w); t: (B,) in [0, 1], 1 is noise; the rest as in `conditions` -> (B, C, h, w)."""
        return self.paint(x, t, self.conditions(states, mask, style))

    def conditions(
        self,
        states: torch.Tensor,
        mask: torch.Tensor,
        style: torch.Tensor,
        weights: torch.Tensor | None = None,
        grouping: torch.Tensor | None = None,
    ) -> Conditions:
        """states: (B, T, text_width), T at most LONGEST_TEXT; mask: (B, T) bool, True at tokens: none at all is no
        text. style: (B,) int64, 0 is none.

        weights: (B, T) above 0, how much each token counts; None where all count 1: as in `Painter.conditions`.
        grouping: see Conditions.
        """
        # What stands at padding must not matter, not even as a number times 0.
        states = states.masked_fill(~mask[..., None], 0.0)
        count = mask.to(states.dtype) if weights is None else mask.to(states.dtype) * weights
        pooled = (states * count[..., None]).sum(dim=1) / count.sum(dim=1, keepdim=True).clamp_min(1e-6)
        vector = self.pooled(pooled) + self.style(style)
        read = states + self.place[:, : states.shape[1]]
        return Conditions(read, mask if weights is None else count.log(), vector, None, None, grouping)

    def paint(
        self, x: torch.Tensor, t: torch.Tensor, given: Conditions, looks: list[WordLook] | None = None
    ) -> torch.Tensor:
        """As `forward`, with the conditions worked out before. looks: as the network's, words told apart."""
        own: list[WordLook] | None = None if looks is None else []
        extent = torch.tensor([x.shape[2:]], dtype=torch.float32, device=x.device)
        condition = self.time(t) + given.vector + self.extent((extent / USUAL_CELLS).log2())
        made = self.network(x, condition, given.states, given.mask, alone=given.alone, looks=own)
        if looks is not None and own is not None:
            looks.extend(given.by_word(look) for look in own)
        return made


def _network(config: CaptionedConfig) -> MMDiT | DiT:
    shape = {
        "in_channels": config.channels,
        "out_channels": config.channels,
        "text_width": config.text_width,
        "patch": config.patch,
        "width": config.width,
        "depth": config.depth,
        "heads": config.heads,
        "condition_width": config.condition_width,
        "expand": config.expand,
    }
    if config.network == "mmdit":
        return MMDiT(MMDiTConfig(**shape, mixing=config.mixing))
    return DiT(DiTConfig(**shape, mixing=config.mixing))
