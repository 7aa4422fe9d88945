"""Whether a layout can be seen: no object mostly behind another or out of the picture. No torch here.

Silhouettes are convex: a solid is a cloud of points on its outline, projected, and bounded by half-planes. A torus so
hides what its hole would show, which errs towards clear pictures.
"""

from __future__ import annotations

import numpy as np

from core.worlds.tabletop.look import HALF_WIDTH
from core.worlds.tabletop.packing import pack
from core.worlds.tabletop.scene import Item, Scene, half_extents

LEAST_SHARE = 0.5
"""Share of an object's silhouette that nothing nearer may cover."""
LEAST_INSIDE = 0.88
"""Share of an object's silhouette that lies inside the picture."""
LEAST_AREA = 0.0045
"""Share of the picture that an object shows at least."""

_RESOLUTION = 48
_WIDEST = 1.5
"""Half-width of the grid, in half-widths of the picture: room for what sticks out."""

# Rings of (radius / half width, height / half height), cubes as their eight corners.
_PROFILES: dict[str, tuple[tuple[float, float], ...]] = {
    "sphere": tuple((float(np.cos(a)), float(np.sin(a))) for a in np.linspace(-1.4, 1.4, 9)),
    "cylinder": ((1.0, -1.0), (1.0, 1.0)),
    "cone": ((1.0, -1.0), (0.0, 1.0)),
    "torus": ((0.85, -1.0), (1.0, 0.0), (0.85, 1.0)),
}
_TURNS = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)
_FACING = np.stack((np.cos(_TURNS), np.sin(_TURNS)))
_AXIS = (np.arange(_RESOLUTION) + 0.5) / _RESOLUTION * 2.0 * _WIDEST - _WIDEST
_PIXELS = np.stack(np.meshgrid(_AXIS, _AXIS, indexing="xy"), -1)
_REACH_OF_PIXELS = _PIXELS @ _FACING
_INSIDE = np.abs(_PIXELS).max(-1) <= 1.0


def clearly_visible(scene: Scene) -> bool:
    """Whether every object shows enough of itself to be recognised."""
    camera = pack([scene])
    silhouettes: list[np.ndarray] = []
    for item in scene.items:
        offset = _outline(item) - camera.eye[0]
        depth = offset @ camera.forward[0]
        if depth.min() <= 0.1:
            return False
        spots = np.stack((offset @ camera.right[0], offset @ camera.up[0]), -1) / (depth[:, None] * HALF_WIDTH)
        silhouettes.append(((spots @ _FACING).max(0) >= _REACH_OF_PIXELS).all(-1))
    distances = [float(np.linalg.norm(centre - camera.eye[0])) for centre in camera.centre[0, : len(scene.items)]]
    least = LEAST_AREA * int(_INSIDE.sum())
    hidden = np.zeros((_RESOLUTION, _RESOLUTION), dtype=bool)
    for number in np.argsort(distances, kind="stable"):
        whole = silhouettes[int(number)]
        area = int(whole.sum())
        seen, inside = int((whole & ~hidden & _INSIDE).sum()), int((whole & _INSIDE).sum())
        if area == 0 or seen < least or seen < LEAST_SHARE * area or inside < LEAST_INSIDE * area:
            return False
        hidden |= whole
    return True


def _outline(item: Item) -> np.ndarray:
    """(P, 3) points whose convex hull is the solid, world frame."""
    half = np.array(half_extents(item))
    if item.shape == "cube":
        corners = np.stack(np.meshgrid((-1, 1), (-1, 1), (-1, 1)), -1).reshape(-1, 3) * half
        c, s = np.cos(item.yaw_rad), np.sin(item.yaw_rad)
        points = corners @ np.array(((c, s, 0.0), (-s, c, 0.0), (0.0, 0.0, 1.0)))
    else:
        radius, height = np.array(_PROFILES[item.shape]).T
        ring = radius[:, None, None] * np.stack((np.cos(_TURNS), np.sin(_TURNS)), -1) * half[0]
        points = np.concatenate((ring, np.broadcast_to((height * half[2])[:, None, None], (*ring.shape[:2], 1))), -1)
        points = points.reshape(-1, 3)
    return points + np.array((item.x, item.y, half[2]))
