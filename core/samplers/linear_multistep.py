"""Linear multistep methods: the noise guesses of earlier steps, extrapolated.

On every schedule the equation is d(x / alpha) = eps d(sigma / alpha), so a method is the weights that it gives to the
latest eps. They differ in what the polynomial through them is a polynomial of.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.noise import NoiseSource
from core.diffusion.time_grid import TimeGrid
from core.samplers.step import (
    AT_START,
    Past,
    SamplerError,
    Step,
    begin,
    moved,
    noise_guess,
    weighed,
    without_gradients,
)
from core.samplers.weights import falling_moments, polynomial_weights, power_moments, usable

ADAMS_BASHFORTH = (
    (1.0,),
    (3 / 2, -1 / 2),
    (23 / 12, -16 / 12, 5 / 12),
    (55 / 24, -59 / 24, 37 / 24, -9 / 24),
)
"""Of equal steps, the latest first. Source: Hairer, Norsett and Wanner 1993, section III.1, eq. 1.5."""


@without_gradients
def lms(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,  # noqa: ARG001 - the contract of samplers
    *,
    past: Past = AT_START,
    order: int = 4,
) -> Iterator[Step]:
    """Adams-Bashforth with exact weights for uneven steps, a polynomial in sigma / alpha. One evaluation a step.

    order: 1 to 4; the first steps make do with the guesses that there are. One of pure noise has no place in the
    polynomial, and counts only for its own step.
    x: (B, *shape) float32, at the noise of grid[past.steps].
    Source: Hairer, Norsett and Wanner 1993, section III.5, on the equation of Karras et al. 2022 (arXiv:2206.00364).
    """
    check_order(order, 4)

    def weights(index: int, count: int) -> Sequence[float]:
        here = grid[index].ratio
        places = [grid[index - back].ratio - here for back in range(count)]
        return polynomial_weights(places, power_moments(grid[index + 1].ratio - here, count))

    yield from _multistep(denoiser, x, grid, past, order, weights, into_clean=True)


@without_gradients
def deis(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,  # noqa: ARG001 - the contract of samplers
    *,
    past: Past = AT_START,
    order: int = 3,
) -> Iterator[Step]:
    """As `lms` with a polynomial in log(sigma / alpha), integrated exactly. One evaluation a step.

    order: 1 to 3. The step into clean data, which has no logarithm, is of first order.
    x: (B, *shape) float32, at the noise of grid[past.steps].
    Source: Zhang and Chen 2023 (arXiv:2204.13902), eqs. 14 and 15 (AB-DEIS), here in log rho.
    """
    check_order(order, 3)

    def weights(index: int, count: int) -> Sequence[float]:
        ratio = grid[index].ratio
        places = [math.log(ratio / grid[index - back].ratio) for back in range(count)]
        moments = falling_moments(math.log(ratio / grid[index + 1].ratio), count)
        return [-ratio * weight for weight in polynomial_weights(places, moments)]

    yield from _multistep(denoiser, x, grid, past, order, weights)


@without_gradients
def ipndm(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,  # noqa: ARG001 - the contract of samplers
    *,
    past: Past = AT_START,
    order: int = 4,
) -> Iterator[Step]:
    """Adams-Bashforth's weights for equal steps, whatever the grid's, beginning at first order. One evaluation a step.

    order: how many guesses are combined, 1 to 4. As the weights ignore how steps change in length, more than two don't
    raise the order of convergence above 2, only lower the error. The step into clean data is of first order.
    x: (B, *shape) float32, at the noise of grid[past.steps].
    Source: Zhang and Chen 2023 (arXiv:2204.13902), appendix on iPNDM, after Liu et al. 2022 (arXiv:2202.09778), eq. 12.
    """
    check_order(order, 4)
    yield from _multistep(denoiser, x, grid, past, order, _equal_steps(grid), from_noise=True)


@without_gradients
def plms(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,  # noqa: ARG001 - the contract of samplers
    *,
    past: Past = AT_START,
) -> Iterator[Step]:
    """As `ipndm` of order 4, but the first step is a Heun step: one evaluation more, once. Order 2, deterministic.

    PNDM itself begins with three Runge-Kutta steps of four evaluations; this is the beginning that Stable Diffusion
    made known as PLMS. Out of pure noise, or into clean data, the first step is of first order instead.
    x: (B, *shape) float32, at the noise of grid[past.steps].
    Source: Liu et al. 2022 (arXiv:2202.09778), eqs. 11 to 13 and section 3.3.
    """
    begin(x, grid, past)
    if past.steps == 0 and grid[0].alpha and grid[1].sigma:
        here, there = grid[0], grid[1]
        x0 = denoiser(x, here).x0
        ahead = moved(x, x0, here, there)
        slopes = noise_guess(x, x0, here), noise_guess(ahead, denoiser(ahead, there).x0, there)
        reach = 0.5 * (there.sigma - there.alpha * here.ratio)
        begun, x = x, weighed(x, there.alpha / here.alpha, slopes, (reach, reach))
        yield Step(0, len(grid) - 1, there, x, x0, 2)
        past = Past(1, (x0,), (begun,))
    yield from _multistep(denoiser, x, grid, past, 4, _equal_steps(grid), from_noise=True)


def check_order(order: int, most: int) -> None:
    if not 1 <= order <= most:
        raise SamplerError(f"order {order} is out of range; it must lie in 1 to {most}")


def _equal_steps(grid: TimeGrid) -> Callable[[int, int], Sequence[float]]:
    def weights(index: int, count: int) -> Sequence[float]:
        reach = grid[index + 1].ratio - grid[index].ratio
        return [reach * weight for weight in ADAMS_BASHFORTH[count - 1]]

    return weights


def _multistep(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    past: Past,
    order: int,
    weights: Callable[[int, int], Sequence[float]],
    *,
    into_clean: bool = False,
    from_noise: bool = False,
) -> Iterator[Step]:
    """weights: of the latest guesses, (step, how many) -> the latest first. into_clean: they serve the last step too.

    from_noise: a guess made at pure noise counts for later steps.
    """
    intervals = begin(x, grid, past)
    total = len(grid) - 1
    held = _noise_guesses(past, grid)
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        held = [noise_guess(x, x0, here), *held[: order - 1]]
        if here.alpha and (there.sigma or into_clean):
            count = len(held) if from_noise else usable(grid, index, len(held), order)
            reach = [there.alpha * weight for weight in weights(index, count)]
            x = weighed(x, there.alpha / here.alpha, held[:count], reach)
        else:
            x = moved(x, x0, here, there)
        yield Step(index, total, there, x, x0)


def _noise_guesses(past: Past, grid: TimeGrid) -> list[Tensor]:
    """Of the steps behind, the latest first."""
    latest = zip(reversed(past.guesses), reversed(past.states), strict=False)
    return [noise_guess(x, x0, grid[past.steps - back]) for back, (x0, x) in enumerate(latest, 1)]
