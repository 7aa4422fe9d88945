from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st

from core.evaluation.frechet import frechet_distance, gaussian_distance, moments


def covariance(rng: np.random.Generator, size: int, rank: int) -> np.ndarray:
    root = rng.normal(size=(size, rank))
    return root @ root.T


def test_one_dimension_is_the_closed_form() -> None:
    one = gaussian_distance(np.array([1.0]), np.array([[4.0]]), np.array([-2.0]), np.array([[0.25]]))
    assert one == pytest.approx(3.0**2 + (2.0 - 0.5) ** 2)


def test_commuting_covariances_are_the_closed_form() -> None:
    a, b = np.array([1.0, 4.0, 9.0]), np.array([4.0, 0.0, 1.0])
    got = gaussian_distance(np.zeros(3), np.diag(a), np.ones(3), np.diag(b))
    assert got == pytest.approx(3.0 + ((np.sqrt(a) - np.sqrt(b)) ** 2).sum())


@pytest.mark.parametrize("rank", [8, 3])
def test_it_equals_the_matrix_root(rank: int) -> None:
    rng = np.random.default_rng(0)
    a, b = covariance(rng, 8, 8), covariance(rng, 8, rank)
    root = scipy.linalg.sqrtm(a @ b)
    expected = np.trace(a) + np.trace(b) - 2.0 * np.trace(root).real
    assert gaussian_distance(np.zeros(8), a, np.zeros(8), b) == pytest.approx(expected, rel=1e-6)


@given(st.integers(0, 1000))
def test_it_is_symmetric_and_zero_to_itself(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(12, 4)), rng.normal(size=(9, 4)) * 2.0 + 1.0
    assert frechet_distance(x, y) == pytest.approx(frechet_distance(y, x), rel=1e-9)
    assert frechet_distance(x, x) == pytest.approx(0.0, abs=1e-9)
    assert frechet_distance(x, y) > 0.0


def test_large_sets_approach_their_gaussians() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(20_000, 3)), rng.normal(size=(20_000, 3)) * 2.0 + 0.5
    assert frechet_distance(x, y) == pytest.approx(3 * 0.25 + 3 * 1.0, rel=0.05)


def test_moments_are_unbiased() -> None:
    mean, spread = moments(np.array([[0.0, 0.0], [2.0, 4.0]], dtype=np.float32))
    np.testing.assert_allclose(mean, [1.0, 2.0])
    np.testing.assert_allclose(spread, [[2.0, 4.0], [4.0, 8.0]])
    assert spread.dtype == np.float64
