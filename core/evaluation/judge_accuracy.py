"""How far the judge itself can be trusted: its accuracy on real renders it never saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from core.evaluation.detections import objects, same_set, seen_both_ways
from core.networks.detector import Detector
from core.worlds.tabletop import dataset
from core.worlds.tabletop.constraints import observed
from core.worlds.tabletop.packing import pack
from core.worlds.tabletop.scene import Scene

SEED = 990_017
"""Of the scenes it is measured on; training sets use others."""


@dataclass(frozen=True, slots=True)
class Renders:
    """pictures: (N, size, size, 3) uint8 sRGB, and the scenes they show."""

    pictures: np.ndarray
    scenes: tuple[Scene, ...]


def fresh_renders(size: int, count: int, seed: int = SEED) -> Renders:
    """Real pictures of new scenes, drawn as training's are. Needs the training-only extra numba."""
    from core.worlds.tabletop.render_numba import render_arrays

    scenes = dataset.clear_scenes(np.random.default_rng([seed, size]), count)
    return Renders(np.round(render_arrays(pack(scenes), size)[0] * 255.0).astype(np.uint8), scenes)


@torch.inference_mode()
def accuracy_on_renders(detector: Detector, renders: Renders, batch_size: int = 50) -> dict[str, float]:
    """Shares in [0, 1]: the exact set (shape, colour, size, material of all objects) for one object and for two to
    four, and the right number of objects. place_rms: error of places in table units, where any number was right.
    """
    single, several, counted = list[bool](), list[bool](), list[bool]()
    errors: list[float] = []
    for start in range(0, len(renders.scenes), batch_size):
        pictures = torch.from_numpy(renders.pictures[start : start + batch_size])
        seen = objects(seen_both_ways(detector, pictures.permute(0, 3, 1, 2).float() / 127.5 - 1.0))
        for found, scene in zip(seen, renders.scenes[start : start + batch_size], strict=True):
            real = observed(scene)
            (single if len(real) == 1 else several).append(same_set(found, real))
            counted.append(len(found) == len(real))
            if len(found) == len(real):
                nearest = [min((a.right - b.right) ** 2 + (a.away - b.away) ** 2 for b in found) for a in real]
                errors.extend(nearest)
    scores = {"exact_one": _share(single), "exact_two_to_four": _share(several), "count": _share(counted)}
    return scores | ({"place_rms": float(np.sqrt(np.mean(errors)))} if errors else {})


def _share(outcomes: list[bool]) -> float:
    return sum(outcomes) / max(len(outcomes), 1)
