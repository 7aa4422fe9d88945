"""Layout maps: the same from both ray-casters, plain to read, absent where nothing is given."""

import numpy as np
import torch

from core.conditioning.layout import (
    CAMERA_CHANNELS,
    MAP_CHANNELS,
    TO_LAMP,
    Cells,
    camera_vector,
    cast_cells,
    layout_map,
)
from core.worlds.tabletop.packing import pack
from core.worlds.tabletop.render_numba import render_arrays
from core.worlds.tabletop.scene import Camera, Item, Light, Scene, sample_scene


def test_training_and_painting_see_the_same_map() -> None:
    rng = np.random.default_rng(2)
    scenes = [sample_scene(rng) for _ in range(4)]
    _, depth, ids, normal = render_arrays(pack(scenes), 24, fine=1)
    compiled = Cells(
        torch.from_numpy(ids.astype(np.int64)),
        torch.from_numpy(np.where(ids == -2, 0.0, depth).astype(np.float16).astype(np.float32)),
        torch.from_numpy(np.round(normal * 127.0) / 127.0).float(),
    )
    torch.testing.assert_close(
        layout_map(scenes, compiled), layout_map(scenes, cast_cells(scenes, 24)), rtol=0, atol=0.02
    )


def test_a_map_says_what_stands_where() -> None:
    scene = Scene((Item("cube", "red", "large", "metal", -1.2, 0.0),), Camera(0.0, 0.5, 7.6))
    features = layout_map([scene], cast_cells([scene], 32))
    assert features.shape == (1, MAP_CHANNELS, 32, 32)
    held = features[0, 0] > 0
    assert held[:, :16].any()
    assert not held[:, 16:].any()
    red, green = features[0, 1][held], features[0, 2][held]
    assert (red > green).all()
    assert (features[0, 1 + 3 + 1][held] == 1).all()
    assert (features[0, -1] == 1).all()
    assert features.abs().max() <= 1.6


def test_only_the_view_counts_not_the_compass() -> None:
    still = Scene((Item("cone", "blue", "small", "matte", 0.5, -0.4, 0.2),), Camera(0.0))
    c, s = np.cos(1.1), np.sin(1.1)
    turned = Scene(
        (Item("cone", "blue", "small", "matte", float(0.5 * c + 0.4 * s), float(0.5 * s - 0.4 * c), 1.3),), Camera(1.1)
    )
    first, second = (layout_map([scene], cast_cells([scene], 24)) for scene in (still, turned))
    torch.testing.assert_close(first, second, rtol=0, atol=2e-3)


def test_a_camera_is_told_from_none() -> None:
    given = camera_vector([Scene((Item("cube", "red", "small", "matte", 0, 0),))])
    assert given.shape == (1, CAMERA_CHANNELS)
    assert given[0, -1] == 1.0


def test_the_lamp_is_told_by_the_view_and_by_what_faces_it() -> None:
    item = Item("sphere", "red", "large", "matte", 0.0, 0.0)
    lamps = (Light(-1.2, 0.7), Light(1.2, 0.7))
    left, right = (Scene((item,), Camera(0.4), lamp) for lamp in lamps)
    vectors = camera_vector([left, right])
    torch.testing.assert_close(vectors[0, 3], -vectors[1, 3])
    torch.testing.assert_close(vectors[:, 3:6].norm(dim=1), torch.ones(2))
    facing = layout_map([left, right], cast_cells([left, right], 32))[:, TO_LAMP]
    assert facing[0].flatten().max() > 0.9
    assert facing[0, :, :16].sum() > facing[0, :, 16:].sum() + 5.0
    assert facing[1, :, 16:].sum() > facing[1, :, :16].sum() + 5.0
