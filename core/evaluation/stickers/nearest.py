"""Is a picture its model's own, or one that training showed? Each beside the training picture most like it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

COPIES_FOUND = 0.9
"""The share of training pictures, slightly changed, that the threshold finds: it is set by them."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """Of each of N pictures, the library's place that is most like it, and how far it is: 1 - cosine, in [0, 2]."""

    places: np.ndarray
    distances: np.ndarray

    def copies(self, threshold: float) -> float:
        """The share of pictures at most `threshold` away."""
        return float((self.distances <= threshold).mean())


def nearest(features: np.ndarray, library: np.ndarray) -> Nearest:
    """features: (N, F); library: (M, F), of training pictures."""
    near = _directions(features) @ _directions(library).T
    places = near.argmax(axis=1)
    return Nearest(places, 1.0 - near[np.arange(len(near)), places])


def copy_threshold(features: np.ndarray, originals: np.ndarray) -> float:
    """How near a picture has to be to be called a copy: most slightly changed ones are as near to their originals.

    features, originals: (N, F), of the changed pictures and of the same as they were.
    """
    cosines = (_directions(features) * _directions(originals)).sum(axis=1)
    return float(np.quantile(1.0 - cosines, COPIES_FOUND))


def slightly_changed(pictures: np.ndarray) -> np.ndarray:
    """(N, H, W, 3) uint8: the same one pixel to the right and a twentieth darker, as a copy by a model may be."""
    aside = np.concatenate([pictures[:, :, :1], pictures[:, :, :-1]], axis=2)
    return (aside.astype(np.float32) * 0.95).round().astype(np.uint8)


def _directions(features: np.ndarray) -> np.ndarray:
    values = features.astype(np.float64)
    return values / np.linalg.norm(values, axis=1, keepdims=True)
