"""The painter: a U-Net that reads words, a layout map and a camera, any of which may be absent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import nn

from core.networks.blocks import TimeEmbedding, WordLook
from core.networks.text_encoder import TextEncoder
from core.networks.unet import UNet, UNetConfig


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a batch is told, worked out as far as it can be without the noise.

    states: (B, T, text_width); mask: (B, T) as CrossAttention takes it, bool unless a word weighs other than 1;
    vector: (B, condition_width) of camera and pooled text;
    mapped: (B, C, h, w), the layout as the U-Net's `read_map` gives it (zeros where absent); None for a network that
    reads no layout.
    alone: (B,) bool, True where self-attention is put out; None is nowhere.
    grouping: (B, 1 + T, 1 + T), which word each of "nothing" and the tokens belongs to, a one in every row; None where
    each token is a word.
    """

    states: torch.Tensor
    mask: torch.Tensor
    vector: torch.Tensor
    mapped: torch.Tensor | None
    alone: torch.Tensor | None = None
    grouping: torch.Tensor | None = None

    @staticmethod
    def joined(parts: Sequence[Conditions]) -> Conditions:
        """One batch of several."""
        masks = [part.mask for part in parts]
        if any(mask.is_floating_point() for mask in masks):
            masks = [mask if mask.is_floating_point() else mask.float().log() for mask in masks]
        alone = None
        if any(part.alone is not None for part in parts):
            alone = torch.cat(
                [
                    part.mask.new_zeros(len(part.mask), dtype=torch.bool) if part.alone is None else part.alone
                    for part in parts
                ]
            )
        return Conditions(
            torch.cat([part.states for part in parts]),
            torch.cat(masks),
            torch.cat([part.vector for part in parts]),
            _all_or_none([part.mapped for part in parts]),
            alone,
            _all_or_none([part.grouping for part in parts]),
        )

    def put_out(self) -> Conditions:
        """The same with the network's self-attention put out."""
        return replace(self, alone=torch.ones(len(self.mask), dtype=torch.bool, device=self.mask.device))

    def by_word(self, look: WordLook) -> WordLook:
        """A look at tokens, shares (B, h, w, 1 + T), with the shares of one word's tokens added up."""
        if self.grouping is None:
            return look
        return replace(look, shares=torch.einsum("bhwt,btn->bhwn", look.shares, self.grouping))


def _all_or_none(tensors: Sequence[torch.Tensor | None]) -> torch.Tensor | None:
    there = [tensor for tensor in tensors if tensor is not None]
    assert len(there) in (0, len(tensors)), "conditions of one batch are of one kind"
    return torch.cat(there) if there else None


class Painter(nn.Module):
    """Noisy latents and conditions -> the network's output for the parameterization it was trained for.

    An absent text is all padding, an absent layout a map of zeros, an absent camera a vector of zeros.
    """

    def __init__(self, config: UNetConfig, vocabulary: int, camera_channels: int, text_layers: int = 2) -> None:
        super().__init__()
        width = config.condition_width
        self.config = config
        self.text = TextEncoder(vocabulary, config.text_width, text_layers)
        self.time = TimeEmbedding(width)
        self.camera = nn.Linear(camera_channels, width)
        self.pooled = nn.Linear(config.text_width, width)
        self.unet = UNet(config)

    def forward(
        self, x: torch.Tensor, t: torch.Tensor, tokens: torch.Tensor, camera: torch.Tensor, layout: torch.Tensor
    ) -> torch.Tensor:
        """x: (B, C, h, w); t: (B,) in [0, 1], 1 is noise; the rest as in `conditions` -> (B, C, h, w)."""
        return self.paint(x, t, self.conditions(tokens, camera, layout))

    def conditions(
        self,
        tokens: torch.Tensor,
        camera: torch.Tensor,
        layout: torch.Tensor,
        weights: torch.Tensor | None = None,
    ) -> Conditions:
        """tokens: (B, T) int64; camera: (B, camera_channels);
        layout: (B, map_channels, map_factor * h, map_factor * w).

        weights: (B, T) above 0, how much each word counts; None where all count 1. A word of weight w is read as w
        copies of its state would be: its unnormalized attention is w times as large, and so is its part in the pooled
        text. Any weight so stays a mean of states that the network knows, where scaling the states would leave them.
        Source: after the attention re-weighting of Hertz et al. 2022 (arXiv:2208.01626, section 3.2), which scales
        the attention map after the softmax; here the softmax normalizes again.
        """
        states, mask, pooled = self.text(tokens)
        if weights is not None:
            count = mask.to(states.dtype) * weights
            pooled = (states * count[..., None]).sum(dim=1) / count.sum(dim=1, keepdim=True).clamp_min(1e-6)
            mask = count.log()
        vector = self.camera(camera) + self.pooled(pooled)
        return Conditions(states, mask, vector, self.unet.read_map(layout, vector))

    def paint(
        self, x: torch.Tensor, t: torch.Tensor, given: Conditions, looks: list[WordLook] | None = None
    ) -> torch.Tensor:
        """As `forward`, with the conditions worked out before. looks: as the U-Net's."""
        condition, text = self.time(t) + given.vector, (given.states, given.mask)
        return self.unet(x, condition, *text, mapped=given.mapped, alone=given.alone, looks=looks)
