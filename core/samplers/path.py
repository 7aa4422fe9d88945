"""Levels between two of a grid's, for samplers that look at the middle of a step. No torch here."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from core.diffusion.level import Level
from core.diffusion.monotone import monotone_curve
from core.diffusion.schedule import NoiseSchedule
from core.diffusion.time_grid import TimeGrid

EXACT = 1e-9


class Path(Protocol):
    """Where levels between two of a grid's lie: a NoiseSchedule, or what a grid tells of one."""

    @property
    def largest_ratio(self) -> float: ...

    def at_ratio(self, ratio: float) -> Level: ...

    def at_time(self, t: float) -> Level: ...


class GridPath:
    """The path through a grid's own levels, for runs that don't tell their schedule.

    alpha and sigma are exact on flows, and where alpha is 1 or alpha^2 + sigma^2 is. t, which only a network reads, is
    read off a monotone curve through the grid's levels: on a flow exact, elsewhere nearly so.
    """

    def __init__(self, grid: TimeGrid) -> None:
        levels = sorted(grid, key=share)
        self._shares = [share(level) for level in levels]
        self._times = [level.t for level in levels]
        self._norms = [level.alpha + level.sigma for level in levels]
        self._norm = _norm_of(grid)
        self.largest_ratio = levels[-1].ratio

    def at_ratio(self, ratio: float) -> Level:
        """The level with that sigma / alpha, within the grid's."""
        return self._at(ratio / (1.0 + ratio) if math.isfinite(ratio) else 1.0)

    def at_time(self, t: float) -> Level:
        """The level at that time, within the grid's."""
        t = min(max(t, self._times[0]), self._times[-1])
        return self._at(monotone_curve(self._times, self._shares, (t,))[0])

    def _at(self, u: float) -> Level:
        inside = min(max(u, self._shares[0]), self._shares[-1])
        t = monotone_curve(self._shares, self._times, (inside,))[0]
        norm = self._norm(u) if self._norm else monotone_curve(self._shares, self._norms, (inside,))[0]
        return Level(t, norm * (1.0 - u), norm * u)


def share(level: Level) -> float:
    """sigma / (alpha + sigma): 0 for clean data, 1 for pure noise, on every schedule."""
    return level.sigma / (level.alpha + level.sigma)


def path_of(grid: TimeGrid, schedule: NoiseSchedule | None) -> Path:
    """The schedule that a grid was laid on, else what the grid tells of it."""
    return GridPath(grid) if schedule is None else schedule


def middle(path: Path, here: Level, ratio: float, fraction: float = 0.5) -> Level:
    """The level a fraction of the way from `here` to a ratio, in log(sigma / alpha). Both must be finite, above 0."""
    return path.at_ratio(here.ratio ** (1.0 - fraction) * ratio**fraction)


def _norm_of(grid: TimeGrid) -> Callable[[float], float] | None:
    """alpha + sigma as a function of the share, of the kinds of schedule that are known."""
    kinds: tuple[tuple[Callable[[Level], float], Callable[[float], float]], ...] = (
        (lambda level: level.alpha, lambda u: 1.0 / (1.0 - u)),
        (lambda level: level.alpha + level.sigma, lambda _: 1.0),
        (lambda level: math.hypot(level.alpha, level.sigma), lambda u: 1.0 / math.hypot(1.0 - u, u)),
    )
    for invariant, norm in kinds:
        if all(abs(invariant(level) - 1.0) < EXACT for level in grid):
            return norm
    return None
