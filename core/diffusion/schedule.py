"""Noise schedules: from a time in [0, 1], or from sigma / alpha, to a Level. No torch here.

t = 1 is noise and t = 0 is data for all of them. (Lipman et al. run the flow's time the other way.)
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from core.diffusion.level import Level
from core.errors import NoisetteError


class ScheduleError(NoisetteError):
    """A schedule has no such name, time or noise."""


class NoiseSchedule(Protocol):
    """How noise grows with time.

    name: what `schedule_named` knows it by.
    largest_ratio: sigma / alpha at t = 1; inf where the schedule ends in pure noise.
    smallest_ratio: the least sigma / alpha worth a network evaluation; grids step from there to clean data.
    """

    @property
    def name(self) -> str: ...

    @property
    def largest_ratio(self) -> float: ...

    @property
    def smallest_ratio(self) -> float: ...

    def at_time(self, t: float) -> Level:
        """The level at t. Raises ScheduleError outside [0, 1]."""
        ...

    def at_ratio(self, ratio: float) -> Level:
        """The level with that sigma / alpha. Raises ScheduleError below 0 or above `largest_ratio`."""
        ...


@dataclass(frozen=True, slots=True)
class VpLinear:
    """Variance preserving, beta rising linearly in continuous time.

    Source: Song et al. 2021 (arXiv:2011.13456), eq. 33, the limit of DDPM's thousand betas.
    """

    name: str = "vp_linear"
    beta_start: float = 0.1
    beta_end: float = 20.0

    @property
    def largest_ratio(self) -> float:
        return self.at_time(1.0).ratio

    @property
    def smallest_ratio(self) -> float:
        return self.at_time(1e-3).ratio

    def at_time(self, t: float) -> Level:
        _check_time(self.name, t)
        log_alpha = -0.25 * t * t * (self.beta_end - self.beta_start) - 0.5 * t * self.beta_start
        return Level(t, math.exp(log_alpha), math.sqrt(-math.expm1(2.0 * log_alpha)))

    def at_ratio(self, ratio: float) -> Level:
        _check_ratio(self, ratio)
        slope = self.beta_end - self.beta_start
        lost = math.log1p(ratio * ratio)
        t = 2.0 * lost / (self.beta_start + math.sqrt(self.beta_start**2 + 2.0 * slope * lost))
        return _variance_preserving(min(t, 1.0), ratio)


@dataclass(frozen=True, slots=True)
class VpCosine:
    """Variance preserving, alpha a quarter of a cosine; ends in pure noise.

    Source: Nichol and Dhariwal 2021 (arXiv:2102.09672), eq. 17, without their clipping of beta.
    """

    name: str = "vp_cosine"
    offset: float = 0.008

    @property
    def largest_ratio(self) -> float:
        return math.inf

    @property
    def smallest_ratio(self) -> float:
        return self.at_time(1e-3).ratio

    def at_time(self, t: float) -> Level:
        _check_time(self.name, t)
        quarter = 0.5 * math.pi / (1.0 + self.offset)
        first, angle = self.offset * quarter, (t + self.offset) * quarter
        alpha = math.sin((1.0 - t) * quarter) / math.cos(first)
        # 1 - alpha^2 written as a product: no cancellation near t = 0.
        sigma = math.sqrt(math.sin(t * quarter) * math.sin(first + angle)) / math.cos(first)
        return Level(t, alpha, sigma)

    def at_ratio(self, ratio: float) -> Level:
        _check_ratio(self, ratio)
        if math.isinf(ratio):
            return self.at_time(1.0)
        quarter = 0.5 * math.pi / (1.0 + self.offset)
        first = self.offset * quarter
        level = _variance_preserving(0.0, ratio)
        angle = math.atan2(
            math.hypot(math.sin(first), level.sigma * math.cos(first)),
            level.alpha * math.cos(first),
        )
        return Level(min(max(angle / quarter - self.offset, 0.0), 1.0), level.alpha, level.sigma)


@dataclass(frozen=True, slots=True)
class VarianceExploding:
    """alpha = 1, sigma = sigma_max * t^warp: EDM's noise, with its time warped so that equal steps in t suit it.

    Karras et al. let time be sigma itself and warp the grid; here t stays in [0, 1] and the warp is in the schedule.
    Source: Karras et al. 2022 (arXiv:2206.00364), table 1 and eq. 5 with sigma_min = 0.
    """

    name: str = "ve"
    sigma_max: float = 80.0
    sigma_min: float = 0.002
    warp: float = 7.0

    @property
    def largest_ratio(self) -> float:
        return self.sigma_max

    @property
    def smallest_ratio(self) -> float:
        return self.sigma_min

    def at_time(self, t: float) -> Level:
        _check_time(self.name, t)
        return Level(t, 1.0, self.sigma_max * t**self.warp)

    def at_ratio(self, ratio: float) -> Level:
        _check_ratio(self, ratio)
        return Level((ratio / self.sigma_max) ** (1.0 / self.warp), 1.0, ratio)


@dataclass(frozen=True, slots=True)
class Flow:
    """The straight path x = (1 - t) * x0 + t * eps; ends in pure noise.

    Source: Liu et al. 2023 (arXiv:2209.03003), eq. 1; Lipman et al. 2023 (arXiv:2210.02747), eq. 22, time reversed.
    """

    name: str = "flow"

    @property
    def largest_ratio(self) -> float:
        return math.inf

    @property
    def smallest_ratio(self) -> float:
        return 0.01

    def at_time(self, t: float) -> Level:
        _check_time(self.name, t)
        return Level(t, 1.0 - t, t)

    def at_ratio(self, ratio: float) -> Level:
        _check_ratio(self, ratio)
        if math.isinf(ratio):
            return Level(1.0, 0.0, 1.0)
        return Level(ratio / (1.0 + ratio), 1.0 / (1.0 + ratio), ratio / (1.0 + ratio))


@dataclass(frozen=True, slots=True)
class VpTable:
    """Variance preserving, read from a table of betas, as discrete-time models were trained.

    Entry i stands at t = (i + 1) / N, so timestep i of such a model is N * t - 1; t = 0 is clean data. Between
    entries log(sigma / alpha) is linear in t; below the first, sigma / alpha itself is.
    log_ratios: log(sigma / alpha) of each entry, rising.
    """

    name: str
    log_ratios: tuple[float, ...]

    @property
    def largest_ratio(self) -> float:
        return math.exp(self.log_ratios[-1])

    @property
    def smallest_ratio(self) -> float:
        return math.exp(self.log_ratios[0])

    def timestep(self, level: Level) -> float:
        """The model's own time, 0 to N - 1 where the table reaches; fractional between entries."""
        return len(self.log_ratios) * level.t - 1.0

    def at_time(self, t: float) -> Level:
        _check_time(self.name, t)
        place = len(self.log_ratios) * t - 1.0
        if place <= 0.0:
            return _variance_preserving(t, (place + 1.0) * self.smallest_ratio)
        below = min(int(place), len(self.log_ratios) - 2)
        low, high = self.log_ratios[below], self.log_ratios[below + 1]
        return _variance_preserving(t, math.exp(low + (place - below) * (high - low)))

    def at_ratio(self, ratio: float) -> Level:
        _check_ratio(self, ratio)
        if ratio <= self.smallest_ratio:
            return _variance_preserving(ratio / self.smallest_ratio / len(self.log_ratios), ratio)
        log_ratio = math.log(ratio)
        above = min(bisect_left(self.log_ratios, log_ratio), len(self.log_ratios) - 1)
        low, high = self.log_ratios[above - 1], self.log_ratios[above]
        place = above - 1 + (log_ratio - low) / (high - low)
        return _variance_preserving(min((place + 1.0) / len(self.log_ratios), 1.0), ratio)


def table_schedule(name: str, betas: Sequence[float]) -> VpTable:
    """The schedule of a discrete-time model, from the betas it was trained with."""
    log_alpha_bar, log_ratios = 0.0, list[float]()
    for beta in betas:
        log_alpha_bar += math.log1p(-beta)
        log_ratios.append(0.5 * (math.log(-math.expm1(log_alpha_bar)) - log_alpha_bar))
    return VpTable(name, tuple(log_ratios))


def linear_betas(first: float = 1e-4, last: float = 0.02, count: int = 1000) -> tuple[float, ...]:
    """DDPM's betas. Source: Ho et al. 2020 (arXiv:2006.11239), section 4."""
    return tuple(first + (last - first) * i / (count - 1) for i in range(count))


def scaled_linear_betas(first: float = 0.00085, last: float = 0.012, count: int = 1000) -> tuple[float, ...]:
    """Latent diffusion's betas: linear in their root. Source: Rombach et al. 2022 (arXiv:2112.10752), released code."""
    low, high = math.sqrt(first), math.sqrt(last)
    return tuple((low + (high - low) * i / (count - 1)) ** 2 for i in range(count))


SCHEDULES = ("vp_linear", "vp_cosine", "ve", "flow", "ddpm_1000", "latent_1000")


@cache
def schedule_named(name: str) -> NoiseSchedule:
    """The schedule of that name, one of `SCHEDULES`. Raises ScheduleError naming them."""
    match name:
        case "vp_linear":
            return VpLinear()
        case "vp_cosine":
            return VpCosine()
        case "ve":
            return VarianceExploding()
        case "flow":
            return Flow()
        case "ddpm_1000":
            return table_schedule(name, linear_betas())
        case "latent_1000":
            return table_schedule(name, scaled_linear_betas())
        case _:
            raise ScheduleError(f"{name!r} is not a noise schedule; choose one of {', '.join(SCHEDULES)}")


def _variance_preserving(t: float, ratio: float) -> Level:
    norm = math.hypot(1.0, ratio)
    return Level(t, 1.0 / norm, ratio / norm)


def _check_time(name: str, t: float) -> None:
    if not 0.0 <= t <= 1.0:
        raise ScheduleError(f"time {t:g} is off the {name} schedule; it must lie in 0 (data) to 1 (noise)")


def _check_ratio(schedule: NoiseSchedule, ratio: float) -> None:
    # The ratio of t = 1 may come back from a sum of logarithms a few roundings high.
    if not 0.0 <= ratio <= schedule.largest_ratio * (1.0 + 1e-9):
        raise ScheduleError(
            f"sigma/alpha {ratio:g} is off the {schedule.name} schedule; it must lie in 0 to {schedule.largest_ratio:g}"
        )
