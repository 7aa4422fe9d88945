"""A small picture encoder beside a frozen text encoder: which caption fits which picture, and in which style it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from core.networks.detector import Residual

LARGEST_SCALE = 100.0
"""What logits are multiplied by at most, as in CLIP, section 2.5."""


@dataclass(frozen=True, slots=True)
class MatcherConfig:
    """size: pixels of the input, each way. text_width: of the text encoder's states. joint_width: of embeddings."""

    size: int = 64
    widths: tuple[int, int, int] = (64, 128, 224)
    text_width: int = 384
    joint_width: int = 192
    styles: int = 4


@dataclass(frozen=True, slots=True)
class Matched:
    """What a picture looks like. features: (B, F), of the trunk. embedding: (B, joint_width) of length 1."""

    features: torch.Tensor
    embedding: torch.Tensor


class Matcher(nn.Module):
    """Pictures and pooled text states in one space, by cosine.

    Source: Radford et al. 2021 (arXiv:2103.00020), section 2.3; the text side is a projection of an encoder that stays
    as it is.
    """

    def __init__(self, config: MatcherConfig) -> None:
        super().__init__()
        self.config = config
        near, middle, far = config.widths
        cells = config.size // 16
        self.stem = nn.Conv2d(48, near, 3, padding=1)
        self.near = Residual(near, near)
        self.shrink = nn.Conv2d(near, middle, 3, stride=2, padding=1)
        self.middle = Residual(middle, middle)
        self.shrink_again = nn.Conv2d(middle, far, 3, stride=2, padding=1)
        self.far = Residual(far, far)
        # where a part stands tells as much as that it is there: two weighings of the cells for each channel
        self.pool = nn.Parameter(torch.randn(2, far, cells, cells) / cells)
        self.norm = nn.LayerNorm(2 * far)
        self.embed = nn.Linear(2 * far, config.joint_width)
        self.style = nn.Sequential(
            nn.BatchNorm1d(4 * near + 2 * middle, affine=False),
            nn.Linear(4 * near + 2 * middle, 128),
            nn.SiLU(),
            nn.Linear(128, config.styles),
        )
        self.text = nn.Linear(config.text_width, config.joint_width)
        self.log_scale = nn.Parameter(torch.tensor(math.log(1.0 / 0.07)))

    def forward(self, image: torch.Tensor) -> Matched:
        """image: (B, 3, size, size) in [-1, 1], sRGB on white."""
        x = self.far(self.shrink_again(self._levels(image)[-1]))
        features = self.norm(torch.einsum("bchw,kchw->bkc", x, self.pool).flatten(1))
        return Matched(features, F.normalize(self.embed(features).float(), dim=1))

    def styles(self, image: torch.Tensor) -> torch.Tensor:
        """(B, styles) logits, by how strong and how varied each channel of the first levels is. image: as in forward.

        What is shown and where is lost on the way, and the levels themselves do not learn of it: a trunk that is to
        find one caption for a thing in all its styles learns to overlook them.
        Source: Huang & Belongie 2017 (arXiv:1703.06868), eq. 5: mean and deviation as a picture's style.
        """
        with torch.no_grad():
            levels = [level.float() for level in self._levels(image)]
        told = [value for level in levels for value in (level.mean(dim=(2, 3)), level.std(dim=(2, 3)))]
        return self.style(torch.cat(told, dim=1)).float()

    def _levels(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        stem = self.stem(F.pixel_unshuffle(image, 4))
        near = self.near(stem)
        return stem, near, self.middle(self.shrink(near))

    def embed_texts(self, pooled: torch.Tensor) -> torch.Tensor:
        """pooled: (B, text_width), the mean of each text's states -> (B, joint_width) of length 1."""
        return F.normalize(self.text(pooled).float(), dim=1)

    @property
    def scale(self) -> torch.Tensor:
        """What cosines are multiplied by to be logits."""
        return self.log_scale.exp().clamp_max(LARGEST_SCALE)
