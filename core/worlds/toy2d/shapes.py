"""Points of the plane, drawn from six shapes, all of about zero mean and unit spread."""

from __future__ import annotations

import math

import numpy as np

from core.toy import EXTENT, ToyData

GAUSSIANS, RADIUS, SPREAD = 8, 1.35, 0.12
"""How many there are, how far from the middle, and how wide."""
CELLS, SIDE = 4, 3.2
"""Of the checkerboard: cells a side, and its side."""


def draw_points(data: ToyData, count: int, seed: int) -> np.ndarray:
    """(count, 2) float32, x and y; a pure function of its arguments."""
    rng = np.random.default_rng((seed, count))
    match data.shape:
        case "swiss_roll":
            points = _swiss_roll(count, rng)
        case "two_moons":
            points = _two_moons(count, rng)
        case "eight_gaussians":
            points = gaussian_means()[rng.integers(GAUSSIANS, size=count)] + SPREAD * rng.standard_normal((count, 2))
        case "checkerboard":
            points = _checkerboard(count, rng)
        case "spirals":
            points = _spirals(count, rng)
        case "drawn":
            points = _drawn(data, count, rng)
    return points.astype(np.float32)


def gaussian_means() -> np.ndarray:
    """(8, 2): evenly around a circle, the first at the right."""
    angles = 2.0 * math.pi * np.arange(GAUSSIANS) / GAUSSIANS
    return RADIUS * np.stack((np.cos(angles), np.sin(angles)), axis=1)


def _swiss_roll(count: int, rng: np.random.Generator) -> np.ndarray:
    """One and a half turns, as dense along the angle as scikit-learn's `make_swiss_roll`, seen from its side."""
    angle = 1.5 * math.pi * (1.0 + 2.0 * rng.random(count))
    points = np.stack((angle * np.cos(angle), angle * np.sin(angle)), axis=1)
    return (points + 0.35 * rng.standard_normal((count, 2)) - np.array([1.5, -0.5])) / 6.8


def _two_moons(count: int, rng: np.random.Generator) -> np.ndarray:
    """Two half circles that reach into each other, as scikit-learn's `make_moons` has them."""
    angle, lower = math.pi * rng.random(count), rng.integers(2, size=count)
    x = np.where(lower, 1.0 - np.cos(angle), np.cos(angle))
    y = np.where(lower, 0.5 - np.sin(angle), np.sin(angle))
    points = np.stack((x, y), axis=1) + 0.06 * rng.standard_normal((count, 2))
    return (points - np.array([0.5, 0.25])) * np.array([1.15, 1.75])


def _checkerboard(count: int, rng: np.random.Generator) -> np.ndarray:
    """Even on every second cell."""
    row = rng.integers(CELLS, size=count)
    column = 2 * rng.integers(CELLS // 2, size=count) + row % 2
    cells = np.stack((column, row), axis=1) + rng.random((count, 2))
    return SIDE * (cells / CELLS - 0.5)


def _spirals(count: int, rng: np.random.Generator) -> np.ndarray:
    """Two arms of one and a half turns; even along the arms' length but near the middle."""
    way = np.sqrt(rng.random(count))
    angle = 3.0 * math.pi * way + math.pi * rng.integers(2, size=count)
    points = 2.1 * way[:, None] * np.stack((np.cos(angle), np.sin(angle)), axis=1)
    return points + 0.05 * rng.standard_normal((count, 2))


def _drawn(data: ToyData, count: int, rng: np.random.Generator) -> np.ndarray:
    """Even along the strokes' length; a dot counts as much as a stroke of a brush's width."""
    begins, ends = list[np.ndarray](), list[np.ndarray]()
    for stroke in data.strokes:
        line = np.array(stroke, dtype=np.float64)
        begins.append(line[:-1] if len(line) > 1 else line)
        ends.append(line[1:] if len(line) > 1 else line)
    begin, end = np.concatenate(begins), np.concatenate(ends)
    lengths = np.hypot(*(end - begin).T)
    dots = np.array([len(stroke) == 1 for stroke in data.strokes for _ in range(max(len(stroke) - 1, 1))])
    lengths[dots] = data.brush
    if lengths.sum() == 0.0:
        lengths[:] = 1.0
    piece = rng.choice(len(lengths), size=count, p=lengths / lengths.sum())
    points = begin[piece] + rng.random((count, 1)) * (end - begin)[piece]
    points = points + data.brush * rng.standard_normal((count, 2))
    return np.clip(points, -EXTENT, EXTENT)
