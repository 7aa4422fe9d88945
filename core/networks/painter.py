"""The painter: a U-Net that reads words, a layout map and a camera, any of which may be absent."""

from __future__ import annotations

import torch
from torch import nn

from core.networks.blocks import TimeEmbedding
from core.networks.text_encoder import TextEncoder
from core.networks.unet import UNet, UNetConfig


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
        self,
        x: torch.Tensor,
        t: torch.Tensor,
        tokens: torch.Tensor,
        camera: torch.Tensor,
        layout: torch.Tensor,
    ) -> torch.Tensor:
        """x: (B, C, h, w); t: (B,) in [0, 1], 1 is noise; tokens: (B, T) int64; camera: (B, camera_channels);
        layout: (B, map_channels, map_factor * h, map_factor * w) -> (B, C, h, w)."""
        states, mask, pooled = self.text(tokens)
        condition = self.time(t) + self.camera(camera) + self.pooled(pooled)
        return self.unet(x, condition, states, mask, layout)
