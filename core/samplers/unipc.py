"""UniPC: each evaluation serves twice, to correct the step that led to it and to predict the next.

Corrected and predicted states differ by guesses alone, as both hold the state before in the same measure. So a run
keeps no more than the predicted states and the guesses, and the correction is a sum of guesses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.noise import NoiseSource
from core.diffusion.time_grid import TimeGrid
from core.samplers.linear_multistep import check_order
from core.samplers.step import AT_START, Past, Step, check_start, moved, weighed
from core.samplers.weights import log_gap, phi, usable


@torch.no_grad()
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


@torch.no_grad()
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
    check_start(x, grid, past)
    check_order(order, 3)
    total = len(grid) - 1
    held, predicted = list(reversed(past.guesses))[:order], list[float]()
    for index in range(past.steps, total):
        here, there = grid[index], grid[index + 1]
        x0 = denoiser(x, here).x0
        before = usable(grid, index - 1, len(held), order)
        parts, held = (x0, *held[:before]), [x0, *held[: order - 1]]
        if here.alpha and there.sigma:
            kept = there.sigma / here.sigma
            weights = [0.0] * len(parts)
            if before:
                predicted = predicted or _predictor(grid, index - 1, before, exponential)
                changes = _correction(grid, index, predicted, exponential)
                weights = [kept * here.alpha * change for change in changes]
            predicted = _predictor(grid, index, usable(grid, index, len(held), order), exponential)
            for place, weight in enumerate(predicted):
                weights[place] += there.alpha * weight
            x = weighed(x, kept, parts, weights)
        else:
            # Of the state nothing is left in clean data, corrected or not; pure noise has no step before it.
            x = moved(x, x0, here, there)
        yield Step(index, total, there, x, x0)


def _predictor(grid: TimeGrid, index: int, count: int, exponential: bool) -> list[float]:
    """Of the guesses of `count` steps up to `index`, the latest first."""
    h = log_gap(grid, index, index + 1)
    places = [-log_gap(grid, index - back, index) / h for back in range(1, count)]
    # Of one place any weight will do; the paper's 1/2 needs no equation.
    shares = [0.5] if count == 2 else _solved(places, h, exponential)
    return _with_latest(h, places, shares, exponential)


def _correction(grid: TimeGrid, index: int, predicted: Sequence[float], exponential: bool) -> list[float]:
    """What the guess at `index` changes of the step that led there: of it and those before, the latest first.

    predicted: the weights that the step was made with.
    """
    h, count = log_gap(grid, index - 1, index), len(predicted)
    places = [-log_gap(grid, index - 1 - back, index - 1) / h for back in range(1, count)]
    shares = [0.5] if count == 1 else _solved([*places, 1.0], h, exponential)
    corrected = _with_latest(h, [*places, 1.0], shares, exponential)
    return [corrected[-1], *(a - b for a, b in zip(corrected[:-1], predicted, strict=True))]


def _with_latest(h: float, places: Sequence[float], shares: Sequence[float], exponential: bool) -> list[float]:
    """Weights of the latest guess and of those at each place, from the shares of their differences to it."""
    scale = _scale(h, exponential)
    others = [-scale * part / place for part, place in zip(shares, places, strict=True)]
    return [h * phi(1, -h) - sum(others), *others]


def _solved(places: Sequence[float], h: float, exponential: bool) -> list[float]:
    """rho with sum of rho * place^(k - 1) = k! * h * phi(k + 1) / B for k = 1, ...; by Gauss, of at most 3 places."""
    n, scale = len(places), _scale(h, exponential)
    rows = [[place**k for place in places] for k in range(n)]
    factorial = 1.0
    for k in range(n):
        factorial *= k + 1
        rows[k].append(factorial * -h * phi(k + 2, -h) / scale)
    for k in range(n):
        for row in rows[k + 1 :]:
            share = row[k] / rows[k][k]
            for column in range(k, n + 1):
                row[column] -= share * rows[k][column]
    shares = [0.0] * n
    for k in reversed(range(n)):
        rest = sum(rows[k][column] * shares[column] for column in range(k + 1, n))
        shares[k] = (rows[k][n] - rest) / rows[k][k]
    return shares


def _scale(h: float, exponential: bool) -> float:
    """B of the paper at -h, below 0."""
    return -h * phi(1, -h) if exponential else -h
