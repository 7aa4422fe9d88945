"""SA-Solver: stochastic Adams, a predictor and a corrector on one draw of noise."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.noise import NoiseSource
from core.diffusion.time_grid import TimeGrid
from core.samplers.ancestral import check_eta, check_noise_scale, renew
from core.samplers.linear_multistep import check_order
from core.samplers.step import AT_START, Past, Step, begin, moved, weighed, without_gradients
from core.samplers.weights import log_gap, polynomial_weights, rising_moments, usable


@without_gradients
def sa_solver(
    denoiser: Denoiser,
    x: Tensor,
    grid: TimeGrid,
    noise: NoiseSource,
    *,
    past: Past = AT_START,
    eta: float = 1.0,
    noise_scale: float = 1.0,
    brownian: bool = False,
    order: int = 2,
) -> Iterator[Step]:
    """Adams methods for the diffusion with noise, the polynomial through clean guesses integrated exactly.

    One evaluation a step: it corrects the step that led to it, with that step's own noise, and predicts the next.
    Corrected and predicted states differ by guesses alone. Step.x is the predicted state.
    eta: the paper's tau, constant along the run: 0 is deterministic, 1 the reverse diffusion itself.
    order: of predictor and corrector, 1 to 3; the corrector has at least 2. Where there are two guesses the line's
        integral is taken as if the exponential were 1, as the authors' code has it for the sake of few steps.
    x: (B, *shape) float32, at the noise of grid[past.steps]. noise_scale, brownian: as of `euler_ancestral`.
    Source: Xue et al. 2023 (arXiv:2309.05019), eqs. 14 and 17, algorithm 1.
    """
    intervals = begin(x, grid, past)
    check_eta(eta)
    check_noise_scale(noise_scale)
    check_order(order, 3)
    total = len(grid) - 1
    held = list(reversed(past.guesses))[:order]
    for index, here, there in intervals:
        x0 = denoiser(x, here).x0
        before = usable(grid, index - 1, len(held), order)
        if before:
            changes = _correction(grid, index, before, order, eta)
            x = weighed(x, 1.0, (x0, *held[:before]), [here.alpha * change for change in changes])
        held = [x0, *held[: order - 1]]
        if here.alpha and there.sigma:
            count, h = usable(grid, index, len(held), order), log_gap(grid, index, index + 1)
            weights = _weights(grid, index, h, range(count), eta)
            kept = there.sigma / here.sigma * math.exp(-eta * eta * h)
            x = weighed(x, kept, held[:count], [there.alpha * weight for weight in weights])
            fresh = there.sigma * math.sqrt(-math.expm1(-2.0 * eta * eta * h))
        else:
            x = moved(x, x0, here, there, 0.0 if eta else None)
            fresh = there.sigma if eta else 0.0
        renew(x, noise_scale * fresh, noise, index, here, there, brownian)
        yield Step(index, total, there, x, x0)


def _correction(grid: TimeGrid, index: int, count: int, order: int, eta: float) -> list[float]:
    """What the guess at `index` changes of the step that led there: of it and `count` before, the latest first."""
    h = log_gap(grid, index - 1, index)
    most = min(count, max(order, 2) - 1)
    corrected = [*_weights(grid, index - 1, h, range(-1, most), eta), *([0.0] * (count - most))]
    predicted = _weights(grid, index - 1, h, range(count), eta)
    return [corrected[0], *(a - b for a, b in zip(corrected[1:], predicted, strict=True))]


def _weights(grid: TimeGrid, index: int, h: float, backs: Sequence[int], eta: float) -> list[float]:
    """Of the guesses so many steps back from `index` (-1: ahead), for the step of length h, in units of alpha'."""
    places = [-log_gap(grid, index - back, index) if back > 0 else (h if back < 0 else 0.0) for back in backs]
    rate = 1.0 + eta * eta
    moments = rising_moments(h, rate, len(places))
    if len(places) == 2:
        moments[1] = 0.5 * rate * h * h
    return polynomial_weights(places, moments)
