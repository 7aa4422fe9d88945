"""Denoising losses: which noise to train at, what to ask for there, and how much it counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from core.diffusion.level_batch import LevelBatch, levels_at, noised
from core.diffusion.parameterization import SIGMA_DATA, Parameterization, target
from core.diffusion.schedule import NoiseSchedule

LEAST = 1e-6
"""alpha and sigma are held above this where a weight divides by them; each weight has a finite limit there."""


@dataclass(frozen=True, slots=True)
class UniformTime:
    """t uniform in [0, 1]."""


@dataclass(frozen=True, slots=True)
class LogitNormalTime:
    """t = sigmoid(mean + deviation * n), n standard normal: the middle of the path more often than its ends.

    Source: Esser et al. 2024 (arXiv:2403.03206), eq. 19.
    """

    mean: float = 0.0
    deviation: float = 1.0


@dataclass(frozen=True, slots=True)
class LogNormalSigma:
    """log(sigma / alpha) = mean + deviation * n, n standard normal, held within the schedule.

    Source: Karras et al. 2022 (arXiv:2206.00364), table 1 (P_mean, P_std).
    """

    mean: float = -1.2
    deviation: float = 1.2


TimeSampling = UniformTime | LogitNormalTime | LogNormalSigma


@dataclass(frozen=True, slots=True)
class UniformWeight:
    """The squared error of the network's output counts as it is, at every noise."""


@dataclass(frozen=True, slots=True)
class MinSnrWeight:
    """The squared error of the *clean* guess counts min(SNR, gamma) times, whatever the network puts out.

    Source: Hang et al. 2023 (arXiv:2303.09556), eq. 9 and its forms for eps and v, carried over to any alpha and sigma.
    """

    gamma: float = 5.0


Weighting = UniformWeight | MinSnrWeight

NoisyNetwork = Callable[[Tensor, LevelBatch], Tensor]
"""(x, levels) -> the network's raw output, shaped as x."""


def draw_levels(
    sampling: TimeSampling, schedule: NoiseSchedule, batch: int, dims: int, generator: torch.Generator
) -> LevelBatch:
    """A level for each of `batch` items of `dims` dimensions, on the generator's device."""
    device = generator.device
    match sampling:
        case UniformTime():
            return levels_at(schedule, torch.rand(batch, generator=generator, device=device), dims)
        case LogitNormalTime(mean, deviation):
            normal = torch.randn(batch, generator=generator, device=device)
            return levels_at(schedule, torch.sigmoid(mean + deviation * normal), dims)
        case LogNormalSigma(mean, deviation):
            ratios = torch.exp(mean + deviation * torch.randn(batch, generator=generator, device=device).double())
            held = cast("list[float]", ratios.clamp(max=schedule.largest_ratio).tolist())
            times = torch.tensor([schedule.at_ratio(ratio).t for ratio in held], dtype=torch.float64, device=device)
            return levels_at(schedule, times, dims)


def loss_weight(weighting: Weighting, kind: Parameterization, level: LevelBatch) -> Tensor:
    """(B,): how much the squared error of an output of that kind counts at each item's level."""
    alpha = level.alpha.flatten().clamp_min(LEAST)
    sigma = level.sigma.flatten().clamp_min(LEAST)
    match weighting:
        case UniformWeight():
            return torch.ones_like(alpha)
        case MinSnrWeight(gamma):
            # an error d of the output is one of sigma * slope * d of the clean guess
            slope = _slope(kind, alpha, sigma)
            return torch.minimum(alpha.square(), gamma * sigma.square()) * slope.square()


def denoising_loss(
    network: NoisyNetwork,
    x0: Tensor,
    schedule: NoiseSchedule,
    kind: Parameterization,
    generator: torch.Generator,
    *,
    sampling: TimeSampling | None = None,
    weighting: Weighting | None = None,
) -> Tensor:
    """(B,): each item's weighted mean square error at a noise of its own.

    x0: (B, *shape) clean, on the generator's device. kind: what the network puts out. Without `sampling` times are
    uniform; without `weighting` the weight is.
    """
    level = draw_levels(sampling or UniformTime(), schedule, len(x0), x0.ndim - 1, generator)
    eps = torch.randn(x0.shape, generator=generator, device=x0.device)
    output = network(noised(x0, eps, level), level).float()
    error = (output - target(kind, x0, eps, level)).square().flatten(1).mean(dim=1)
    return error * loss_weight(weighting or UniformWeight(), kind, level)


def _slope(kind: Parameterization, alpha: Tensor, sigma: Tensor) -> Tensor:
    """|d x0 / d output| / sigma of `to_prediction`, at given x."""
    match kind:
        case Parameterization.EPS:
            return 1.0 / alpha
        case Parameterization.X0:
            return 1.0 / sigma
        case Parameterization.V:
            return 1.0 / (alpha.square() + sigma.square())
        case Parameterization.VELOCITY:
            return 1.0 / (alpha + sigma)
        case Parameterization.EDM:
            return SIGMA_DATA / (sigma.square() + (SIGMA_DATA * alpha).square()).sqrt()
