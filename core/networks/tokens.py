"""What transformers over a latent's patches share: patches in and out, places, and a feed-forward that looks about."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from core.networks.blocks import Modulation, zeroed

LONGEST = 100.0
"""The ratio of the longest wavelength of the places to the shortest."""


class FeedForward(nn.Module):
    """Two layers with GELU between; `mixing`: cells beside each other mix in the inner width, nothing at first.

    tokens: (B, rows * columns, width) -> the same shape.
    Source of the mixing: Xie et al. 2024 (arXiv:2410.10629, SANA), section 2.2, Mix-FFN, here without its gate.
    """

    def __init__(self, width: int, expand: int = 4, *, mixing: bool = False) -> None:
        super().__init__()
        inner = expand * width
        self.first = nn.Linear(width, inner)
        self.mix = zeroed(nn.Conv2d(inner, inner, 3, padding=1, groups=inner)) if mixing else None
        self.second = nn.Linear(inner, width)

    def forward(self, tokens: torch.Tensor, cells: tuple[int, int]) -> torch.Tensor:
        """cells: (rows, columns) of the tokens."""
        inner = self.first(tokens)
        if self.mix is not None:
            # (B, L, C) is channels_last in memory: the convolution reads it as it lies
            laid_out = inner.transpose(1, 2).reshape(len(inner), -1, *cells)
            inner = inner + self.mix(laid_out).flatten(2).transpose(1, 2)
        return self.second(F.gelu(inner, approximate="tanh"))


class LastLayer(nn.Module):
    """Tokens -> patches, modulated by the condition; zero at first.

    Source: Peebles & Xie 2023 (arXiv:2212.09748), section 3.2, transformer decoder.
    """

    def __init__(self, width: int, condition_width: int, out_channels: int, patch: int) -> None:
        super().__init__()
        self.modulation = Modulation(condition_width, width, 2)
        self.out = zeroed(nn.Linear(width, out_channels * patch**2))
        self.patch = patch

    def forward(self, tokens: torch.Tensor, condition: torch.Tensor, cells: tuple[int, int]) -> torch.Tensor:
        """(B, rows * columns, width) -> (B, out_channels, patch * rows, patch * columns)."""
        shift, scale = (value[:, None, :] for value in self.modulation(condition))
        tokens = self.out(normed(tokens, shift, scale))
        return F.pixel_shuffle(tokens.transpose(1, 2).reshape(len(tokens), -1, *cells), self.patch)


def normed(tokens: torch.Tensor, shift: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Layer norm without weights of its own, shifted and scaled."""
    return F.layer_norm(tokens, tokens.shape[-1:], eps=1e-6) * (1.0 + scale) + shift


def places(rows: int, columns: int, width: int, device: torch.device) -> torch.Tensor:
    """(rows * columns, width) float32: half the channels tell the row, half the column, counted from the middle.

    So a picture that is made wider keeps its middle where it was.
    Source: Vaswani et al. 2017 (arXiv:1706.03762), section 3.5, once for each axis. width: a multiple of 4.
    """
    assert width % 4 == 0, f"width {width} is not a multiple of 4"
    frequencies = LONGEST ** (-torch.arange(width // 4, device=device, dtype=torch.float32) / (width // 4))
    row = _from_middle(rows, device)[:, None] * frequencies
    column = _from_middle(columns, device)[:, None] * frequencies
    by_row = torch.cat([row.sin(), row.cos()], dim=1)[:, None, :].expand(-1, columns, -1)
    by_column = torch.cat([column.sin(), column.cos()], dim=1)[None, :, :].expand(rows, -1, -1)
    return torch.cat([by_row, by_column], dim=2).flatten(0, 1)


def line_places(count: int, width: int) -> torch.Tensor:
    """(count, width) float32: the number of each, from 0. Source: as `places`. width: even."""
    frequencies = LONGEST ** (-torch.arange(width // 2, dtype=torch.float32) / (width // 2))
    angles = torch.arange(count, dtype=torch.float32)[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def _from_middle(count: int, device: torch.device) -> torch.Tensor:
    return torch.arange(count, device=device, dtype=torch.float32) - 0.5 * (count - 1)
