"""The plan over the picture: what stands where, which object is taken, what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from core.errors import LayoutError
from core.models.card import ModelCard
from core.requests import ImageRequest
from core.worlds.tabletop.look import SRGB
from core.worlds.tabletop.projection import hidden_share
from core.worlds.tabletop.scene import MAX_ITEMS, SIDE_MARGIN, Camera, Colour, Item, Scene, ground_view
from studio.viewmodels.draft import LAYOUT, Draft
from studio.viewmodels.plan_shape import PlanShape, Point, shape_of

Outline = tuple[Point, ...]

MOSTLY = 0.5
"""An object of which more than this part is covered or outside is said to be out of sight."""


@dataclass(frozen=True, slots=True)
class Painted:
    """The picture on show. layout: the scene that it shows, as JSON.

    planner: what the planner made for the same prompt and seed, where that is known, "" else.
    request: what made it, for this one picture, with its own seed.
    """

    layout: str
    planner: str
    request: ImageRequest


@dataclass(frozen=True, slots=True)
class PlanInputs:
    """card: of the draft's model. painted: None where no picture with a layout is on show; pictured: any picture is.

    wanted: the plan is to be shown. held: the scene while something is dragged. refusal: why the last edit is not made.
    """

    draft: Draft = field(default_factory=Draft)
    card: ModelCard | None = None
    painted: Painted | None = None
    pictured: bool = False
    wanted: bool = False
    selected: int = 0
    held: Scene | None = None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class PlanObject:
    """One object as it is drawn. name: for screen readers. colour: its own, #rrggbb. fresh: not painted like this."""

    name: str
    colour: str
    shape: PlanShape
    fresh: bool


@dataclass(frozen=True, slots=True)
class PlanView:
    """reason: why no plan can be shown, "" where one can. gone: outlines of what the picture shows, and the plan not.

    selected: −1 where nothing is shown. title, place: of the selected one ("Red cube", "2 of 3").
    edited: the plan shown is one's own; repaint_reason: why painting it would change nothing, "" where it would.
    notice: what the left panel says of a plan in use, "" where the planner plans. remark: what can't be seen under it.
    """

    reason: str
    notice: str
    open: bool = False
    scene: Scene | None = None
    objects: tuple[PlanObject, ...] = ()
    gone: tuple[Outline, ...] = ()
    selected: int = -1
    title: str = ""
    place: str = ""
    item: Item | None = None
    may_remove: bool = False
    may_add: bool = False
    edited: bool = False
    repaint_reason: str = ""
    refusal: str = ""
    remark: str = ""


def derive_plan(inputs: PlanInputs) -> PlanView:
    """What the plan over the picture shows."""
    reason, told = why_none(inputs), notice(inputs.draft)
    scene = plan_in_force(inputs) if inputs.wanted and not reason else None
    if scene is None:
        return PlanView(reason, told)
    painted = read_scene(inputs.painted.layout) if inputs.painted else None
    there = painted.items if painted else ()
    selected = min(max(inputs.selected, 0), len(scene.items) - 1)
    item = scene.items[selected]
    return PlanView(
        reason=reason,
        notice=told,
        open=True,
        scene=scene,
        objects=tuple(_object(scene, number, there) for number in range(len(scene.items))),
        gone=tuple(shape_of(each, scene.camera).outline for each in there if each not in scene.items),
        selected=selected,
        title=title_of(item),
        place=f"{selected + 1} of {len(scene.items)}",
        item=item,
        may_remove=len(scene.items) > 1,
        may_add=len(scene.items) < MAX_ITEMS,
        edited=is_own(inputs),
        repaint_reason="" if scene != painted else "The picture shows this plan already",
        refusal=inputs.refusal,
        remark="" if inputs.held else remark(scene),
    )


def _object(scene: Scene, index: int, there: tuple[Item, ...]) -> PlanObject:
    item = scene.items[index]
    shape = shape_of(item, scene.camera)
    return PlanObject(object_name(scene, index), hex_colour(item.colour), shape, item not in there)


def why_none(inputs: PlanInputs) -> str:
    """Why there is no plan to edit, "" where there is one."""
    if inputs.card is not None and LAYOUT not in inputs.card.conditioning:
        return f"{inputs.card.title} paints from words alone; it makes no plan that could be edited"
    if inputs.painted is None:
        if inputs.pictured:
            return "This picture was made without a plan; make one with a model that plans"
        return "Make a picture first; its plan can then be edited"
    return ""


def plan_in_force(inputs: PlanInputs) -> Scene | None:
    """The scene to show over the picture: what is held, the draft's own, what the planner made, what was painted."""
    if inputs.held is not None:
        return inputs.held
    if is_own(inputs):
        return read_scene(inputs.draft.layout)
    assert inputs.painted is not None
    return read_scene(inputs.painted.planner or inputs.painted.layout)


def is_own(inputs: PlanInputs) -> bool:
    """Whether the draft's plan was edited from that of the picture on show: then both are seen from one camera."""
    own = read_scene(inputs.draft.layout)
    return own is not None and seen_alike(own, inputs.painted)


def seen_alike(scene: Scene, painted: Painted | None) -> bool:
    """Whether a scene is seen from the camera, and lit by the lamp, of a picture: edits change neither."""
    shown = read_scene(painted.layout) if painted else None
    return shown is not None and (scene.camera, scene.light) == (shown.camera, shown.light)


@lru_cache(maxsize=64)
def read_scene(layout: str) -> Scene | None:
    """A layout's scene, None for an empty or malformed one."""
    try:
        return Scene.from_json(layout) if layout else None
    except LayoutError:
        return None


@lru_cache(maxsize=16)
def remark(scene: Scene) -> str:
    """What is mostly out of sight under this plan, "" where nothing is."""
    hidden = [title_of(item).lower() for at, item in enumerate(scene.items) if hidden_share(scene, at) > MOSTLY]
    if not hidden:
        return ""
    return f"Mostly out of sight: {', '.join(hidden)}"


def notice(draft: Draft) -> str:
    """What is to be known of a plan of one's own that the next picture will follow."""
    if not draft.layout:
        return ""
    if draft.prompt.strip() != draft.layout_prompt.strip():
        return "Edited plan in use; the prompt has changed since, the plan has not"
    return "Edited plan in use"


def title_of(item: Item) -> str:
    """ "Red cube", "Green metal torus"."""
    words = (item.colour, "metal" if item.material == "metal" else "", item.shape)
    return " ".join(word for word in words if word).capitalize()


def object_name(scene: Scene, index: int) -> str:
    """What a screen reader says: "Red cube, large, left front, 2 of 3"."""
    item = scene.items[index]
    return f"{title_of(item)}, {item.size}, {side_of(item, scene.camera)}, {index + 1} of {len(scene.items)}"


def side_of(item: Item, camera: Camera) -> str:
    """Where it stands as one sees it: "left front", "right", "middle"."""
    right, away = ground_view(item, camera)
    across = "left" if right <= -SIDE_MARGIN else "right" if right >= SIDE_MARGIN else ""
    along = "front" if away <= -SIDE_MARGIN else "back" if away >= SIDE_MARGIN else ""
    return " ".join(word for word in (across, along) if word) or "middle"


def hex_colour(colour: Colour) -> str:
    """The world's own colour as #rrggbb."""
    red, green, blue = SRGB[colour]
    return f"#{red:02x}{green:02x}{blue:02x}"
