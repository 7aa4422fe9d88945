"""A time grid for one model, chosen by measured error: the steps of a fine run that matter least are left out.

After GITS: Chen et al. 2024 (arXiv:2405.11326), section 4: every jump between two levels of a fine run is priced by how
far Euler's step lands from where the run went, and the cheapest way in N jumps is found by dynamic programming. Which
price foretells the error at the end differs from model to model, so a few are tried; the best of what they give and of
the named grids is then bettered level by level, and all are measured against a fine run on seeds that the search did
not see.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.noise import Noise, pure_noise
from core.diffusion.schedule import NoiseSchedule
from core.diffusion.time_grid import CEILING, GRIDS, TimeGrid, time_grid
from core.errors import NoisetteError
from core.samplers.euler import euler
from core.samplers.step import Sampler, moved

FINE = 40
"""Levels to choose from."""
REFERENCE = 100
PRICES: tuple[Callable[[float, Level], float], ...] = (
    lambda error, _: error,
    lambda error, _: error * error,
    lambda error, level: error / (level.alpha or 1.0 / CEILING),
)
"""Of a jump, from the root mean square of its error and the level that it ends at."""
OPTIMISED = "optimised"
SHARES = (0.4, 0.2, 0.1)
"""Of the gap to its neighbour, by which a level is tried elsewhere, one round after another."""


@dataclass(frozen=True, slots=True)
class Tried:
    """name: of a named grid, or `OPTIMISED`. error: root mean square, against the reference's last state.

    levels: times, the last left out.
    """

    name: str
    error: float
    levels: tuple[float, ...]


@torch.no_grad()
def searched(
    denoiser: Denoiser,
    schedule: NoiseSchedule,
    shape: Sequence[int],
    steps: int,
    sampler: Sampler,
    *,
    seeds: Sequence[int],
    others: Sequence[int],
    device: torch.device,
) -> Iterator[Tried]:
    """Every named grid and then the optimised one, each as it is known, measured on `others`; the search sees `seeds`
    alone, as many, and takes about as long as all before it."""
    looked, unseen = (_Measure(denoiser, schedule, sampler, Noise(some, shape, device)) for some in (seeds, others))
    named: dict[str, tuple[float, ...]] = {}
    for name in GRIDS:
        try:
            named[name] = _times(time_grid(name, schedule, steps))
        except NoisetteError:
            continue
        yield Tried(name, unseen.error(named[name]), named[name])
    fine = time_grid("log_snr", schedule, FINE)
    prices = _errors(_course(denoiser, fine, Noise(seeds, shape, device)), fine)
    ways = [cheapest([[price(e, fine[j]) for j, e in enumerate(row)] for row in prices], steps) for price in PRICES]
    begun = [*named.values(), *(_times([fine[i] for i in way]) for way in ways)]
    best = descended(looked.error, min(begun, key=looked.error))
    yield Tried(OPTIMISED, unseen.error(best), best)


class _Measure:
    """The error of a grid on some seeds."""

    def __init__(self, denoiser: Denoiser, schedule: NoiseSchedule, sampler: Sampler, noise: Noise) -> None:
        self._denoiser, self._schedule, self._sampler, self._noise = denoiser, schedule, sampler, noise
        self._unit = noise.draw("start", 0)
        self._best = self._end(time_grid("log_snr", schedule, REFERENCE))

    def error(self, times: tuple[float, ...]) -> float:
        """times: of all levels but the last."""
        end = self._end([*(self._schedule.at_time(t) for t in times), self._schedule.at_time(0.0)])
        return float((end - self._best).square().mean().sqrt())

    def _end(self, grid: TimeGrid) -> Tensor:
        *_, last = self._sampler(self._denoiser, grid[0].sigma * self._unit, grid, self._noise)
        return last.x


def descended(error_of: Callable[[tuple[float, ...]], float], times: tuple[float, ...]) -> tuple[float, ...]:
    """Each level but the first moved towards either neighbour for as long as that lowers the error."""
    least = error_of(times)
    for share in SHARES:
        for place in range(1, len(times)):
            for neighbour in (place - 1, place + 1):
                aim = times[neighbour] if neighbour < len(times) else 0.0
                trial = (*times[:place], times[place] + share * (aim - times[place]), *times[place + 1 :])
                error = error_of(trial)
                if error < least:
                    times, least = trial, error
    return times


def _times(grid: TimeGrid) -> tuple[float, ...]:
    return tuple(level.t for level in grid[:-1])


def cheapest(prices: Sequence[Sequence[float]], steps: int) -> list[int]:
    """The places of the cheapest way from the first to the last in exactly `steps` jumps, each forwards.

    prices: [i][j] of the jump from i to j; only j > i are looked at. steps: at most one less than the places.
    """
    size = len(prices)
    costs, came = [math.inf] * size, list[list[int]]()
    costs[0] = 0.0
    for _ in range(steps):
        after, origin = [math.inf] * size, [0] * size
        for j in range(1, size):
            for i in range(j):
                if costs[i] + prices[i][j] < after[j]:
                    after[j], origin[j] = costs[i] + prices[i][j], i
        costs = after
        came.append(origin)
    way = [size - 1]
    for origin in reversed(came):
        way.append(origin[way[-1]])
    return way[::-1]


def _course(denoiser: Denoiser, fine: TimeGrid, noise: Noise) -> list[tuple[Tensor, Tensor]]:
    """State and clean guess at each level of a fine run but the last, whose guess is itself."""
    x, course = pure_noise(noise, fine[0]), list[tuple[Tensor, Tensor]]()
    for step in euler(denoiser, x, fine, noise):
        course.append((x, step.x0))
        x = step.x
    return [*course, (x, x)]


def _errors(course: Sequence[tuple[Tensor, Tensor]], fine: TimeGrid) -> list[list[float]]:
    """[i][j]: how far Euler's step from level i lands from the run at level j; 0 where j is not after i."""
    errors = [[0.0] * len(fine) for _ in fine]
    for i, (x, x0) in enumerate(course[:-1]):
        for j in range(i + 1, len(fine)):
            off = moved(x, x0, fine[i], fine[j]) - course[j][0]
            errors[i][j] = float(off.square().mean().sqrt())
    return errors
