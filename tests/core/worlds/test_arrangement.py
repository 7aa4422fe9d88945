"""Edits by hand: what they give always stands, and what can't stand is refused in a sentence."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.errors import LayoutError
from core.worlds.tabletop import arrangement
from core.worlds.tabletop.arrangement import added, arranged, fits, moved, nearest, removed, reshaped, resized, turned
from core.worlds.tabletop.render_torch import render
from core.worlds.tabletop.scene import (
    COLOURS,
    MATERIALS,
    MAX_ITEMS,
    REACH,
    SHAPES,
    SIZES,
    Item,
    Scene,
    Shape,
    Size,
    sample_scene,
)

PLACES = st.floats(-4.0, 4.0)


@st.composite
def scenes(draw: st.DrawFn, least: int = 1, most: int = MAX_ITEMS) -> Scene:
    seed, count = draw(st.integers(0, 2**32)), draw(st.integers(least, most))
    return sample_scene(np.random.default_rng(seed), count)


@st.composite
def chosen(draw: st.DrawFn) -> tuple[Scene, int]:
    scene = draw(scenes())
    return scene, draw(st.integers(0, len(scene.items) - 1))


def edits(index: int) -> st.SearchStrategy[tuple[str, tuple[object, ...]]]:
    return st.one_of(
        st.tuples(st.just("moved"), st.tuples(st.just(index), PLACES, PLACES)),
        st.tuples(st.just("turned"), st.tuples(st.just(index), st.floats(-20.0, 20.0))),
        st.tuples(st.just("resized"), st.tuples(st.just(index), st.sampled_from(SIZES))),
        st.tuples(st.just("reshaped"), st.tuples(st.just(index), st.sampled_from(SHAPES))),
        st.tuples(st.just("recoloured"), st.tuples(st.just(index), st.sampled_from(COLOURS))),
        st.tuples(st.just("finished"), st.tuples(st.just(index), st.sampled_from(MATERIALS))),
        st.tuples(st.just("removed"), st.tuples(st.just(index))),
        st.tuples(st.just("added"), st.tuples()),
    )


@given(scenes(), st.data())
def test_every_edit_gives_a_scene_that_stands_and_is_read_back_or_says_why_not(
    scene: Scene, data: st.DataObject
) -> None:
    for _ in range(4):
        name, values = data.draw(edits(data.draw(st.integers(0, len(scene.items) - 1))))
        try:
            edited: Scene = getattr(arrangement, name)(scene, *values)
        except LayoutError:
            continue
        assert arranged(edited)
        assert Scene.from_json(edited.to_json()) == edited
        assert (edited.camera, edited.light) == (scene.camera, scene.light)
        scene = edited


@given(chosen(), PLACES, PLACES)
def test_moving_there_and_back_is_where_it_was(given: tuple[Scene, int], x: float, y: float) -> None:
    scene, index = given
    was = scene.items[index]
    back = moved(moved(scene, index, x, y), index, was.x, was.y)
    assert (back.items[index].x, back.items[index].y) == pytest.approx((was.x, was.y), abs=1e-9)
    assert back.items[:index] == scene.items[:index]


@given(chosen(), st.floats(-20.0, 20.0))
def test_turning_there_and_back_is_as_it_was(given: tuple[Scene, int], by: float) -> None:
    scene, index = given
    was = scene.items[index].yaw_rad
    there = turned(scene, index, was + by)
    assert abs(there.items[index].yaw_rad) <= math.pi
    back = turned(there, index, there.items[index].yaw_rad - by).items[index].yaw_rad
    assert math.remainder(back - was, 2 * math.pi) == pytest.approx(0.0, abs=1e-9)


@given(chosen(), PLACES, PLACES)
def test_an_item_goes_where_it_may_and_else_to_the_nearest_place(given: tuple[Scene, int], x: float, y: float) -> None:
    scene, index = given
    others = scene.items[:index] + scene.items[index + 1 :]
    wanted = replace(scene.items[index], x=x, y=y)
    stood = moved(scene, index, x, y).items[index]
    if fits(others, wanted):
        assert stood == wanted
        return
    # No place of a fine net over the table that is free lies nearer.
    net = np.linspace(-REACH, REACH, 35)
    free = [replace(wanted, x=float(a), y=float(b)) for a in net for b in net]
    nearer = [spot for spot in free if math.hypot(spot.x - x, spot.y - y) < math.hypot(stood.x - x, stood.y - y) - 1e-5]
    assert not any(fits(others, spot) for spot in nearer)


def test_it_slides_along_its_neighbour() -> None:
    scene = Scene(
        (Item("sphere", "red", "small", "matte", -1.0, 0.0), Item("sphere", "blue", "small", "matte", 0.0, 0.0))
    )
    touching = 2 * 0.42 + 0.10
    pushed = [moved(scene, 0, -0.1, y).items[0] for y in (0.05, 0.1, 0.2)]
    assert all(math.hypot(item.x, item.y) == pytest.approx(touching, abs=1e-5) for item in pushed)
    assert pushed[0].y < pushed[1].y < pushed[2].y


def test_a_dead_centre_push_still_finds_a_place() -> None:
    scene = Scene((Item("cube", "red", "large", "matte", -1.6, 0.0), Item("cube", "blue", "large", "matte", 0.3, 0.0)))
    assert arranged(moved(scene, 0, 0.3, 0.0))
    assert arranged(moved(Scene(scene.items[:1]), 0, 0.0, 0.0))


@given(scenes(most=MAX_ITEMS - 1))
def test_an_added_object_is_new_in_shape_and_colour(scene: Scene) -> None:
    more = added(scene)
    assert more.items[:-1] == scene.items
    assert all(item.shape != more.items[-1].shape for item in scene.items)
    assert all(item.colour != more.items[-1].colour for item in scene.items)


def test_the_last_object_stays_and_a_fifth_is_refused() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(LayoutError, match="at least 1"):
        removed(sample_scene(rng, 1), 0)
    with pytest.raises(LayoutError, match="at most 4"):
        added(sample_scene(rng, 4))
    assert removed(sample_scene(rng, 2), 0).items


def crowd() -> Scene:
    """A small ball amid three large cubes that leave it no room to grow."""
    around = [Item("cube", "blue", "large", "matte", 1.25 * math.cos(a), 1.25 * math.sin(a)) for a in (0.3, 2.4, 4.5)]
    return Scene((Item("sphere", "red", "small", "matte", 0.0, 0.0), *around))


def test_what_has_no_room_is_refused_with_a_remedy() -> None:
    small = crowd()
    with pytest.raises(LayoutError, match="no place is free for a large sphere between the others; move them apart"):
        resized(small, 0, "large")
    # As a layout of one's own may have it.
    jammed = replace(small, items=(replace(small.items[0], size="large"), *small.items[1:]))
    with pytest.raises(LayoutError, match="no place is free for a large torus"):
        reshaped(jammed, 0, "torus")
    with pytest.raises(LayoutError, match="no place is free for a large sphere"):
        moved(jammed, 0, 0.1, 0.0)


@given(chosen(), st.sampled_from(SHAPES), st.sampled_from(SIZES))
def test_what_changes_its_form_stays_where_it_is_if_it_can(given: tuple[Scene, int], shape: Shape, size: Size) -> None:
    scene, index = given
    others = scene.items[:index] + scene.items[index + 1 :]
    for wanted, edit, value in (
        (replace(scene.items[index], shape=shape), reshaped, shape),
        (replace(scene.items[index], size=size), resized, size),
    ):
        assume(nearest(others, wanted) is not None)
        got = edit(scene, index, value).items[index]  # pyright: ignore[reportArgumentType]
        assert (got == wanted) is fits(others, wanted)


def test_an_added_object_is_in_clear_sight() -> None:
    rng = np.random.default_rng(0)
    for count in (1, 2, 3):
        for _ in range(12):
            before = sample_scene(rng, count)
            after = added(before)
            own = render([Scene(after.items[-1:], after.camera)], 48, fine=1).ids[0] == 0
            seen = render([after], 48, fine=1).ids[0] == count
            assert seen.sum() >= 0.5 * own.sum() > 0
