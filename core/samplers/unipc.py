"""UniPC: each evaluation serves twice, to correct the step that led to it and to predict the next.

Corrected and predicted states differ by guesses alone, as both hold the state before in the same measure. So a run
keeps no more than the predicted states and the guesses, and the correction is a sum of guesses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.noise import NoiseSource
from core.diffusion.time_grid import TimeGrid
from core.samplers.linear_multistep import check_order
from core.samplers.step import AT_START, Past, Step, begin, moved, weighed, without_gradients
from core.samplers.weights import log_gap, phis, usable


@without_gradients
def uni_pc(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,  # noqa: ARG001 - the contract of samplers
    *,
    past: Past = AT_START,
    order: int = 3,
) -> Iterator[Step]:
    """Predictor and corrector with B(h) = h, on clean guesses. One evaluation a step, deterministic.

    order: of the predictor, 1 to 3; the corrector is one higher. The first steps make do with the guesses that there
    are. Steps out of pure noise and into clean data are of first order and are not corrected.
    Step.x is the predicted state.
    x: (B, *shape) float32, at the noise of grid[past.steps].
    Source: Zhao et al. 2023 (arXiv:2302.04867), algorithms 5 and 6 (UniPC-p, data prediction), B_1.
    """
    yield from _predict_and_correct(denoiser, x, grid, past, order, exponential=False)


@without_gradients
def uni_pc_bh2(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,  # noqa: ARG001 - the contract of samplers
    *,
    past: Past = AT_START,
    order: int = 3,
) -> Iterator[Step]:
    """As `uni_pc` with B(h) = e^h - 1.

    x: (B, *shape) float32, at the noise of grid[past.steps]. order: of the predictor, 1 to 3.
    Source: Zhao et al. 2023 (arXiv:2302.04867), algorithms 5 and 6 (UniPC-p, data prediction), B_2.
    """
    yield from _predict_and_correct(denoiser, x, grid, past, order, exponential=True)


def _predict_and_correct(
    denoiser: Denoiser, x: Tensor, grid: TimeGrid, past: Past, order: int, *, exponential: bool
) -> Iterator[Step]:
    intervals = begin(x, grid, past)
    check_order(order, 3)
    total = len(grid) - 1
    held = list(reversed(past.guesses))[:order]
    leap: _Leap | None = None
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        before = usable(grid, index - 1, len(held), order)
        parts, held = (x0, *held[:before]), [x0, *held[: order - 1]]
        if here.alpha and there.sigma:
            kept = there.sigma / here.sigma
            changes = _NOTHING
            if before:
                changes = _correction(leap or _leap(grid, index - 1, before, exponential))
            leap = _leap(grid, index, usable(grid, index, len(held), order), exponential)
            weights = [kept * here.alpha * change for change in changes]
            for place, weight in enumerate(leap.weights):
                weights[place] += there.alpha * weight
            x = weighed(x, kept, parts, weights)
        else:
            # Of the state nothing is left in clean data, corrected or not; pure noise has no step before it.
            x = moved(x, x0, here, there)
        yield Step(index, total, there, x, x0)


_NOTHING = (0.0,)
"""What the first step corrects."""


class _Leap(NamedTuple):
    """A step as predicted from the guesses before it.

    places: of the guesses but the latest, in units of the step, which is at 0. whole: the sum of all weights.
    scale: B of the paper at -h, below 0. moments: what the shares times place^(k - 1) sum to, k = 1, 2, 3.
    weights: of the guesses, the latest first.
    """

    places: tuple[float, ...]
    whole: float
    scale: float
    moments: tuple[float, float, float]
    weights: list[float]


def _leap(grid: TimeGrid, index: int, count: int, exponential: bool) -> _Leap:
    """From the level `index`, predicted from the guesses of `count` steps up to it."""
    h = log_gap(grid, index, index + 1)
    places = tuple(-log_gap(grid, index - back, index) / h for back in range(1, count))
    one, two, three, four = phis(-h, 4)
    scale = -h * one if exponential else -h
    moments = (-h * two / scale, 2.0 * -h * three / scale, 6.0 * -h * four / scale)
    # Of one place any weight will do; the paper's 1/2 needs no equation.
    shares = (0.5,) if count == 2 else _solved(places, moments)
    return _Leap(places, h * one, scale, moments, _with_latest(h * one, scale, places, shares))


def _correction(leap: _Leap) -> list[float]:
    """What the guess at a step's far end changes of it: of that guess and those before, the latest first."""
    places = (*leap.places, 1.0)
    shares = (0.5,) if len(places) == 1 else _solved(places, leap.moments)
    corrected = _with_latest(leap.whole, leap.scale, places, shares)
    return [corrected[-1], *(a - b for a, b in zip(corrected[:-1], leap.weights, strict=True))]


def _with_latest(whole: float, scale: float, places: Sequence[float], shares: Sequence[float]) -> list[float]:
    """Weights of the latest guess and of those at each place, from the shares of their differences to it."""
    others = [-scale * part / place for part, place in zip(shares, places, strict=True)]
    return [whole - sum(others), *others]


def _solved(places: Sequence[float], moments: Sequence[float]) -> tuple[float, ...]:
    """rho with sum of rho * place^(k - 1) = moments[k - 1] for each of at most 3 places, written out.

    The moments are k! * h * phi(k + 1) / B. Source: Zhao et al. 2023, eq. 11 in its published code's form.
    """
    first, second, third = moments
    match places:
        case ():
            return ()
        case (a, b):
            far = (second - a * first) / (b - a)
            return first - far, far
        case (a, b, c):
            return (
                (third - (b + c) * second + b * c * first) / ((a - b) * (a - c)),
                (third - (a + c) * second + a * c * first) / ((b - a) * (b - c)),
                (third - (a + b) * second + a * b * first) / ((c - a) * (c - b)),
            )
        case _:
            raise AssertionError(f"{len(places)} places")
