"""A U-Net painter: noisy latents in; conditions as a vector, as words, and as a map of what stands where."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import nn

from core.networks.blocks import ResBlock, TransformerBlock, WordLook, zeroed


@dataclass(frozen=True, slots=True)
class UNetConfig:
    """The shape of a U-Net. Levels count from 0, the input's resolution; each next one has half of it.

    widths, blocks: channels and residual blocks of each level, down and up alike.
    attention_levels: where self-attention and an MLP follow each residual block; text_levels: where words are read
    there too, so a part of attention_levels. text_width: 0 reads no text. map_channels: 0 takes no map.
    map_factor: how many times finer the map is than the input, each way.
    input_gain: the output is h + g * x with both h and g the network's, so that what the conditions foretell can be
    told from the noise without carrying the noise through the trunk.
    guess_width: channels in which a guess at the output is drawn from the map and the view alone, at the map's own
    resolution; the output then has another such term, the guess times a gain of the network's. 0 draws none.
    """

    in_channels: int
    out_channels: int
    map_channels: int = 0
    map_factor: int = 1
    widths: tuple[int, ...] = (64, 128)
    blocks: tuple[int, ...] = (2, 1)
    heads: int = 4
    condition_width: int = 192
    text_width: int = 128
    attention_levels: tuple[int, ...] = (1,)
    text_levels: tuple[int, ...] = (1,)
    input_gain: bool = False
    guess_width: int = 0

    def __post_init__(self) -> None:
        assert len(self.widths) == len(self.blocks), f"widths {self.widths} and blocks {self.blocks} differ in number"
        assert self.map_channels or not self.guess_width, "a guess is drawn from a map; give map_channels"
        assert not self.input_gain or self.in_channels == self.out_channels, "a gain needs as many channels out as in"
        assert set(self.text_levels) <= set(self.attention_levels), "text is read at attention levels only"


class UNet(nn.Module):
    """Source: Ronneberger et al. 2015 (arXiv:1505.04597); its blocks are modulated as in adaLN-Zero.

    The map enters by addition after the first convolution, through a projection that starts at zero, and so does the
    output's convolution: a fresh network says zero.
    """

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        self.stem = nn.Conv2d(config.in_channels, widths[0], 3, padding=1)
        self.map = _MapProjection(config.map_channels, widths[0], config.map_factor) if config.map_channels else None
        self.guess = MapGuess(config) if config.guess_width else None
        self.down = nn.ModuleList([_Stage(config, level, widths[level], "down") for level in range(len(widths))])
        self.shrink = nn.ModuleList([nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in _pairs(widths)])
        self.up = nn.ModuleList(
            [_Stage(config, level, 2 * widths[level], "up") for level in reversed(range(len(widths)))]
        )
        self.grow = nn.ModuleList([nn.Conv2d(b, a, 3, padding=1) for a, b in reversed(_pairs(widths))])
        self.norm = nn.GroupNorm(8, widths[0])
        terms = 1 + int(config.input_gain) + int(bool(config.guess_width))
        self.out = zeroed(nn.Conv2d(widths[0], config.out_channels * terms, 3, padding=1))

    def forward(
        self,
        x: torch.Tensor,
        condition: torch.Tensor,
        text: torch.Tensor | None = None,
        mask: torch.Tensor | None = None,
        map_features: torch.Tensor | None = None,
        *,
        mapped: torch.Tensor | None = None,
        alone: torch.Tensor | None = None,
        looks: list[WordLook] | None = None,
    ) -> torch.Tensor:
        """x: (B, in_channels, H, W), any H and W -> (B, out_channels, H, W).

        condition: (B, condition_width), time and the rest. text: (B, T, text_width); mask: (B, T) bool, True at
        words. map_features: (B, map_channels, map_factor * H, map_factor * W); None is no map at all.
        The whole condition is then the view that the map is read in. mapped: in its place, what `read_map` made of a
        map in a view without the time, which holds for a whole run.
        alone: (B,) bool, True for an item whose self-attention is put out.
        looks: where each layer that reads words is to put what it read, in order; None looks at nothing.
        """
        h = self.stem(x)
        if map_features is not None:
            mapped = self.read_map(map_features, condition)
        guess = None
        if mapped is not None:
            width = h.shape[1]
            h, guess = h + mapped[:, :width], mapped[:, width:]
        skips: list[torch.Tensor] = []
        for level, stage in enumerate(self.down):
            h = stage(h, condition, text, mask, alone, looks)
            skips.append(h)
            if level < len(self.shrink):
                h = self.shrink[level](h)
        for place, stage in enumerate(self.up):
            skip = skips.pop()
            if place:
                h = self.grow[place - 1](F.interpolate(h, size=skip.shape[2:], mode="nearest"))
            h = stage(torch.cat([h, skip], dim=1), condition, text, mask, alone, looks)
        out, *gains = self.out(F.silu(self.norm(h))).split(self.config.out_channels, dim=1)
        if self.config.input_gain:
            out = torch.addcmul(out, gains[0], x)
        if self.guess is not None and guess is not None:
            out = torch.addcmul(out, gains[-1], guess)
        return out

    def read_map(self, map_features: torch.Tensor, view: torch.Tensor) -> torch.Tensor:
        """The map at the input's resolution, (B, widths[0], H, W), and where there is one the guess, (B, out_channels,
        H, W), joined: neither changes with the noise.

        view: (B, condition_width), all of the condition but the time.
        """
        assert self.map is not None, "this network takes no map; give map_channels"
        coarse = self.map(map_features)
        return coarse if self.guess is None else torch.cat([coarse, self.guess(map_features, view)], dim=1)

    def guess_of(self, mapped: torch.Tensor) -> torch.Tensor:
        """The guess in what `read_map` gave, (B, out_channels, H, W)."""
        return mapped[:, self.config.widths[0] :]


class _Stage(nn.Module):
    """The blocks of one level, one way: "down" or "up"."""

    def __init__(self, config: UNetConfig, level: int, in_width: int, way: str) -> None:
        super().__init__()
        self.name = f"{way} {level + 1}"
        width = config.widths[level]
        text_width = config.text_width if level in config.text_levels else 0
        self.blocks = nn.ModuleList()
        self.attention = nn.ModuleList()
        for place in range(config.blocks[level]):
            self.blocks.append(ResBlock(width if place else in_width, width, config.condition_width))
            if level in config.attention_levels:
                self.attention.append(TransformerBlock(width, config.heads, config.condition_width, text_width))

    def forward(
        self,
        h: torch.Tensor,
        condition: torch.Tensor,
        text: torch.Tensor | None,
        mask: torch.Tensor | None,
        alone: torch.Tensor | None,
        looks: list[WordLook] | None,
    ) -> torch.Tensor:
        for place, block in enumerate(self.blocks):
            h = block(h, condition)
            if len(self.attention):
                tokens = h.flatten(2).transpose(1, 2)
                own: list[WordLook] | None = None if looks is None else []
                tokens = self.attention[place](tokens, condition, text, mask, alone, own)
                h = tokens.transpose(1, 2).unflatten(2, h.shape[2:])
                if looks is not None and own:
                    shares = own[0].shares
                    laid_out = shares.reshape(len(shares), *h.shape[2:], shares.shape[2])
                    looks.append(replace(own[0], shares=laid_out, layer=f"{self.name}, block {place + 1}"))
        return h


class _MapProjection(nn.Module):
    """Map features -> the stem's width and resolution; zero at first."""

    def __init__(self, channels: int, width: int, factor: int) -> None:
        super().__init__()
        # factor 1: 3x3; factor f: windows of 2f - 1, so that every cell of the map is seen
        reach = max(factor - 1, 1)
        self.gather = nn.Conv2d(channels, width, 2 * reach + 1, stride=factor, padding=reach)
        self.out = zeroed(nn.Conv2d(width, width, 3, padding=1))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.out(F.silu(self.gather(features)))


class MapGuess(nn.Module):
    """What the output would look like by the map and the view alone: blocks at the map's resolution, then coarser."""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        fine, coarse = config.guess_width, 3 * config.guess_width
        view = config.condition_width
        self.first = nn.Conv2d(config.map_channels, fine, 3, padding=1)
        self.fine = nn.ModuleList([ResBlock(fine, fine, view) for _ in range(2)])
        self.gather = nn.Conv2d(fine, coarse, config.map_factor, stride=config.map_factor)
        self.coarse = ResBlock(coarse, coarse, view)
        self.out = nn.Conv2d(coarse, config.out_channels, 3, padding=1)

    def forward(self, features: torch.Tensor, view: torch.Tensor) -> torch.Tensor:
        """features: (B, map_channels, map_factor * H, map_factor * W), view: (B, condition_width)
        -> (B, out_channels, H, W)."""
        h = self.first(features)
        for block in self.fine:
            h = block(h, view)
        return self.out(F.silu(self.coarse(self.gather(F.silu(h)), view)))


def _pairs(widths: tuple[int, ...]) -> list[tuple[int, int]]:
    return list(itertools.pairwise(widths))
