"""A level for each item of a batch, as training needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from core.diffusion.schedule import NoiseSchedule


@dataclass(frozen=True, slots=True)
class LevelBatch:
    """Stands wherever a Level does in `parameterization`.

    t: (B,) float32. alpha, sigma: (B, 1, ...) float32, shaped to spread over items.
    """

    t: Tensor
    alpha: Tensor
    sigma: Tensor


def levels_at(schedule: NoiseSchedule, t: Tensor, dims: int) -> LevelBatch:
    """The schedule's level at each time, for items of `dims` dimensions (3 for C, H, W).

    t: (B,) in [0, 1]. Coefficients are found in float64, so no schedule loses digits near t = 0.
    """
    times = cast("list[float]", t.tolist())
    levels = [schedule.at_time(time) for time in times]
    shape = (-1, *(1,) * dims)
    alpha = torch.tensor([level.alpha for level in levels], dtype=torch.float32, device=t.device)
    sigma = torch.tensor([level.sigma for level in levels], dtype=torch.float32, device=t.device)
    return LevelBatch(t.float(), alpha.reshape(shape), sigma.reshape(shape))


def noised(x0: Tensor, eps: Tensor, level: LevelBatch) -> Tensor:
    """alpha * x0 + sigma * eps, item by item. x0, eps: (B, *shape)."""
    return level.alpha * x0 + level.sigma * eps
