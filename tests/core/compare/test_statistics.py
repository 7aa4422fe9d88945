from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.compare.statistics import fitted_slope, local_slopes, median_of, share_of


@pytest.mark.parametrize("count", [6, 7, 16, 33, 100])
def test_the_median_interval_has_the_ranks_of_the_binomial(count: int) -> None:
    found = median_of([float(value) for value in range(1, count + 1)])
    # The largest k whose two tails together stay within 5 %: scipy's own quantile says the same.
    k = int(stats.binom.ppf(0.025, count, 0.5))
    if 2 * stats.binom.cdf(k, count, 0.5) <= 0.05:
        k += 1
    assert (found.low, found.high) == (float(k), float(count - k + 1))
    assert found.value == (count + 1) / 2


def test_few_values_have_a_median_and_no_interval() -> None:
    found = median_of([3.0, 1.0, 2.0, 5.0, 4.0])
    assert (found.value, found.low, found.high, found.count) == (3.0, None, None, 5)


def test_the_median_interval_covers_as_often_as_it_says() -> None:
    draws = np.random.default_rng(1).exponential(size=(2000, 16))
    truth = np.log(2.0)
    covered = [found.low <= truth <= found.high for found in map(median_of, draws.tolist())]
    assert np.mean(covered) >= 0.94


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_a_share_has_the_score_interval(counts: tuple[int, int]) -> None:
    held, of = counts
    found = share_of(held, of)
    expected = stats.binomtest(held, of).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


@given(st.floats(0.5, 5.0), st.floats(1e-6, 10.0))
def test_a_power_law_has_its_exponent_as_slope_everywhere(order: float, scale: float) -> None:
    points = [(float(n), scale * n**-order) for n in (6, 8, 12, 24, 64)]
    assert fitted_slope(points) == pytest.approx(-order, rel=1e-9)
    assert local_slopes(points) == pytest.approx((-order,) * 5, rel=1e-9)


def test_no_slope_is_told_where_there_is_none() -> None:
    assert fitted_slope([(8.0, 0.1)]) is None
    assert fitted_slope([(8.0, 0.1), (8.0, 0.2)]) is None
    assert local_slopes([(8.0, 0.1)]) == (None,)
    assert local_slopes([(8.0, 0.1), (16.0, 0.0)]) == (None, None)
