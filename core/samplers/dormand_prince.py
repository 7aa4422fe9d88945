"""An adaptive Runge-Kutta method: it chooses its own steps within each of the grid's, by its own estimate of error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.noise import NoiseSource
from core.diffusion.schedule import NoiseSchedule
from core.diffusion.time_grid import TimeGrid
from core.samplers.path import Path, path_of, share
from core.samplers.step import AT_START, Past, SamplerError, Step, begin, moved, without_gradients

PLACES = (0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
STAGES = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)
"""The fifth-order result less the fourth-order one. Source: Hairer et al. 1993, section II.5, table 5.2."""

SAFETY, LEAST, MOST = 0.9, 0.2, 5.0
NOW, BEFORE = 0.7 / 5.0, 0.4 / 5.0
"""The controller's exponents. Source: Hairer and Wanner 1996, section IV.2, eqs. 2.42 and 2.43 (PI control)."""
SHORTEST = 1e-4
"""Of the grid's step: a shorter one is taken as it is, whatever its error, so that a run ends."""


@without_gradients
def dopri5(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,  # noqa: ARG001 - the contract of samplers
    *,
    past: Past = AT_START,
    tolerance: float = 1e-3,
    schedule: NoiseSchedule | None = None,
) -> Iterator[Step]:
    """Dormand and Prince's method of order 5 with a PI controller, from each level of the grid to the next.

    tolerance: the most that a step of its own may err by, in the root mean square of x / (alpha + sigma), relative to
        it or to 1, whichever is larger. Seven evaluations at least in the first step, six in each more, six for
        each try that is refused; Step.evaluations tells. The controller begins anew at each level of the grid.
    Each item has its own step lengths. In a batch the items run one after another, each evaluated with all the others
    beside it, so a batch of one wastes nothing and a larger one does. The step into clean data, where the last slope is
    not defined, is of first order: the grid's last level of noise is where the tolerance ends.
    x: (B, *shape) float32, at the noise of grid[past.steps]. schedule: the grid's; untold, what the grid tells of it.
    Raises SamplerError for a tolerance that is not above 0.
    Source: Dormand and Prince 1980 (doi:10.1016/0771-050X(80)90013-3), table 2; on z and u as `rk4`.
    """
    intervals = begin(x, grid, past)
    if not 0.0 < tolerance < 1.0:
        raise SamplerError(f"tolerance {tolerance:g} is out of range; it must lie between 0 and 1")
    path, total = path_of(grid, schedule), len(grid) - 1
    known: list[Tensor | None] = [None] * len(x)
    for index, here, there in intervals:
        rows, guesses, made = list[Tensor](), list[Tensor](), 0
        for item in range(len(x)):
            run = _Item(denoiser, x, item, path, tolerance)
            guess = known[item]
            guess = run.guess(x[item : item + 1], here) if guess is None else guess
            guesses.append(guess)
            if there.sigma:
                row, known[item] = run.cross(guess, here, there)
                rows.append(row)
            made += run.evaluations
        x0 = torch.cat(guesses)
        x = torch.cat(rows) if there.sigma else moved(x, x0, here, there)
        yield Step(index, total, there, x, x0, made)


class _Item:
    """One item's way from a level of the grid to the next."""

    def __init__(self, denoiser: Denoiser, x: Tensor, item: int, path: Path, tolerance: float) -> None:
        self._denoiser, self._x, self._item = denoiser, x, item
        self._path, self._tolerance = path, tolerance
        self.evaluations = 0

    def guess(self, row: Tensor, level: Level) -> Tensor:
        """The clean guess of this item, (1, *shape), at a state of its own; the others stand beside it as they are."""
        self.evaluations += 1
        beside = row
        if len(self._x) > 1:
            beside = self._x.clone()
            beside[self._item] = row[0]
        return self._denoiser(beside, level).x0[self._item : self._item + 1]

    def cross(self, x0: Tensor, here: Level, there: Level) -> tuple[Tensor, Tensor]:
        """(the state at `there`, the guess there), (1, *shape) each. x0: the guess at `here`."""
        u, end = share(here), share(there)
        z = self._x[self._item : self._item + 1] / (here.alpha + here.sigma)
        slope, length, shortest, before = (z - x0) / u, end - u, SHORTEST * (end - u), 1.0
        while True:
            arrives = length <= (end - u) * (1.0 - 1e-9)
            length = end - u if arrives else length
            level = there if arrives else self._level(u + length)
            ahead, guess, slopes = self._try(z, slope, u, length, level)
            reach = torch.maximum(z.abs(), ahead.abs()).clamp_(min=1.0).mul_(self._tolerance)
            error = float((_sum(slopes, ERROR) * length / reach).square().mean().sqrt())
            if not error <= 1.0 and length < shortest:
                length *= max(LEAST, SAFETY * error**-0.2)
                continue
            if arrives:
                return ahead * (there.alpha + there.sigma), guess
            z, slope, u = ahead, slopes[-1], u + length
            error = error if error > 1e-4 else 1e-4
            length *= min(MOST, max(LEAST, SAFETY * error**-NOW * before**BEFORE))
            before = error

    def _try(
        self, z: Tensor, slope: Tensor, u: float, length: float, end: Level
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """(z at the end, the guess there, all seven slopes) of one step."""
        slopes, at, guess = [slope], z, z
        for place, row in zip(PLACES[1:], STAGES, strict=True):
            level = end if place == 1.0 else self._level(u + place * length)
            at = torch.add(z, _sum(slopes, row), alpha=length)
            guess = self.guess(at * (level.alpha + level.sigma), level)
            slopes.append((at - guess).div_(share(level)))
        return at, guess, slopes

    def _level(self, u: float) -> Level:
        return self._path.at_ratio(u / (1.0 - u))


def _sum(slopes: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
    total = torch.zeros_like(slopes[0])
    for slope, weight in zip(slopes, weights, strict=True):
        if weight:
            total.add_(slope, alpha=weight)
    return total
