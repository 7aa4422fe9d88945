from __future__ import annotations

from dataclasses import replace

import torch

from core.evaluation.detections import ATTRIBUTES, objects, same_set
from core.networks.detector import Detection
from core.worlds.tabletop.constraints import Observed
from core.worlds.tabletop.scene import COLOURS, MATERIALS, SHAPES, SIZES

CUBE = Observed("cube", "red", "small", "metal", 0.5, -0.25)
BALL = Observed("sphere", "blue", "large", "matte", -1.0, 0.75)


def maps(*placed: tuple[Observed, int, int, float], cells: int = 12) -> Detection:
    """What a perfect detector would say of objects at (row, column) with these heats."""
    heat = torch.full((1, 1, cells, cells), -8.0)
    attributes = {name: torch.zeros(1, count, cells, cells) for name, count in ATTRIBUTES.items()}
    place = torch.zeros(1, 2, cells, cells)
    for item, row, column, logit in placed:
        heat[0, 0, row, column] = logit
        place[0, :, row, column] = torch.tensor([item.right, item.away])
        chosen = {
            "shape": SHAPES.index(item.shape),
            "colour": COLOURS.index(item.colour),
            "size": SIZES.index(item.size),
            "material": MATERIALS.index(item.material),
        }
        for name, index in chosen.items():
            attributes[name][0, index, row, column] = 5.0
    return Detection(heat, attributes, place, torch.zeros(1, 4))


def test_each_peak_is_an_object_the_surest_first() -> None:
    assert objects(maps((CUBE, 3, 4, 1.0), (BALL, 8, 8, 4.0))) == [(BALL, CUBE)]


def test_an_empty_table() -> None:
    assert objects(maps()) == [()]


def test_slopes_of_a_peak_and_faint_cells_are_no_objects() -> None:
    faint = replace(CUBE, right=2.0)
    slope = replace(CUBE, right=3.0)
    assert objects(maps((CUBE, 3, 4, 3.0), (slope, 3, 5, 2.0), (faint, 9, 9, -1.0))) == [(CUBE,)]


def test_two_centres_at_one_place_are_one_object() -> None:
    twin = replace(BALL, right=CUBE.right + 0.1, away=CUBE.away)
    assert objects(maps((CUBE, 3, 4, 3.0), (twin, 6, 4, 2.0))) == [(CUBE,)]


def test_sets_are_compared_as_multisets_wherever_things_stand() -> None:
    moved = replace(CUBE, right=-2.0)
    assert same_set((CUBE, BALL), (BALL, moved))
    assert not same_set((CUBE, CUBE), (CUBE, BALL))
    assert not same_set((CUBE,), (CUBE, CUBE))
    assert not same_set((CUBE,), (replace(CUBE, material="matte"),))
