"""What the plan over the picture says and offers, and what a drag makes of it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import LayoutError
from core.requests import ImageRequest
from core.worlds.tabletop.arrangement import arranged
from core.worlds.tabletop.projection import View, middle
from core.worlds.tabletop.scene import Camera, Item, Light, Scene, sample_scene
from studio.viewmodels.draft import Draft
from studio.viewmodels.plan import (
    Painted,
    PlanInputs,
    derive_plan,
    hex_colour,
    object_name,
    remark,
    side_of,
)
from studio.viewmodels.plan_drag import SWITCH, Drag, Grip, dragged
from studio.viewmodels.plan_shape import shape_of
from tests.studio.scripted import CARD, PLANNING

CUBE = Item("cube", "red", "large", "matte", -0.8, -0.8, 0.2)
BALL = Item("sphere", "blue", "small", "metal", 0.9, 0.6)
SCENE = Scene((CUBE, BALL), Camera(0.0), Light())
ASKED = ImageRequest("a red cube and a blue ball", "planning", seed=5)
SHOWN = Painted(SCENE.to_json(), SCENE.to_json(), ASKED)
OPEN = PlanInputs(Draft(), PLANNING, SHOWN, pictured=True, wanted=True)


def edited(scene: Scene, prompt: str = "") -> Draft:
    return Draft(prompt=prompt).with_layout(scene.to_json())


def test_objects_are_named_as_one_sees_them() -> None:
    view = derive_plan(OPEN)
    assert [each.name for each in view.objects] == [
        "Red cube, large, left front, 1 of 2",
        "Blue metal sphere, small, right back, 2 of 2",
    ]
    assert (view.title, view.place, view.selected) == ("Red cube", "1 of 2", 0)
    turned = replace(SCENE, camera=Camera(math.pi))
    assert object_name(turned, 0).startswith("Red cube, large, right back")
    assert side_of(Item("cone", "red", "small", "matte", 0.1, 0.2), Camera()) == "middle"
    assert side_of(Item("cone", "red", "small", "matte", 0.1, -0.9), Camera()) == "front"
    assert hex_colour("red") == "#de262c"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"card": CARD}, "Flat paints from words alone"),
        ({"painted": None}, "This picture was made without a plan"),
        ({"painted": None, "pictured": False}, "Make a picture first"),
    ],
)
def test_where_there_is_no_plan_it_says_why(changes: dict[str, object], words: str) -> None:
    view = derive_plan(replace(OPEN, **changes))  # pyright: ignore[reportArgumentType]
    assert words in view.reason
    assert (view.open, view.objects, view.selected) == (False, (), -1)


def test_what_is_painted_already_is_no_ghost_and_not_repainted() -> None:
    view = derive_plan(OPEN)
    assert not any(each.fresh for each in view.objects)
    assert (view.edited, view.gone) == (False, ())
    assert view.repaint_reason == "The picture shows this plan already"


def test_an_edit_makes_a_ghost_and_leaves_a_gap() -> None:
    moved = replace(SCENE, items=(replace(CUBE, colour="green"), BALL))
    view = derive_plan(replace(OPEN, draft=edited(moved)))
    assert [each.fresh for each in view.objects] == [True, False]
    assert view.gone == (shape_of(CUBE, SCENE.camera).outline,)
    assert (view.edited, view.repaint_reason, view.scene) == (True, "", moved)


def test_a_plan_belongs_to_the_picture_that_is_seen_from_its_camera() -> None:
    other = replace(SCENE, camera=Camera(1.0))
    view = derive_plan(replace(OPEN, draft=edited(other)))
    assert (view.edited, view.scene) == (False, SCENE)
    assert view.notice == "Edited plan in use"


def test_back_at_the_planners_the_planners_is_shown_and_may_be_repainted() -> None:
    painted = replace(SCENE, items=(BALL,))
    inputs = replace(OPEN, painted=replace(SHOWN, layout=painted.to_json()))
    view = derive_plan(inputs)
    assert (view.scene, view.edited, view.repaint_reason) == (SCENE, False, "")
    assert derive_plan(replace(inputs, painted=replace(SHOWN, layout=painted.to_json(), planner=""))).scene == painted


def test_the_notice_says_when_the_prompt_has_changed_since() -> None:
    draft = edited(SCENE, "a red cube")
    assert derive_plan(PlanInputs(Draft(prompt="a red cube"))).notice == ""
    assert derive_plan(PlanInputs(draft)).notice == "Edited plan in use"
    assert "the prompt has changed since" in derive_plan(PlanInputs(replace(draft, prompt="a cone"))).notice


def test_what_is_covered_is_remarked_on() -> None:
    hidden = Scene((CUBE, replace(BALL, x=-0.8, y=0.7)), Camera(0.0, math.radians(16.0)))
    assert remark(hidden) == "Mostly out of sight: blue metal sphere"
    assert remark(SCENE) == ""


def test_the_last_object_stays_and_four_are_enough() -> None:
    alone = replace(SCENE, items=(BALL,))
    four = sample_scene(np.random.default_rng(0), 4)
    assert not derive_plan(replace(OPEN, held=alone)).may_remove
    assert not derive_plan(replace(OPEN, held=four)).may_add
    assert derive_plan(OPEN).may_add
    assert derive_plan(replace(OPEN, selected=9, held=alone)).selected == 0


def test_only_what_shows_it_can_be_turned() -> None:
    shown = {shape: shape_of(replace(BALL, shape=shape), Camera()).turn for shape in ("cube", "sphere", "torus")}
    assert shown["cube"] is not None
    assert (shown["sphere"], shown["torus"]) == (None, None)


@st.composite
def grips(draw: st.DrawFn) -> Drag:
    scene = sample_scene(np.random.default_rng(draw(st.integers(0, 2**32))), draw(st.integers(1, 4)))
    index = draw(st.integers(0, len(scene.items) - 1))
    grip = draw(st.sampled_from(Grip))
    shape = shape_of(scene.items[index], scene.camera)
    start = {Grip.MOVE: shape.centre, Grip.SIZE: shape.corner, Grip.TURN: shape.turn or shape.corner}[grip]
    return Drag(grip, index, scene, start)


@given(grips(), st.floats(-1.0, 2.0), st.floats(-1.0, 2.0))
def test_any_drag_gives_a_plan_that_stands(drag: Drag, u: float, v: float) -> None:
    try:
        scene = dragged(drag, u, v)
    except LayoutError:
        assert drag.grip is Grip.SIZE
        return
    assert arranged(scene)
    assert Scene.from_json(scene.to_json()) == scene


@given(grips())
@settings(max_examples=50)
def test_a_drag_to_where_it_began_changes_nothing(drag: Drag) -> None:
    was, item = drag.scene.items[drag.index], dragged(drag, *drag.start).items[drag.index]
    assert (item.shape, item.size, item.x, item.y) == (was.shape, was.size, pytest.approx(was.x), pytest.approx(was.y))
    assert math.remainder(item.yaw_rad - was.yaw_rad, math.tau) == pytest.approx(0.0, abs=1e-9)


def test_the_centre_follows_the_pointer() -> None:
    view = View.of(SCENE.camera)
    start = shape_of(BALL, SCENE.camera).centre
    item = dragged(Drag(Grip.MOVE, 1, SCENE, start), start[0] - 0.03, start[1] + 0.05).items[1]
    assert view.spot(middle(item)) == pytest.approx((start[0] - 0.03, start[1] + 0.05), abs=1e-9)


def test_a_corner_pulled_out_far_enough_makes_it_large_and_pushed_in_small() -> None:
    shape = shape_of(BALL, SCENE.camera)
    (cu, cv), (u, v) = shape.centre, shape.corner

    def at(drag: Drag, ratio: float) -> str:
        return dragged(drag, cu + ratio * (u - cu), cv + ratio * (v - cv)).items[1].size

    small = Drag(Grip.SIZE, 1, SCENE, shape.corner)
    assert [at(small, ratio) for ratio in (0.1, 1.0, SWITCH - 0.01, SWITCH + 0.01, 3.0)] == [
        "small",
        "small",
        "small",
        "large",
        "large",
    ]
    large = replace(small, scene=replace(SCENE, items=(CUBE, replace(BALL, size="large"))))
    assert [at(large, ratio) for ratio in (3.0, 1.1, 0.5)] == ["large", "large", "small"]


def test_a_turn_handle_turns_as_far_as_the_pointer_goes_round() -> None:
    view, start = View.of(SCENE.camera), shape_of(CUBE, SCENE.camera).turn
    assert start is not None
    x, y = view.on_level(*start)
    angle = math.atan2(y - CUBE.y, x - CUBE.x) + 0.5
    goal = view.spot((CUBE.x + 1.5 * math.cos(angle), CUBE.y + 1.5 * math.sin(angle), 0.0))
    turned = dragged(Drag(Grip.TURN, 0, SCENE, start), *goal).items[0]
    assert turned.yaw_rad == pytest.approx(CUBE.yaw_rad + 0.5)
    assert (turned.x, turned.y) == (CUBE.x, CUBE.y)
