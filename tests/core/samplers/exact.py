"""Exact models and scripted noise for the proofs of samplers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.diffusion.denoiser import Denoiser, NetworkDenoiser
from core.diffusion.level import Level
from core.diffusion.mixture import GaussianMixture
from core.diffusion.parameterization import Parameterization, from_prediction
from core.diffusion.schedule import NoiseSchedule
from core.diffusion.time_grid import TimeGrid
from core.samplers.step import Step

OF_ITS_TIME = ("tcd",)
"""Where these land is said in the schedule's own t, so that another schedule is another way."""


def mixture(dtype: torch.dtype = torch.float64) -> GaussianMixture:
    """Three components in the plane."""
    return GaussianMixture(
        torch.tensor([0.3, 0.5, 0.2], dtype=dtype),
        torch.tensor([[1.0, 0.5], [-1.0, 0.2], [0.3, -1.2]], dtype=dtype),
        torch.tensor([0.3, 0.5, 0.4], dtype=dtype),
    )


def through_network(denoiser: Denoiser, kind: Parameterization) -> NetworkDenoiser:
    """The same model as if a network put out `kind`."""
    return NetworkDenoiser(lambda x, level: from_prediction(kind, denoiser(x, level), level), kind)


def noise_rows(seed: int, shape: Sequence[int]) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@dataclass(frozen=True, slots=True)
class SeededNoise:
    """float64 draws for each step, whatever the levels."""

    shape: tuple[int, ...]

    def draw(self, stream: str, key: int) -> Tensor:
        return noise_rows(1000 * len(stream) + key, self.shape)

    def between(self, a: Level, b: Level) -> Tensor:
        raise AssertionError(f"no path between {a} and {b} was asked for")


def ramp(schedule: NoiseSchedule, steps: int, top: float, bottom: float) -> TimeGrid:
    """Levels from one ratio to another, neither of them an end of the schedule."""
    high, low = top ** (1 / 7), bottom ** (1 / 7)
    return [schedule.at_ratio((high + (low - high) * i / steps) ** 7) for i in range(steps + 1)]


def last(steps: Iterator[Step]) -> Step:
    """Run to the end."""
    *_, step = steps
    return step
