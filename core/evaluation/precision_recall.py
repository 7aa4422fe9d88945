"""How much of one set of pictures lies within another: fidelity and variety, told apart."""

from __future__ import annotations

import numpy as np


def precision_recall(features: np.ndarray, reference: np.ndarray, neighbours: int = 3) -> tuple[float, float]:
    """(precision, recall) in [0, 1] of (N, F) features against (M, F) of real pictures.

    A set covers the balls around its items that reach to their k-th neighbours. Precision: the share of features that
    the reference covers; recall: the share of the reference that the features cover.
    Source: Kynkäänniemi et al. 2019 (arXiv:1904.06991), eq. 2 and 3.
    """
    assert min(len(features), len(reference)) > neighbours, f"each set needs more than {neighbours} items"
    x, y = features.astype(np.float64), reference.astype(np.float64)
    between = _distances(x, y)
    return (
        float((between <= _reach(y, neighbours)[None, :]).any(axis=1).mean()),
        float((between <= _reach(x, neighbours)[:, None]).any(axis=0).mean()),
    )


def _reach(x: np.ndarray, neighbours: int) -> np.ndarray:
    """(N,): squared distance of each item to its k-th neighbour, itself not counted."""
    own = _distances(x, x)
    np.fill_diagonal(own, np.inf)
    return np.partition(own, neighbours - 1, axis=1)[:, neighbours - 1]


def _distances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(N, M) squared."""
    squared = np.square(x).sum(axis=1)[:, None] + np.square(y).sum(axis=1)[None, :] - 2.0 * x @ y.T
    return np.clip(squared, 0.0, None)
