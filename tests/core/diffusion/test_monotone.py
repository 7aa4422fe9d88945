from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import PchipInterpolator

from core.diffusion.monotone import monotone_curve

HEIGHTS = st.floats(-10.0, 10.0).map(lambda value: round(value, 3))


@st.composite
def points(draw: st.DrawFn) -> tuple[list[float], list[float]]:
    xs = sorted(draw(st.lists(st.integers(0, 1000), min_size=2, max_size=12, unique=True)))
    ys = draw(st.lists(HEIGHTS, min_size=len(xs), max_size=len(xs)))
    return [x / 1000 for x in xs], ys


@given(points(), st.booleans())
def test_it_is_scipys_curve(points: tuple[list[float], list[float]], ordered: bool) -> None:
    xs, ys = points
    ys = sorted(ys) if ordered else ys
    at = np.linspace(xs[0], xs[-1], 97)
    np.testing.assert_allclose(monotone_curve(xs, ys, at.tolist()), PchipInterpolator(xs, ys)(at), atol=1e-11)


@given(points())
def test_rising_points_make_a_curve_that_never_falls(points: tuple[list[float], list[float]]) -> None:
    xs, ys = points[0], sorted(points[1])
    curve = monotone_curve(xs, ys, np.linspace(xs[0], xs[-1], 401).tolist())
    assert all(a <= b + 1e-13 for a, b in pairwise(curve))
    assert min(curve) >= ys[0] - 1e-13
    assert max(curve) <= ys[-1] + 1e-13


def test_two_points_make_a_line_and_points_are_met() -> None:
    assert monotone_curve([0.0, 1.0], [3.0, 1.0], [0.0, 0.25, 1.0]) == pytest.approx((3.0, 2.5, 1.0))
    xs, ys = [0.0, 0.1, 0.9, 1.0], [4.0, 1.0, 0.5, -3.0]
    assert monotone_curve(xs, ys, xs) == pytest.approx(ys)
