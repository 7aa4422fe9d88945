"""A run's path: the noisy state and the clean guess of each of its steps. No torch here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.artifacts.recipe import Environment
from core.diffusion.level import Level
from core.requests import ImageRequest


@dataclass(frozen=True, slots=True)
class RunHead:
    """What a job's steps belong to. environment: what they were made with."""

    job_id: str
    request: ImageRequest
    model_sha256: dict[str, str]
    environment: Environment

    def goes_on(self, earlier: RunHead) -> bool:
        """Whether a run goes on from the other's steps: all is the same but what no pixel depends on."""
        return self._deciding() == earlier._deciding()

    def _deciding(self) -> RunHead:
        request = replace(self.request, batch=None, keep_trajectory=False, device="auto")
        return replace(self, request=request)


@dataclass(frozen=True, slots=True)
class RunItem:
    """One picture of a run. prompt, negative_prompt: with their choices drawn."""

    index: int
    seed: int
    prompt: str
    negative_prompt: str
    layout: str | None


@dataclass(frozen=True, slots=True)
class RunBatch:
    """Pictures that are denoised together. levels: of the whole run, N + 1 for N steps."""

    items: tuple[RunItem, ...]
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class State:
    """One picture after a step, as exact as it was. x, x0: (*shape) float32, the noisy state and the clean guess.

    hashed: x's `state_hash`.
    """

    x: np.ndarray
    x0: np.ndarray
    hashed: str


@dataclass(frozen=True, slots=True)
class Glance:
    """One picture after a step, to look at. noisy: x at unit variance; clean: x0. (*shape), float16 or float32."""

    noisy: np.ndarray
    clean: np.ndarray


@dataclass(frozen=True, slots=True)
class TrajectoryInfo:
    """What is at hand of a job's steps.

    steps: how many of each picture, by its number in the job. sigma, log_snr: of the noisy state after each step of
    the whole run, the first step first; log_snr is inf where sigma is 0. exact: whether a run can go on from them.
    """

    job_id: str
    request: ImageRequest
    steps: dict[int, int]
    sigma: tuple[float, ...]
    log_snr: tuple[float, ...]
    exact: bool

    @property
    def total(self) -> int:
        """Steps of a whole run."""
        return len(self.sigma)

    @property
    def items(self) -> tuple[int, ...]:
        return tuple(sorted(self.steps))

    @property
    def done(self) -> int:
        """Steps of the picture that is furthest ahead."""
        return max(self.steps.values(), default=0)


def info_of(
    job_id: str, request: ImageRequest, levels: Sequence[Level], steps: Mapping[int, int], *, exact: bool
) -> TrajectoryInfo:
    """levels: N + 1 of N steps."""
    after = levels[1:]
    sigma, log_snr = tuple(level.sigma for level in after), tuple(level.log_snr for level in after)
    return TrajectoryInfo(job_id, request, dict(steps), sigma, log_snr, exact)


def spread(level: Level) -> float:
    """The standard deviation that a noisy state of unit data has there; 1 on variance-preserving schedules."""
    return math.hypot(level.alpha, level.sigma)
