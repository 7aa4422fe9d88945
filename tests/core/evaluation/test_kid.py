from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.kid import kernel_distance


def test_it_is_the_sum_over_pairs() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(4, 3)), rng.normal(size=(5, 3))

    def kernel(a: np.ndarray, b: np.ndarray) -> float:
        return float((a @ b / 3.0 + 1.0) ** 3)

    within_x = [kernel(x[i], x[j]) for i in range(4) for j in range(4) if i != j]
    within_y = [kernel(y[i], y[j]) for i in range(5) for j in range(5) if i != j]
    across = [kernel(a, b) for a in x for b in y]
    expected = np.mean(within_x) + np.mean(within_y) - 2.0 * np.mean(across)
    assert kernel_distance(x, y) == pytest.approx(expected)


def test_it_is_unbiased_for_equal_sources() -> None:
    rng = np.random.default_rng(1)
    values = [kernel_distance(rng.normal(size=(20, 4)), rng.normal(size=(20, 4))) for _ in range(400)]
    assert abs(np.mean(values)) < 3.0 * np.std(values) / np.sqrt(len(values))


def test_it_sees_a_shift() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(200, 4))
    assert kernel_distance(x, rng.normal(size=(200, 4)) + 1.0) > 0.5
