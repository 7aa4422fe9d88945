"""Figures about paths and about sets of points."""

from __future__ import annotations

import math

import numpy as np


def straightness(paths: np.ndarray) -> float:
    """How much of the way made was needed: the distances from start to end, summed, over the lengths of the paths.

    paths: (F, B, n), F >= 2. 1 for straight lines whatever their pace, less for detours; 1 where nothing moves.
    """
    lengths = np.linalg.norm(np.diff(paths.astype(np.float64), axis=0), axis=-1).sum()
    needed = np.linalg.norm(paths[-1].astype(np.float64) - paths[0], axis=-1).sum()
    return float(needed / lengths) if lengths > 0.0 else 1.0


def even_straightness(paths: np.ndarray) -> float:
    """Straightness that counts the pace too: 1 where every particle goes straight and evenly, so one step is exact.

    paths: (F, B, n) at evenly spaced times, F >= 2. With S the mean of |way - velocity|^2 over time and particles, this
    is |way|^2 / (|way|^2 + S): Liu et al.'s straightness made free of units, and turned so that more is straighter.
    Source: Liu et al. 2023 (arXiv:2209.03003), eq. 6.
    """
    velocity = np.diff(paths.astype(np.float64), axis=0) * (len(paths) - 1)
    way = paths[-1].astype(np.float64) - paths[0]
    needed, spent = (way**2).sum(-1).mean(), (velocity**2).sum(-1).mean()
    return float(needed / spent) if spent > 0.0 else 1.0


def sliced_wasserstein(a: np.ndarray, b: np.ndarray, directions: int = 64) -> float:
    """Sliced 2-Wasserstein distance of two sets of points of the plane, in its units.

    a, b: (N, 2), as many each. The root of the mean, over evenly spread directions, of the squared 1-D distance.
    Source: Bonneel et al. 2015, "Sliced and Radon Wasserstein barycenters of measures", eq. 10.
    """
    angles = math.pi * np.arange(directions) / directions
    axes = np.stack((np.cos(angles), np.sin(angles)))
    apart = np.sort(a.astype(np.float64) @ axes, axis=0) - np.sort(b.astype(np.float64) @ axes, axis=0)
    return float(np.sqrt((apart**2).mean()))


def root_mean_square(a: np.ndarray, b: np.ndarray) -> float:
    """The root of the mean squared distance between points of the same place. a, b: (N, n)."""
    return float(np.sqrt(((a.astype(np.float64) - b) ** 2).sum(-1).mean()))
