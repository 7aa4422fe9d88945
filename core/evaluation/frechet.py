"""Distance between two sets of pictures, as Gaussians in a feature space."""

from __future__ import annotations

import numpy as np


def frechet_distance(features: np.ndarray, reference: np.ndarray) -> float:
    """Squared Frechet distance of the Gaussians fitted to two sets. (N, F) and (M, F), N and M at least 2.

    |m1 - m2|^2 + trace(C1 + C2 - 2 (C1 C2)^(1/2)), in float64. Small sets bias it upwards: compare equal sizes only.
    It is not FID unless the features are Inception's.
    Source: Dowson & Landau 1982, "The Fréchet distance between multivariate normal distributions", eq. 4; Heusel et al.
    2017 (arXiv:1706.08500), eq. 6.
    """
    first, second = moments(features), moments(reference)
    return gaussian_distance(*first, *second)


def moments(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (F,) and unbiased covariance (F, F) of (N, F), float64."""
    assert features.ndim == 2, f"features of shape {features.shape}"
    assert len(features) >= 2, "a covariance needs two items at least"
    values = features.astype(np.float64)
    return values.mean(axis=0), np.atleast_2d(np.cov(values, rowvar=False))


def gaussian_distance(mean1: np.ndarray, cov1: np.ndarray, mean2: np.ndarray, cov2: np.ndarray) -> float:
    """Squared Frechet distance of two Gaussians. means (F,), covariances (F, F), positive semidefinite."""
    root = _square_root(cov1)
    # (C1 C2)^(1/2) has the eigenvalues of (R C2 R)^(1/2), R = C1^(1/2), which is symmetric and so never goes complex
    inner = np.linalg.eigvalsh(root @ cov2 @ root)
    cross = np.sqrt(np.clip(inner, 0.0, None)).sum()
    offset = mean1 - mean2
    return float(max(offset @ offset + np.trace(cov1) + np.trace(cov2) - 2.0 * cross, 0.0))


def _square_root(matrix: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T
