"""How near a set of pictures is to real ones, in the judge's features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.evaluation.frechet import frechet_distance
from core.evaluation.kid import kernel_distance
from core.evaluation.precision_recall import precision_recall


@dataclass(frozen=True, slots=True)
class Distances:
    """frechet, kernel: 0 for the same distribution. precision, recall: in [0, 1]; see the functions of these names."""

    frechet: float
    kernel: float
    precision: float
    recall: float


def distances(features: np.ndarray, real: np.ndarray) -> Distances:
    """Of (N, F) features to (M, F) of real pictures, each brought to zero mean and unit deviation over the real ones.

    Raw features differ in size by orders, and the largest alone would decide. A feature that hardly varies over the
    real pictures is scaled as one with a thousandth of the median deviation.
    """
    deviation = real.std(axis=0)
    scale = np.maximum(deviation, 1e-3 * np.median(deviation) + 1e-12)
    own, theirs = (features - real.mean(axis=0)) / scale, (real - real.mean(axis=0)) / scale
    precision, recall = precision_recall(own, theirs)
    return Distances(frechet_distance(own, theirs), kernel_distance(own, theirs), precision, recall)
