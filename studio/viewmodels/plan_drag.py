"""What a drag of a handle makes of the plan: pure functions of where it began and where the pointer is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from core.worlds.tabletop.arrangement import moved, resized, turned
from core.worlds.tabletop.projection import View, middle
from core.worlds.tabletop.scene import EXTENT, Scene
from studio.viewmodels.plan_shape import Point, shape_of


class Grip(Enum):
    """Which handle is held."""

    MOVE = "move"
    SIZE = "size"
    TURN = "turn"


@dataclass(frozen=True, slots=True)
class Drag:
    """grip of object `index`, taken at picture point `start` when the plan was `scene`."""

    grip: Grip
    index: int
    scene: Scene
    start: Point


SWITCH = math.sqrt(EXTENT["large"] / EXTENT["small"])
"""A corner that is pulled so many times as far from the centre, or pushed so near, switches the size."""


def dragged(drag: Drag, u: float, v: float) -> Scene:
    """The plan with the pointer at (u, v). Raises LayoutError where it can't be."""
    match drag.grip:
        case Grip.MOVE:
            return _moved(drag, u, v)
        case Grip.SIZE:
            return _resized(drag, u, v)
        case Grip.TURN:
            return _turned(drag, u, v)


def _moved(drag: Drag, u: float, v: float) -> Scene:
    """The object's centre goes as far over the picture as the pointer, at its own height over the table."""
    item, view = drag.scene.items[drag.index], View.of(drag.scene.camera)
    place = middle(item)
    from_u, from_v = view.spot(place)
    x, y = view.on_level(from_u + u - drag.start[0], from_v + v - drag.start[1], place[2])
    return moved(drag.scene, drag.index, x, y)


def _resized(drag: Drag, u: float, v: float) -> Scene:
    item = drag.scene.items[drag.index]
    centre = shape_of(item, drag.scene.camera).centre
    ratio = math.dist((u, v), centre) / max(math.dist(drag.start, centre), 1e-6)
    if item.size == "small":
        return resized(drag.scene, drag.index, "large" if ratio >= SWITCH else "small")
    return resized(drag.scene, drag.index, "small" if ratio <= 1.0 / SWITCH else "large")


def _turned(drag: Drag, u: float, v: float) -> Scene:
    """As far about the object as the pointer went on the table."""
    item, view = drag.scene.items[drag.index], View.of(drag.scene.camera)
    (x0, y0), (x1, y1) = view.on_level(*drag.start), view.on_level(u, v)
    swept = math.atan2(y1 - item.y, x1 - item.x) - math.atan2(y0 - item.y, x0 - item.x)
    return turned(drag.scene, drag.index, item.yaw_rad + swept)
