"""Weights of earlier guesses in a multistep method: exact integrals of the polynomial through them. No torch here."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.diffusion.time_grid import TimeGrid

_SMALL = 1.0
"""Below it a recurrence would cancel, and a series is short."""
_ONE_OVER_FACTORIAL = tuple(1.0 / math.factorial(k) for k in range(9))


def polynomial_weights(places: Sequence[float], moments: Sequence[float]) -> list[float]:
    """The weight of the value at each place: the integral of its Lagrange polynomial.

    moments: of the measure that is integrated over, of u^0, u^1, ...; as many as places.
    """
    weights = list[float]()
    for j, own in enumerate(places):
        coefficients = [1.0]
        for i, other in enumerate(places):
            if i != j:
                shifted = [0.0, *coefficients]
                coefficients = [
                    (a - other * b) / (own - other) for a, b in zip(shifted, [*coefficients, 0.0], strict=True)
                ]
        weights.append(sum(c * moment for c, moment in zip(coefficients, moments, strict=True)))
    return weights


def power_moments(length: float, count: int) -> list[float]:
    """The integrals of u^m over 0 to `length`, m = 0 to count - 1."""
    return [length ** (m + 1) / (m + 1) for m in range(count)]


def rising_moments(length: float, rate: float, count: int) -> list[float]:
    """The integrals of rate * exp(rate * (u - length)) * u^m over 0 to `length`; the first is 1 - exp(-rate * length).

    By parts, length^m - (m / rate) * the one before; as a series where that would cancel.
    """
    z = rate * length
    if z < _SMALL:
        return [length**m * _series(z, m, -1.0) for m in range(count)]
    moments = [-math.expm1(-z)]
    for m in range(1, count):
        moments.append(length**m - m / rate * moments[-1])
    return moments


def falling_moments(length: float, count: int) -> list[float]:
    """The integrals of exp(-u) * u^m over 0 to `length`: lower incomplete gamma functions of m + 1."""
    if length < _SMALL:
        return [math.exp(-length) * length**m * _series(length, m, 1.0) for m in range(count)]
    moments = [-math.expm1(-length)]
    for m in range(1, count):
        moments.append(m * moments[-1] - length**m * math.exp(-length))
    return moments


def phi(order: int, z: float) -> float:
    """The exponential integrators' phi: 1 is (e^z - 1) / z, and each next one (phi(z) - 1 / order!) / z.

    Source: Hochbruck and Ostermann 2010 (doi:10.1017/S0962492910000048), eqs. 2.10 and 2.11.
    """
    if abs(z) < _SMALL:
        total, term, n = 0.0, 1.0 / math.factorial(order), 0
        while abs(term) > 1e-19:
            total += term
            n += 1
            term *= z / (order + n)
        return total
    value = math.expm1(z) / z
    for k in range(1, order):
        value = (value - 1.0 / math.factorial(k)) / z
    return value


def phis(z: float, count: int) -> list[float]:
    """phi of the orders 1 to `count`, from one series or one chain."""
    if abs(z) < _SMALL:
        values = [phi(count, z)]
        for order in range(count - 1, 0, -1):
            # downwards, where the chain of `phi` would cancel
            values.append(z * values[-1] + _ONE_OVER_FACTORIAL[order])
        return values[::-1]
    values = [math.expm1(z) / z]
    for order in range(1, count):
        values.append((values[-1] - _ONE_OVER_FACTORIAL[order]) / z)
    return values


def log_gap(grid: TimeGrid, here: int, there: int) -> float:
    """How far log(alpha / sigma) rises from one level of the grid to another; the ratios are finite and above 0."""
    return math.log(grid[here].ratio / grid[there].ratio)


def usable(grid: TimeGrid, index: int, held: int, most: int) -> int:
    """How many guesses, that of level `index` the latest, lie where their ratio is finite. held: how many there are."""
    # Noise falls along a grid, so only its first level may be pure noise.
    finite = index + 1 if grid[0].alpha else index
    return max(min(held, most, finite), 0)


def _series(z: float, m: int, sign: float) -> float:
    """The sum of sign^j * z^(j + 1) * m! / (m + j + 1)! over j from 0."""
    total, term, j = 0.0, z / (m + 1), 0
    while abs(term) > 1e-18 * abs(total):
        total += term
        j += 1
        term *= sign * z / (m + j + 1)
    return total
