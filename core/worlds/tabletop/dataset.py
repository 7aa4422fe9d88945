"""Rendered scenes on disk, in shards, for training: pictures, and the scenes that they show.

A shard is a pure function of (size, seed, number), written under a temporary name and renamed, so making a
dataset can be stopped and continued, and several processes may make it together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.artifacts.atomic import write_atomically
from core.errors import NoisetteError
from core.worlds.tabletop.packing import pack
from core.worlds.tabletop.scene import COLOURS, SHAPES, Item, Scene, sample_scene

SHARD = 1000
SEEN_SIZE = 48
LEAST_SEEN = 14
"""Pixels of a SEEN_SIZE picture that an item must show."""
LEAST_SHARE = 0.42
"""Share of an item's outline that must be unhidden; `LEAST_INSIDE`: that must lie inside the picture."""
LEAST_INSIDE = 0.85


class DatasetError(NoisetteError):
    """A dataset folder does not hold what it should."""


@dataclass(frozen=True, slots=True)
class Shard:
    """pictures: (SHARD, size, size, 3) uint8 sRGB; scenes: as many."""

    pictures: np.ndarray
    scenes: tuple[Scene, ...]


def clear_scenes(rng: np.random.Generator, number: int) -> tuple[Scene, ...]:
    """Scenes whose every item can be recognised: enough of it seen, unhidden and inside the picture.

    Cubes, white and black are drawn more often than the rest, since they are the hardest to paint.
    """
    from core.worlds.tabletop.render_numba import count_pixels

    kept: list[Scene] = []
    while len(kept) < number:
        drawn = [_emphasised(sample_scene(rng, _count(rng)), rng) for _ in range(256)]
        seen, alone, inside = count_pixels(pack(drawn), SEEN_SIZE)
        absent = alone == 0
        clear = (seen >= LEAST_SEEN) & (seen >= LEAST_SHARE * alone) & (inside >= LEAST_INSIDE * alone)
        kept += [scene for scene, ok in zip(drawn, np.all(clear | absent, axis=1), strict=True) if ok]
    return tuple(kept[:number])


def make_shard(folder: Path, size: int, seed: int, number: int) -> Path:
    """Render shard `number` unless it stands already; its path."""
    from core.worlds.tabletop.render_numba import render_arrays

    path = folder / f"shard_{number:05d}.npy"
    listing = path.with_suffix(".jsonl")
    if path.exists() and listing.exists():
        return path
    scenes = clear_scenes(np.random.default_rng([seed, number]), SHARD)
    pictures = render_arrays(pack(scenes), size)[0]
    lines = "\n".join(scene.to_json() for scene in scenes).encode()
    rounded = np.round(pictures * 255.0).astype(np.uint8)
    write_atomically(listing, lambda file: file.write(lines), durable=False)
    write_atomically(path, lambda file: np.save(file, rounded), durable=False)
    return path


def read_shard(path: Path) -> Shard:
    """A shard, its pictures memory-mapped. Raises DatasetError where picture and scene counts differ."""
    pictures = np.load(path, mmap_mode="r", allow_pickle=False)
    lines = path.with_suffix(".jsonl").read_text().splitlines()
    if len(lines) != len(pictures):
        raise DatasetError(
            f"{path} holds {len(pictures)} pictures and {len(lines)} scenes; remove it to render it anew"
        )
    return Shard(pictures, tuple(Scene.from_json(line) for line in lines))


def make(folder: Path, size: int, seed: int, pictures: int) -> Iterator[tuple[int, int]]:
    """Make a dataset of at least `pictures`, yielding (shards done, shards in all)."""
    shards = -(-pictures // SHARD)
    for number in range(shards):
        make_shard(folder, size, seed, number)
        yield number + 1, shards


def shards_of(folder: Path) -> tuple[Path, ...]:
    """The finished shards, in order."""
    return tuple(path for path in sorted(folder.glob("shard_*.npy")) if path.with_suffix(".jsonl").exists())


def _count(rng: np.random.Generator) -> int:
    return int(rng.choice([1, 2, 3, 4], p=[0.22, 0.38, 0.25, 0.15]))


def _emphasised(scene: Scene, rng: np.random.Generator) -> Scene:
    """The scene with some items turned into cubes, some coloured white or black."""
    items: list[Item] = []
    for item in scene.items:
        if rng.random() < 0.10:
            item = replace(item, shape=SHAPES[1])
        if rng.random() < 0.10:
            item = replace(item, colour=COLOURS[6 + int(rng.integers(2))])
        items.append(item)
    return replace(scene, items=tuple(items))
