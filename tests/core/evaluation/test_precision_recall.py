from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.precision_recall import precision_recall


def test_a_set_covers_itself() -> None:
    x = np.random.default_rng(0).normal(size=(30, 4))
    assert precision_recall(x, x) == (1.0, 1.0)


def test_far_sets_cover_nothing() -> None:
    x = np.random.default_rng(0).normal(size=(30, 4))
    assert precision_recall(x, x + 100.0) == (0.0, 0.0)


def test_part_of_the_real_is_precise_but_lacks_recall() -> None:
    rng = np.random.default_rng(1)
    near, far = rng.normal(size=(50, 2)), rng.normal(size=(50, 2)) + 50.0
    precision, recall = precision_recall(rng.normal(size=(50, 2)) * 0.5, np.concatenate([near, far]))
    assert precision > 0.95
    assert 0.2 < recall <= 0.5


def test_balls_reach_to_the_kth_neighbour() -> None:
    real = np.array([[0.0], [1.0], [3.0], [7.0]])
    # reaches with k = 1: 1, 1, 2, 4
    inside, outside = np.array([[-0.9], [11.0]]), np.array([[-1.1], [11.2]])
    assert precision_recall(inside, real, neighbours=1)[0] == pytest.approx(1.0)
    assert precision_recall(outside, real, neighbours=1)[0] == pytest.approx(0.0)
