"""The picture's geometry without rendering: held against the renderer's own object ids and boxes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.worlds.tabletop.projection import View, base, box, contains, creases, hidden_share, middle, outline
from core.worlds.tabletop.render_torch import render
from core.worlds.tabletop.scene import SHAPES, SIZES, Camera, Item, Scene, footprint, sample_camera, sample_scene

SIDE = 96


def covered(item: Item, view: View) -> np.ndarray:
    """(SIDE, SIDE) bool: pixels whose centres lie in the outline; asked in its box and a little around it."""
    shape, centres = outline(item, view), (np.arange(SIDE) + 0.5) / SIDE
    left, top, right, bottom = box(shape)
    across, down = ((low - 0.05 < centres) & (centres < high + 0.05) for low, high in ((left, right), (top, bottom)))
    inside = np.zeros((SIDE, SIDE), bool)
    inside[np.ix_(down, across)] = [[contains(shape, u, v) for u in centres[across]] for v in centres[down]]
    return inside


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", SIZES)
def test_an_outline_hugs_what_the_renderer_draws(shape: str, size: str) -> None:
    rng = np.random.default_rng(SHAPES.index(shape))  # pyright: ignore[reportArgumentType]
    for _ in range(3):
        x, y, yaw = rng.uniform(-1.0, 1.0), rng.uniform(-1.0, 1.0), rng.uniform(-3.0, 3.0)
        scene = Scene((Item(shape, "red", size, "matte", x, y, yaw),), sample_camera(rng))  # pyright: ignore[reportArgumentType]
        view = View.of(scene.camera)
        drawn = render([scene], SIDE, fine=1)
        seen, inside = (drawn.ids[0] == 0).numpy(), covered(scene.items[0], view)
        # A pixel here and there on the edge may fall on either side; a torus' hole is seen through.
        assert (seen & ~inside).sum() <= 0.03 * seen.sum()
        assert (inside & ~seen).sum() <= (0.35 if shape == "torus" else 0.02) * seen.sum()
        told = np.clip(box(outline(scene.items[0], view)), 0.0, 1.0)
        np.testing.assert_allclose(told, drawn.boxes[0, 0].numpy(), rtol=0, atol=1.5 / SIDE)


def test_among_others_an_object_is_seen_only_within_its_outline() -> None:
    rng = np.random.default_rng(3)
    for count in (2, 3, 4):
        scene = sample_scene(rng, count)
        ids, view = render([scene], SIDE, fine=1).ids[0].numpy(), View.of(scene.camera)
        for number, item in enumerate(scene.items):
            seen = ids == number
            assert (seen & ~covered(item, view)).sum() <= 0.01 * seen.sum()


def cameras() -> st.SearchStrategy[Camera]:
    return st.builds(Camera, st.floats(-math.pi, math.pi), st.floats(0.1, 1.4), st.floats(5.0, 12.0))


@given(cameras(), st.floats(-1.7, 1.7), st.floats(-1.7, 1.7), st.floats(0.0, 0.8))
def test_a_point_of_the_world_comes_back_from_its_place_in_the_picture(
    camera: Camera, x: float, y: float, height: float
) -> None:
    view = View.of(camera)
    u, v = view.spot((x, y, height))
    assert view.on_level(u, v, height) == pytest.approx((x, y), abs=1e-9)


@given(cameras(), st.floats(-2.0, 3.0), st.floats(-2.0, 3.0))
def test_any_point_of_the_screen_has_a_place_on_the_table(camera: Camera, u: float, v: float) -> None:
    x, y = View.of(camera).on_level(u, v)
    assert math.isfinite(x)
    assert math.isfinite(y)


def test_a_ray_above_the_horizon_meets_the_table_far_away_on_its_own_side() -> None:
    view = View.of(Camera(0.0, 0.1, 8.0))
    x, y = view.on_level(0.9, 0.0)
    assert y > 1000.0
    assert x > 0.0


def test_right_is_right_and_nearer_is_lower() -> None:
    view = View.of(Camera(0.7))
    right, away = (math.cos(0.7), math.sin(0.7)), (-math.sin(0.7), math.cos(0.7))
    assert view.spot((*right, 0.0))[0] > 0.6
    assert view.spot((*away, 0.0))[1] < view.spot((-away[0], -away[1], 0.0))[1]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_base_lies_on_the_table_under_the_solid(shape: str) -> None:
    item = Item(shape, "red", "large", "matte", 0.4, -0.3, 0.5)  # pyright: ignore[reportArgumentType]
    view = View.of(Camera(-1.0))
    for u, v in base(item, view):
        x, y = view.on_level(u, v)
        assert math.hypot(x - item.x, y - item.y) == pytest.approx(footprint(item))
    assert contains(outline(item, view), *view.spot(middle(item)))


@pytest.mark.parametrize("shape", SHAPES)
def test_creases_lie_within_the_outline(shape: str) -> None:
    item = Item(shape, "red", "large", "matte", 0.4, -0.3, 0.5)  # pyright: ignore[reportArgumentType]
    view = View.of(Camera(2.0))
    lines = creases(item, view)
    assert len(lines) == {"cube": 2, "cylinder": 1, "torus": 1}.get(shape, 0)
    centre = view.spot(middle(item))
    for line in lines:
        for u, v in line:
            # A hair towards the middle: an edge of the outline may be a crease, too.
            assert contains(outline(item, view), u + 1e-6 * (centre[0] - u), v + 1e-6 * (centre[1] - v))


def test_the_hidden_share_is_what_the_renderer_does_not_show() -> None:
    rng = np.random.default_rng(8)
    for _ in range(12):
        scene = sample_scene(rng, 4)
        # A torus lets see through its hole; the picture's edge cuts the other count, too.
        if any(each.shape == "torus" for each in scene.items):
            continue
        ids = render([scene], SIDE, fine=1).ids[0].numpy()
        for number, item in enumerate(scene.items):
            left, top, right, bottom = box(outline(item, View.of(scene.camera)))
            if min(left, top) < 0.0 or max(right, bottom) > 1.0:
                continue
            shown = (ids == number).sum() / covered(item, View.of(scene.camera)).sum()
            assert hidden_share(scene, number) == pytest.approx(1.0 - shown, abs=0.08)


def test_what_lies_outside_the_picture_is_hidden() -> None:
    scene = Scene(
        (Item("sphere", "red", "small", "matte", 3.3, 0.0), Item("sphere", "blue", "small", "matte", 0.0, 0.0))
    )
    assert hidden_share(scene, 0) == 1.0
    assert hidden_share(scene, 1) == 0.0
