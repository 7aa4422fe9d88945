"""Quantiles of the Beta distribution, in plain floats: the studio plots grids made of them and loads no SciPy."""

from __future__ import annotations

import math
from functools import lru_cache

_TINY = 1e-300


@lru_cache(maxsize=4096)
def beta_quantile(share: float, a: float, b: float) -> float:
    """The x in [0, 1] below which a Beta(a, b) variable falls with probability `share`.

    Found by halving, which is slow and can't go astray; exact to the last digits of x and of 1 - x.
    """
    if share <= 0.0:
        return 0.0
    if share >= 1.0:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        if beta_cdf(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def beta_cdf(x: float, a: float, b: float) -> float:
    """The regularized incomplete beta function I_x(a, b).

    Source: DLMF 8.17.22, its continued fraction, summed by Lentz's method (Thompson and Barnett 1986,
    doi:10.1016/0021-9991(86)90046-X); reflected by DLMF 8.17.4 where that converges slowly.
    """
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - beta_cdf(1.0 - x, b, a)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(log_front) / a / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """1 + d1 / (1 + d2 / (1 + ...)) of DLMF 8.17.22."""
    value, c, d = 1.0, 1.0, 0.0
    for place in range(1, 500):
        m = place // 2
        if place % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1.0 / (1.0 + term * d or _TINY)
        c = 1.0 + term / c or _TINY
        value *= c * d
        if abs(c * d - 1.0) < 1e-16:
            break
    return value
