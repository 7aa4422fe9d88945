"""Kernel distance between two sets of pictures."""

from __future__ import annotations

import numpy as np


def kernel_distance(features: np.ndarray, reference: np.ndarray) -> float:
    """Unbiased squared maximum mean discrepancy under the kernel (x.y / F + 1)^3. (N, F) and (M, F), at least 2 each.

    Unlike the Frechet distance it is not biased by the sets' sizes; it may come out slightly below 0.
    Source: Binkowski et al. 2018 (arXiv:1801.01401), eq. 4 and section 3.
    """
    assert min(len(features), len(reference)) >= 2, "each set needs two items at least"
    x, y = features.astype(np.float64), reference.astype(np.float64)
    within = _mean_off_diagonal(_kernel(x, x)) + _mean_off_diagonal(_kernel(y, y))
    return float(within - 2.0 * _kernel(x, y).mean())


def _kernel(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return (x @ y.T / x.shape[1] + 1.0) ** 3


def _mean_off_diagonal(values: np.ndarray) -> float:
    count = len(values)
    return float((values.sum() - np.trace(values)) / (count * (count - 1)))
