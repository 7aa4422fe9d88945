"""Objects behind others, out of the picture, or in plain view."""

from __future__ import annotations

import pytest

from core.planning.sight import clearly_visible
from core.worlds.tabletop.scene import SHAPES, Camera, Item, Scene, Shape

LOW = Camera(0.0, 0.28, 7.6)


def item(shape: Shape, size: str, x: float, y: float) -> Item:
    return Item(shape, "red", size, "matte", x, y)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", ["small", "large"])
def test_one_object_in_the_middle_is_visible(shape: Shape, size: str) -> None:
    assert clearly_visible(Scene((item(shape, size, 0.0, 0.0),), LOW))


def test_a_small_object_behind_a_large_one_is_hidden() -> None:
    front, back = item("cube", "large", 0.0, -1.0), item("sphere", "small", 0.0, 0.6)
    assert not clearly_visible(Scene((front, back), LOW))
    assert not clearly_visible(Scene((back, front), LOW))


def test_it_is_seen_beside_it_from_the_other_side_and_in_front() -> None:
    front, back = item("cube", "large", 0.0, -1.0), item("sphere", "small", 0.0, 0.6)
    assert clearly_visible(Scene((front, item("sphere", "small", 1.2, 0.6)), LOW))
    assert clearly_visible(Scene((front, back), Camera(3.14159, 0.28, 7.6)))


def test_what_leaves_the_picture_is_not_visible() -> None:
    assert not clearly_visible(Scene((item("sphere", "large", 3.3, 0.0),), LOW))
    assert not clearly_visible(Scene((item("sphere", "large", 0.0, -7.0),), LOW))
