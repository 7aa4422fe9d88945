"""From a detector's maps to a list of objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import cast

import torch
import torch.nn.functional as F

from core.networks.detector import Detection, Detector, DetectorConfig
from core.worlds.tabletop.constraints import Observed
from core.worlds.tabletop.scene import COLOURS, MATERIALS, SHAPES, SIZES

ATTRIBUTES = {"shape": len(SHAPES), "colour": len(COLOURS), "size": len(SIZES), "material": len(MATERIALS)}
"""Attributes that a detector of the tabletop reads, and how many values each has."""
THRESHOLD = 0.35
"""Probability from which a cell counts as an object's centre."""
SAME_PLACE = 0.55
"""Table units: two centres nearer than this on the ground are one object, seen twice. Real ones keep 0.72 at least."""


def tabletop_detector_config(size: int = 96) -> DetectorConfig:
    """The detector of the tabletop, for pictures of size x size pixels."""
    return DetectorConfig(classes=ATTRIBUTES, size=size)


def seen_both_ways(detector: Detector, image: torch.Tensor) -> Detection:
    """The mean of what pictures and their mirror images show. image: (B, 3, size, size) in [-1, 1]."""
    plain, mirrored = detector(image), detector(image.flip(3))
    mirrored_place = mirrored.place.flip(3) * torch.tensor([-1.0, 1.0], device=image.device)[:, None, None]
    return Detection(
        heat=0.5 * (plain.heat + mirrored.heat.flip(3)),
        attributes={name: 0.5 * (own + mirrored.attributes[name].flip(3)) for name, own in plain.attributes.items()},
        place=0.5 * (plain.place + mirrored_place),
        features=plain.features,
    )


def objects(detection: Detection) -> list[tuple[Observed, ...]]:
    """What stands in each picture, surest first.

    A centre is a cell whose heat is the largest of its 3x3 neighbours and at least THRESHOLD. Attributes are the
    likeliest at that cell.
    """
    heat = detection.heat.sigmoid()
    peaks = (heat == F.max_pool2d(heat, 3, stride=1, padding=1)) & (heat >= THRESHOLD)
    found: list[list[tuple[float, Observed]]] = [[] for _ in range(len(heat))]
    chosen = {name: logits.argmax(dim=1) for name, logits in detection.attributes.items()}
    for picture, _, row, column in cast("list[list[int]]", peaks.nonzero().tolist()):
        at = picture, row, column
        right, away = cast("list[float]", detection.place[picture, :, row, column].tolist())
        item = Observed(
            shape=SHAPES[int(chosen["shape"][at])],
            colour=COLOURS[int(chosen["colour"][at])],
            size=SIZES[int(chosen["size"][at])],
            material=MATERIALS[int(chosen["material"][at])],
            right=right,
            away=away,
        )
        found[picture].append((float(heat[picture, 0, row, column]), item))
    return [_distinct(entries) for entries in found]


def same_set(seen: Sequence[Observed], real: Sequence[Observed]) -> bool:
    """Whether both list the same objects by shape, colour, size and material, wherever they stand."""
    return _kinds(seen) == _kinds(real)


def _kinds(items: Sequence[Observed]) -> Counter[tuple[str, str, str, str]]:
    return Counter((item.shape, item.colour, item.size, item.material) for item in items)


def _distinct(entries: list[tuple[float, Observed]]) -> tuple[Observed, ...]:
    kept: list[Observed] = []
    for _, item in sorted(entries, key=lambda entry: -entry[0]):
        if all(_distance(item, other) >= SAME_PLACE for other in kept):
            kept.append(item)
    return tuple(kept)


def _distance(a: Observed, b: Observed) -> float:
    return ((a.right - b.right) ** 2 + (a.away - b.away) ** 2) ** 0.5
