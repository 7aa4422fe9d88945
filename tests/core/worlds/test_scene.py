"""Scenes as values: JSON both ways, clear refusals, geometry."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import LayoutError
from core.worlds.tabletop.scene import (
    MAX_ITEMS,
    Camera,
    Item,
    Scene,
    eye,
    ground_view,
    overlap,
    sample_scene,
)


@given(st.integers(0, 2**32), st.integers(1, MAX_ITEMS))
def test_a_sampled_scene_survives_json_and_has_no_overlaps(seed: int, count: int) -> None:
    scene = sample_scene(np.random.default_rng(seed), count)
    assert Scene.from_json(scene.to_json()) == scene
    assert len(scene.items) == count
    pairs = [(a, b) for i, a in enumerate(scene.items) for b in scene.items[:i]]
    assert not any(overlap(a, b) for a, b in pairs)


def test_a_seed_decides_the_scene() -> None:
    first, again, other = (sample_scene(np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_camera_and_light_may_be_left_out() -> None:
    item = {"shape": "cube", "colour": "red", "size": "large", "material": "matte", "x": 0, "y": 1}
    scene = Scene.from_json(json.dumps({"items": [item]}))
    assert scene == Scene((Item("cube", "red", "large", "matte", 0.0, 1.0),))


def change(path: str, value: object) -> str:
    """A good scene's JSON with one entry replaced; path: keys joined by dots."""
    data = json.loads(sample_scene(np.random.default_rng(0), 2).to_json())
    *parents, last = path.split(".")
    at = data
    for key in parents:
        at = at[int(key)] if isinstance(at, list) else at[key]
    at[int(last) if isinstance(at, list) else last] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[]", "write an object"),
        ("{}", "list of 1 to 4"),
        (change("items", []), "list of 1 to 4"),
        (change("items.0.colour", "mauve"), "choose one of red"),
        (change("items.1.shape", None), "item 2"),
        (change("items.0.x", "far"), "finite number"),
        (change("items.0.x", 99), "keep it within"),
        (change("items.0.y", True), "finite number"),
        (change("items.0", 5), "write an object"),
        (change("camera.distance", 0.1), "keep 0.05 to 1.5 rad"),
        (change("light.elevation_rad", -1), "keep 0.1 to 1.57"),
        (change("camera", []), "write an object"),
    ],
)
def test_a_malformed_layout_is_refused_with_a_remedy(text: str, words: str) -> None:
    with pytest.raises(LayoutError, match=words):
        Scene.from_json(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        scene = Scene.from_json(text)
    except LayoutError:
        return
    assert Scene.from_json(scene.to_json()) == scene


def test_right_and_away_turn_with_the_camera() -> None:
    item = Item("cube", "red", "large", "matte", 1.0, 0.0)
    assert ground_view(item, Camera(0.0)) == pytest.approx((1.0, 0.0))
    assert ground_view(item, Camera(math.pi / 2)) == pytest.approx((0.0, -1.0))
    x, y, z = eye(Camera(0.0, math.radians(30.0), 8.0))
    assert (x, y, z) == pytest.approx((0.0, -8.0 * math.cos(math.radians(30.0)), 0.35 + 4.0))
