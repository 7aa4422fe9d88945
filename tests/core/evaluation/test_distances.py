from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.distances import distances

RNG = np.random.default_rng(0)
REAL = RNG.normal(size=(300, 3)) * np.array([1.0, 100.0, 0.01]) + np.array([0.0, 5.0, -2.0])


def test_real_pictures_are_at_no_distance_to_themselves() -> None:
    near = distances(REAL, REAL)
    assert near.frechet == pytest.approx(0.0, abs=1e-9)
    assert (near.precision, near.recall) == (1.0, 1.0)


@pytest.mark.parametrize("feature", [0, 1, 2])
def test_a_shift_by_a_deviation_counts_the_same_in_every_feature(feature: int) -> None:
    shifted = REAL.copy()
    shifted[:, feature] += REAL[:, feature].std()
    assert distances(shifted, REAL).frechet == pytest.approx(1.0, rel=1e-6)
    assert 0.1 < distances(shifted, REAL).kernel < 3.0


def test_a_feature_that_never_varies_does_no_harm() -> None:
    real = REAL.copy()
    real[:, 2] = 4.0
    assert np.isfinite(distances(real[:200], real).frechet)
