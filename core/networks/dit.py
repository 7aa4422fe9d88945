"""A diffusion transformer: the latent's patches as tokens, modulated by the condition."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from core.networks.blocks import TransformerBlock, zeroed


@dataclass(frozen=True, slots=True)
class DiTConfig:
    """patch: cells per token, each way. text_width: 0 reads no text. map_channels: 0 takes no map."""

    in_channels: int
    out_channels: int
    patch: int = 2
    width: int = 256
    depth: int = 8
    heads: int = 4
    condition_width: int = 256
    text_width: int = 0
    map_channels: int = 0


class DiT(nn.Module):
    """Source: Peebles & Xie 2023 (arXiv:2212.09748), DiT with adaLN-Zero; words by cross-attention.

    A fresh network says zero.
    """

    def __init__(self, config: DiTConfig) -> None:
        super().__init__()
        self.config = config
        self.stem = nn.Conv2d(config.in_channels, config.width, config.patch, stride=config.patch)
        self.map = (
            zeroed(nn.Conv2d(config.map_channels, config.width, config.patch, stride=config.patch))
            if config.map_channels
            else None
        )
        self.blocks = nn.ModuleList(
            [
                TransformerBlock(config.width, config.heads, config.condition_width, config.text_width)
                for _ in range(config.depth)
            ]
        )
        self.modulation = zeroed(nn.Linear(config.condition_width, 2 * config.width))
        self.out = zeroed(nn.Linear(config.width, config.out_channels * config.patch**2))

    def forward(
        self,
        x: torch.Tensor,
        condition: torch.Tensor,
        text: torch.Tensor | None = None,
        mask: torch.Tensor | None = None,
        map_features: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """x: (B, in_channels, H, W), H and W multiples of `patch` -> (B, out_channels, H, W).

        condition: (B, condition_width). text: (B, T, text_width); mask: (B, T) bool, True at words.
        map_features: (B, map_channels, H, W); None is no map.
        """
        h = self.stem(x)
        if self.map is not None and map_features is not None:
            h = h + self.map(map_features)
        rows, columns = h.shape[2:]
        tokens = h.flatten(2).transpose(1, 2) + grid_positions(rows, columns, self.config.width, x.device).to(h.dtype)
        for block in self.blocks:
            tokens = block(tokens, condition, text, mask)
        shift, scale = self.modulation(F.silu(condition))[:, None, :].chunk(2, dim=2)
        tokens = self.out(F.layer_norm(tokens, tokens.shape[-1:]) * (1.0 + scale) + shift)
        return F.pixel_shuffle(tokens.transpose(1, 2).unflatten(2, (rows, columns)), self.config.patch)


def grid_positions(rows: int, columns: int, width: int, device: torch.device) -> torch.Tensor:
    """(rows * columns, width) float32: half the channels tell the row, half the column, by sines and cosines.

    Source: Vaswani et al. 2017 (arXiv:1706.03762), section 3.5, once for each axis. width: a multiple of 4.
    """
    assert width % 4 == 0, f"width {width} is not a multiple of 4"
    frequencies = 10000.0 ** (-torch.arange(width // 4, device=device, dtype=torch.float32) / (width // 4))
    row = torch.arange(rows, device=device, dtype=torch.float32)[:, None] * frequencies
    column = torch.arange(columns, device=device, dtype=torch.float32)[:, None] * frequencies
    by_row = torch.cat([row.sin(), row.cos()], dim=1)[:, None, :].expand(-1, columns, -1)
    by_column = torch.cat([column.sin(), column.cos()], dim=1)[None, :, :].expand(rows, -1, -1)
    return torch.cat([by_row, by_column], dim=2).flatten(0, 1)
