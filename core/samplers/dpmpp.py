"""DPM-Solver++, multistep: exponential integrators that extrapolate the clean guesses of earlier steps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from torch import Tensor

from core.diffusion.combination import combined
from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.noise import NoiseSource
from core.diffusion.time_grid import TimeGrid
from core.samplers.ancestral import check_eta, check_noise_scale, renew
from core.samplers.step import AT_START, Past, Step, begin, moved, weighed, without_gradients
from core.samplers.weights import log_gap, phi, usable


@without_gradients
def dpmpp_2m(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,  # noqa: ARG001 - the contract of samplers
    *,
    past: Past = AT_START,
) -> Iterator[Step]:
    """One evaluation a step and the guess of the step before: order 2, deterministic.

    The guess is carried to the middle of the step along a line in log(alpha / sigma). The first step has no guess
    before it, the step into clean data no middle, and pure noise no place on that line: those are of first order.
    x: (B, *shape) float32, at the noise of grid[past.steps].
    Source: Lu et al. 2022 (arXiv:2211.01095), algorithm 2.
    """
    intervals = begin(x, grid, past)
    total = len(grid) - 1
    before = past.guesses[-1] if past.guesses else None
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        if before is None or not there.sigma or not grid[index - 1].alpha:
            x = moved(x, x0, here, there)
        else:
            kept = there.sigma / here.sigma
            gain = there.alpha - here.alpha * kept
            reach = half_reach(grid[index - 1], here, there)
            x = combined(x, kept, x0, gain * (1.0 + reach)).add_(before, alpha=-gain * reach)
        before = x0
        yield Step(index, total, there, x, x0)


@without_gradients
def dpmpp_2m_sde(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    eta: float = 1.0,
    noise_scale: float = 1.0,
    brownian: bool = False,
) -> Iterator[Step]:
    """`dpmpp_2m` of the diffusion with noise: its drift forgets x faster, fresh noise makes up for it. Weak order 2.

    eta: how much noise: 0 is `dpmpp_2m`, 1 the reverse diffusion itself.
    x: (B, *shape) float32, at the noise of grid[past.steps]. noise_scale, brownian: as of `euler_ancestral`.
    Raises SamplerError for eta outside 0 to 1.
    Source: Lu et al. 2022 (arXiv:2211.01095), eq. 17 (SDE-DPM-Solver++(2M)); eta as in crowsonkb/k-diffusion,
    sample_dpmpp_2m_sde with the solver type "midpoint".
    """
    yield from _with_noise(denoiser, x, grid, noise, past, 2, eta, noise_scale, brownian)


@without_gradients
def dpmpp_3m(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
) -> Iterator[Step]:
    """One evaluation a step and the guesses of two steps before, deterministic: order 2.

    As published, the guesses' second difference enters with half its weight in the exact integral of their parabola
    (`res_multistep` of order 3 is that), so the error is smaller than `dpmpp_2m`'s but falls no faster.
    x: (B, *shape) float32, at the noise of grid[past.steps].
    Source: Lu et al. 2022 (arXiv:2211.01095), appendix on multistep solvers of third order, and its released code.
    """
    yield from _with_noise(denoiser, x, grid, noise, past, 3, 0.0, 1.0, brownian=False)


@without_gradients
def dpmpp_3m_sde(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    eta: float = 1.0,
    noise_scale: float = 1.0,
    brownian: bool = False,
) -> Iterator[Step]:
    """`dpmpp_3m` of the diffusion with noise. eta: 0 is `dpmpp_3m`, 1 the reverse diffusion itself.

    x: (B, *shape) float32, at the noise of grid[past.steps]. noise_scale, brownian: as of `euler_ancestral`.
    Raises SamplerError for eta outside 0 to 1.
    Source: as `dpmpp_3m`, with noise as crowsonkb/k-diffusion's sample_dpmpp_3m_sde states it on sigma.
    """
    yield from _with_noise(denoiser, x, grid, noise, past, 3, eta, noise_scale, brownian)


def half_reach(before: Level, here: Level, there: Level) -> float:
    """Half the step to `there` over the step from `before`, both in log(alpha / sigma)."""
    return 0.5 * math.log(here.ratio / there.ratio) / math.log(before.ratio / here.ratio)


def _with_noise(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    past: Past,
    order: int,
    eta: float,
    noise_scale: float,
    brownian: bool,
) -> Iterator[Step]:
    intervals = begin(x, grid, past)
    check_eta(eta)
    check_noise_scale(noise_scale)
    total = len(grid) - 1
    held = list(reversed(past.guesses[1 - order :]))
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        held = [x0, *held[: order - 1]]
        if there.sigma and here.alpha:
            h = log_gap(grid, index, index + 1)
            count = usable(grid, index, len(held), order)
            weights = _weights(grid, index, count, h, eta, exact=order == 3)
            kept = there.sigma / here.sigma * math.exp(-eta * h)
            x = weighed(x, kept, held[:count], [there.alpha * weight for weight in weights])
            fresh = there.sigma * math.sqrt(-math.expm1(-2.0 * eta * h))
        else:
            # Out of pure noise, where eta asks for any, all of it is drawn anew: the limit of what follows from h.
            x = moved(x, x0, here, there, 0.0 if eta else None)
            fresh = there.sigma if eta else 0.0
        renew(x, noise_scale * fresh, noise, index, here, there, brownian)
        yield Step(index, total, there, x, x0)


def _weights(grid: TimeGrid, index: int, count: int, h: float, eta: float, *, exact: bool) -> Sequence[float]:
    """Of the latest guesses in units of alpha', the latest first; they sum to 1 - exp(-h * (1 + eta)).

    exact: integrate the line through two guesses; else take it at the step's middle.
    """
    k = h * (1.0 + eta)
    whole = -math.expm1(-k)
    if count == 1:
        return (whole,)
    back = log_gap(grid, index - 1, index) / h
    # phi_2 of the released code is k * phi(2, -k), its phi_3 phi_2 / k - 1/2.
    line = k * phi(2, -k) if exact else 0.5 * whole
    if count == 2:
        return whole + line / back, -line / back
    further = log_gap(grid, index - 2, index - 1) / h
    bend = -(phi(2, -k) - 0.5)
    share = back / (back + further)
    # The slope here is near + share * (near - far), the second difference (near - far) / (back + further).
    near = line * (1.0 + share) + bend / (back + further)
    far = -line * share - bend / (back + further)
    return whole + near / back, -near / back + far / further, -far / further
