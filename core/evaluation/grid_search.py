"""A time grid for one model, chosen by measured error: the steps of a fine run that matter least are left out.

After GITS: Chen et al. 2024 (arXiv:2405.11326), section 4: every jump between two levels of a fine run is priced by how
far Euler's step lands from where the run went, and the cheapest way in N jumps is found by dynamic programming. Which
price foretells the error at the end differs from model to model, so a few are tried, and the grids that they give
and the named ones are all measured against the fine run on other seeds.
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

FINE = 60
"""Levels to choose from."""
REFERENCE = 200
PRICES: dict[str, Callable[[float, Level], float]] = {
    "sum": lambda error, _: error,
    "squares": lambda error, _: error * error,
    "in data": lambda error, level: error / (level.alpha or 1.0 / CEILING),
    "early": lambda error, level: error * (1.0 + level.sigma),
}
"""Of a jump, from the root mean square of its error and the level that it ends at."""


@dataclass(frozen=True, slots=True)
class Tried:
    """name: of a named grid, or "optimised (price)". error: root mean square, against the reference's last state.

    levels: times, the last left out.
    """

    name: str
    error: float
    levels: tuple[float, ...]

    @property
    def found(self) -> bool:
        """Whether the search made it."""
        return self.name.startswith("optimised")


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
    """Each grid that was measured, as it is. seeds: of the fine run; others: of the measurements, as many."""
    fine = time_grid("log_snr", schedule, FINE)
    course = _course(denoiser, fine, Noise(seeds, shape, device))
    prices = _errors(course, fine)
    noise = Noise(others, shape, device)
    start = pure_noise(noise, fine[0])
    *_, best = sampler(denoiser, start, time_grid("log_snr", schedule, REFERENCE), noise)
    grids: dict[str, TimeGrid] = {}
    for name, price in PRICES.items():
        way = cheapest([[price(e, fine[j]) for j, e in enumerate(row)] for row in prices], steps)
        grids[f"optimised ({name})"] = tuple(fine[i] for i in way)
    for name in GRIDS:
        try:
            grids[name] = time_grid(name, schedule, steps)
        except NoisetteError:
            continue
    for name, grid in grids.items():
        *_, last = sampler(denoiser, start * (grid[0].sigma / fine[0].sigma), grid, noise)
        error = float((last.x - best.x).square().mean().sqrt())
        yield Tried(name, error, tuple(level.t for level in grid[:-1]))


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
