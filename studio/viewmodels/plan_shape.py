"""An object of the plan as lines and handles in picture coordinates: (u, v) in 0 to 1, from the left and the top."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from core.worlds.tabletop.projection import Outline, Point, View, base, box, creases, middle, outline
from core.worlds.tabletop.scene import Camera, Item, footprint

TURN_REACH = 1.35
"""How far from the centre the turn handle stands, in radii of the footprint."""
QUARTER = math.pi / 2.0


@dataclass(frozen=True, slots=True)
class PlanShape:
    """outline: of the silhouette. base: where it touches the table. creases: what tells its form.

    centre, corner: of the silhouette's box. turn: where the turn handle stands, None where turning shows nothing.
    hole: the last crease is a hole, which is seen through.
    """

    outline: Outline
    base: Outline
    creases: tuple[Outline, ...]
    centre: Point
    corner: Point
    turn: Point | None
    hole: bool


@lru_cache(maxsize=128)
def shape_of(item: Item, camera: Camera) -> PlanShape:
    """The item as that camera sees it."""
    view = View.of(camera)
    silhouette = outline(item, view)
    _, top, right, _ = box(silhouette)
    return PlanShape(
        outline=silhouette,
        base=base(item, view),
        creases=creases(item, view),
        centre=view.spot(middle(item)),
        corner=(right, top),
        turn=_turn_handle(item, view, camera) if item.shape == "cube" else None,
        hole=item.shape == "torus",
    )


def _turn_handle(item: Item, view: View, camera: Camera) -> Point:
    """On the table before the face that looks most to the lower right: a cube looks alike after a quarter turn."""
    wanted = camera.azimuth_rad - QUARTER / 2.0
    angle = item.yaw_rad + QUARTER * round((wanted - item.yaw_rad) / QUARTER)
    reach = TURN_REACH * footprint(item)
    return view.spot((item.x + reach * math.cos(angle), item.y + reach * math.sin(angle), 0.0))
