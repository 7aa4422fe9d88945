"""A small detector: where objects stand in a picture, and what each is."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import nn


@dataclass(frozen=True, slots=True)
class DetectorConfig:
    """size: pixels of the input, each way. stride: pixels per cell of the output grid. classes: by attribute."""

    classes: dict[str, int] = field(default_factory=dict[str, int])
    size: int = 96
    stride: int = 4
    widths: tuple[int, int] = (48, 96)


@dataclass(frozen=True, slots=True)
class Detection:
    """For each cell of the grid, as if an object were centred there.

    heat: (B, 1, h, w) logits of that being so. attributes: (B, classes, h, w) logits by name.
    place: (B, 2, h, w) the object's (right, away) on the ground. features: (B, F) of the picture as a whole.
    """

    heat: torch.Tensor
    attributes: dict[str, torch.Tensor]
    place: torch.Tensor
    features: torch.Tensor


class Detector(nn.Module):
    """A two-level U-shaped network with one heat map of centres, after Zhou et al. 2019 (arXiv:1904.07850).

    Ground positions hang on the camera, which only the whole picture shows: a pooled vector is added to every cell.
    """

    def __init__(self, config: DetectorConfig) -> None:
        super().__init__()
        self.config = config
        near, far = config.widths
        self.stem = nn.Conv2d(3 * config.stride**2, near, 3, padding=1)
        self.near = Residual(near, near)
        self.shrink = nn.Conv2d(near, far, 3, stride=2, padding=1)
        self.far = nn.ModuleList([Residual(far, far), Residual(far, far)])
        self.whole = nn.Sequential(nn.Linear(2 * far, far), nn.SiLU(), nn.Linear(far, far))
        self.grow = nn.Conv2d(far, near, 1)
        self.join = Residual(2 * near, near)
        self.head = nn.Conv2d(near, 96, 3, padding=1)
        self.out = nn.Conv2d(96, 3 + sum(config.classes.values()), 1)
        with torch.no_grad():
            assert self.out.bias is not None
            self.out.bias.zero_()
            # few cells hold a centre: start there, or the empty ones drown the first steps
            self.out.bias[0] = -4.0

    def forward(self, image: torch.Tensor) -> Detection:
        """image: (B, 3, size, size) in [-1, 1], sRGB."""
        near = self.near(self.stem(F.pixel_unshuffle(image, self.config.stride)))
        far = self.far[0](self.shrink(near))
        features = torch.cat([far.mean(dim=(2, 3)), far.amax(dim=(2, 3))], dim=1)
        far = self.far[1](far + self.whole(features)[:, :, None, None])
        back = F.interpolate(self.grow(far), size=near.shape[2:], mode="bilinear", align_corners=False)
        cells = self.out(F.silu(self.head(self.join(torch.cat([back, near], dim=1)))))
        heat, place, *attributes = cells.split([1, 2, *self.config.classes.values()], dim=1)
        return Detection(heat, dict(zip(self.config.classes, attributes, strict=True)), place, features)


class Residual(nn.Module):
    """Two 3x3 convolutions with group norm, beside an identity or 1x1 path. (B, in, H, W) -> (B, out, H, W)."""

    def __init__(self, in_width: int, out_width: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(8, in_width)
        self.conv1 = nn.Conv2d(in_width, out_width, 3, padding=1)
        self.norm2 = nn.GroupNorm(8, out_width)
        self.conv2 = nn.Conv2d(out_width, out_width, 3, padding=1)
        self.shortcut = nn.Identity() if in_width == out_width else nn.Conv2d(in_width, out_width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        change = self.conv2(F.silu(self.norm2(self.conv1(F.silu(self.norm1(x))))))
        return self.shortcut(x) + change
