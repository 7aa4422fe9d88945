"""Random numbers that belong to an item, not to a batch, a device or a global generator.

Every draw is a pure function of (seed, stream, key): Philox counted from a key that holds the seed itself and a
hash of the stream and key. So a picture is the same alone, in a batch, at any place in it, on any device.
Source of the generator: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from core.diffusion.level import Level
from core.errors import NoisetteError

DEPTH = 20
"""Halvings of the Brownian path: levels nearer than 2^-20 in sigma / (alpha + sigma) fall together."""


class NoiseError(NoisetteError):
    """Noise was asked for that can't be drawn."""


class NoiseSource(Protocol):
    """Unit normal noise for a batch."""

    def draw(self, stream: str, key: int) -> Tensor:
        """(B, *shape), a pure function of each item's seed, the stream and the key."""
        ...

    def between(self, a: Level, b: Level) -> Tensor:
        """(B, *shape), unit normal; the increment of each item's Brownian path over the levels, normalised."""
        ...


class Noise:
    """One seed an item. Draws are float32, made on the CPU, then moved to `device`."""

    def __init__(self, seeds: Sequence[int], shape: Sequence[int], device: torch.device | str = "cpu") -> None:
        """seeds: B whole numbers from 0 to 2^64 - 1. shape: of one item. Raises NoiseError."""
        if not seeds:
            raise NoiseError("0 seeds given; give one for each item")
        for seed in seeds:
            if not 0 <= seed < 2**64:
                raise NoiseError(f"seed {seed} is out of range; give a whole number from 0 to 2^64 - 1")
        self._seeds = tuple(seeds)
        self._shape = tuple(shape)
        self._device = torch.device(device)
        self._visited: dict[int, np.ndarray] = {}

    def draw(self, stream: str, key: int) -> Tensor:
        """(B, *shape) float32, unit normal. Streams are independent of one another, and so are keys."""
        tag = _tag(stream, key)
        drawn = np.empty((len(self._seeds), *self._shape), dtype=np.float32)
        for item, seed in enumerate(self._seeds):
            _philox(seed, tag).standard_normal(dtype=np.float32, out=drawn[item : item + 1])
        return torch.from_numpy(drawn).to(self._device)

    def between(self, a: Level, b: Level) -> Tensor:
        """(B, *shape) float32, unit normal: (W(b) - W(a)) / sqrt(b - a) of each item's Brownian path W.

        W runs over sigma / (alpha + sigma), which reaches from 0 to 1 on every schedule; places on it are rounded to
        2^-20. Draws over [a, b] and [b, c] therefore add up, weighted by the roots of their lengths, to the draw
        over [a, c], and samplers at different step counts, or on different schedules, follow one path.
        The order of a and b doesn't matter. Raises NoiseError where they fall together.
        """
        low, high = sorted((_place(a), _place(b)))
        if low == high:
            raise NoiseError(
                f"sigma/alpha {a.ratio:g} and {b.ratio:g} are too close to draw between; "
                "take fewer steps, or turn the Brownian path off"
            )
        length = (high - low) / 2**DEPTH
        # A run asks for neighbouring intervals: the place they share is kept.
        ends = {place: self._visited.get(place) for place in (low, high)}
        self._visited = {place: self._paths(place) if path is None else path for place, path in ends.items()}
        unit = ((self._visited[high] - self._visited[low]) / math.sqrt(length)).astype(np.float32)
        return torch.from_numpy(unit).to(self._device)

    def _normal(self, seed: int, tag: int) -> np.ndarray:
        return _philox(seed, tag).standard_normal(self._shape, dtype=np.float32)

    def _paths(self, place: int) -> np.ndarray:
        """(B, *shape) float64: every item's W at a place."""
        return np.stack([self._path(seed, place) for seed in self._seeds])

    def _path(self, seed: int, place: int) -> np.ndarray:
        """W(place / 2^DEPTH), float64, by bridges: each midpoint is its ends' mean plus fresh noise."""
        low, high, node = 0, 2**DEPTH, 1
        at_low = np.zeros(self._shape)
        at_high = self._normal(seed, _tag("path", 0)).astype(np.float64)
        while low < place < high:
            middle = (low + high) // 2
            spread = 0.5 * math.sqrt((high - low) / 2**DEPTH)
            at_middle = 0.5 * (at_low + at_high) + spread * self._normal(seed, _tag("path", node))
            if place < middle:
                high, at_high, node = middle, at_middle, 2 * node
            else:
                low, at_low, node = middle, at_middle, 2 * node + 1
        return at_high if place == high else at_low


def pure_noise(noise: NoiseSource, level: Level) -> Tensor:
    """(B, *shape): the state a run begins from, sigma * eps at the grid's first level."""
    return level.sigma * noise.draw("start", 0)


def _philox(seed: int, tag: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=np.array([seed, tag], dtype=np.uint64)))


def _tag(stream: str, key: int) -> int:
    """64 bits for the stream and key."""
    return int.from_bytes(hashlib.blake2b(f"{stream}/{key}".encode(), digest_size=8).digest(), "little")


def _place(level: Level) -> int:
    return round(2**DEPTH * level.sigma / (level.alpha + level.sigma))
