"""The statistics of a race: medians with intervals, shares with intervals, slopes in a log-log plot. No torch here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

CONFIDENCE = 0.95
NORMAL_QUANTILE = 1.959963984540054
"""Of the normal distribution at (1 + CONFIDENCE) / 2."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """low, high: an interval that holds the true value with at least `CONFIDENCE`; None where there is too little."""

    value: float
    low: float | None
    high: float | None
    count: int


def median_of(values: Sequence[float]) -> Estimate:
    """Median with the interval of order statistics, which assumes no distribution. It takes at least 6 values.

    values: at least 1. Source: Thompson 1936, "On confidence ranges for the median", eq. 3.
    """
    ranked = sorted(values)
    count = len(ranked)
    outside, below = 0.0, 0
    # The largest k with 2 P(Binomial(n, 1/2) < k) <= 1 - CONFIDENCE.
    for k in range(1, count // 2 + 1):
        outside += 2.0 * math.comb(count, k - 1) / 2.0**count
        if outside > 1.0 - CONFIDENCE:
            break
        below = k
    if not below:
        return Estimate(median(ranked), None, None, count)
    return Estimate(median(ranked), ranked[below - 1], ranked[count - below], count)


def share_of(held: int, of: int) -> Estimate:
    """A share with its score interval. of: at least 1.

    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
    """
    share, z2 = held / of, NORMAL_QUANTILE**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    reach = NORMAL_QUANTILE / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return Estimate(share, max(middle - reach, 0.0), min(middle + reach, 1.0), of)


def local_slopes(points: Sequence[tuple[float, float]]) -> tuple[float | None, ...]:
    """d log(error) / d log(evaluations) at each point, from its neighbours; None where that can't be told.

    points: (evaluations, error), evaluations rising. At the ends the one neighbour serves.
    """
    slopes = list[float | None]()
    for place in range(len(points)):
        before, after = points[max(place - 1, 0)], points[min(place + 1, len(points) - 1)]
        slopes.append(_slope(before, after))
    return tuple(slopes)


def fitted_slope(points: Sequence[tuple[float, float]]) -> float | None:
    """The least-squares line's slope through log(error) over log(evaluations); None for fewer than 2 usable points."""
    usable = [(math.log(x), math.log(y)) for x, y in points if x > 0.0 and y > 0.0]
    if len({x for x, _ in usable}) < 2:
        return None
    mean_x, mean_y = (sum(each[axis] for each in usable) / len(usable) for axis in (0, 1))
    spread = sum((x - mean_x) ** 2 for x, _ in usable)
    return sum((x - mean_x) * (y - mean_y) for x, y in usable) / spread


def _slope(before: tuple[float, float], after: tuple[float, float]) -> float | None:
    if min(*before, *after) <= 0.0 or before[0] == after[0]:
        return None
    return math.log(after[1] / before[1]) / math.log(after[0] / before[0])
