"""Where things of a scene lie in its picture, and back: the renderer's camera without the rendering. No torch here.

Picture coordinates are (u, v) in 0 to 1, from the left and from the top; pixel (row, column) of an S x S picture has
its centre at ((column + 0.5) / S, (row + 0.5) / S).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.worlds.tabletop.look import HALF_WIDTH, TORUS_MINOR
from core.worlds.tabletop.packing import pack
from core.worlds.tabletop.scene import Camera, Item, Scene, footprint, half_extents

Point = tuple[float, float]
Outline = tuple[Point, ...]

_RING = np.linspace(0.0, 2.0 * math.pi, 48, endpoint=False)
_CIRCLE = np.stack((np.cos(_RING), np.sin(_RING)), -1)
_TUBE = np.linspace(0.0, 2.0 * math.pi, 16, endpoint=False)
_LEAST_FALL = 1e-3
"""How steeply a ray is made to fall that would never meet the table: it then meets it far away."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A camera's place and unit axes, (3,) float64 each."""

    eye: np.ndarray
    right: np.ndarray
    up: np.ndarray
    forward: np.ndarray

    @staticmethod
    def of(camera: Camera) -> View:
        """The very axes that the renderers use."""
        packed = pack([Scene((), camera)])
        return View(packed.eye[0], packed.right[0], packed.up[0], packed.forward[0])

    def project(self, points: np.ndarray) -> np.ndarray:
        """World points (..., 3) in front of the eye -> picture coordinates (..., 2)."""
        offset = points - self.eye
        reach = (offset @ self.forward) * HALF_WIDTH
        return np.stack((0.5 + 0.5 * (offset @ self.right) / reach, 0.5 - 0.5 * (offset @ self.up) / reach), -1)

    def spot(self, x: float, y: float, z: float) -> Point:
        """One world point in picture coordinates."""
        u, v = self.project(np.array((x, y, z)))
        return float(u), float(v)

    def on_level(self, u: float, v: float, height: float = 0.0) -> Point:
        """World (x, y) where the ray through a picture point meets the plane z = height, which lies below the eye.

        A ray that runs level or rises is bent down a little, so that it meets the plane far away on its own side.
        """
        across, along = (2.0 * u - 1.0) * HALF_WIDTH, (1.0 - 2.0 * v) * HALF_WIDTH
        direction = self.forward + across * self.right + along * self.up
        reach = (float(self.eye[2]) - height) / max(-float(direction[2]), _LEAST_FALL)
        x, y = self.eye[:2] + reach * direction[:2]
        return float(x), float(y)


def outline(item: Item, view: View) -> Outline:
    """The item's silhouette as a convex polygon in picture coordinates; a torus' hole counts as covered."""
    return _hull(view.project(_surface(item, view)))


def base(item: Item, view: View) -> Outline:
    """Where the item touches the table, as a polygon in picture coordinates: a cube's square, else a circle."""
    corners = _standing(item, _corners(item)[:4] if item.shape == "cube" else _ring(footprint(item), 0.0))
    corners[:, 2] = 0.0
    return _hull(view.project(corners))


def box(shape: Sequence[Point]) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) of an outline."""
    across, down = [u for u, _ in shape], [v for _, v in shape]
    return min(across), min(down), max(across), max(down)


def middle(item: Item) -> tuple[float, float, float]:
    """The centre of the solid, world frame."""
    return item.x, item.y, half_extents(item)[2]


def contains(shape: Sequence[Point], u: float, v: float) -> bool:
    """Whether a picture point lies in a convex outline, its edge included."""
    sides = [(u1 - u0) * (v - v0) - (v1 - v0) * (u - u0) for (u0, v0), (u1, v1) in pairwise((*shape, *shape[:1]))]
    return all(side >= 0.0 for side in sides) or all(side <= 0.0 for side in sides)


def _surface(item: Item, view: View) -> np.ndarray:
    """(P, 3) world points whose projections' hull is the silhouette."""
    half_x, _, half_z = half_extents(item)
    match item.shape:
        case "sphere":
            return _seen_circle(np.array(middle(item)), half_x, view.eye)
        case "cube":
            local = _corners(item)
        case "cylinder":
            local = np.concatenate((_ring(half_x, -half_z), _ring(half_x, half_z)))
        case "cone":
            local = np.concatenate((_ring(half_x, -half_z), ((0.0, 0.0, half_z),)))
        case "torus":
            tube = half_x * TORUS_MINOR
            rings = [_ring(half_x - tube + tube * math.cos(turn), tube * math.sin(turn)) for turn in _TUBE]
            local = np.concatenate(rings)
    return _standing(item, local)


def _seen_circle(centre: np.ndarray, radius: float, eye: np.ndarray) -> np.ndarray:
    """(P, 3) points where rays from the eye touch a sphere: a circle before its centre."""
    back = eye - centre
    distance = float(np.linalg.norm(back))
    back = back / distance
    first = np.cross(back, (0.0, 0.0, 1.0))
    first /= np.linalg.norm(first)
    second = np.cross(back, first)
    nearer = radius * radius / distance
    wide = radius * math.sqrt(max(1.0 - (radius / distance) ** 2, 0.0))
    return centre + nearer * back + wide * (_CIRCLE[:, :1] * first + _CIRCLE[:, 1:] * second)


def _corners(item: Item) -> np.ndarray:
    """(8, 3) a box's corners in its own frame, the lower four first."""
    signs = np.array([(x, y, z) for z in (-1, 1) for x in (-1, 1) for y in (-1, 1)], dtype=float)
    return signs * np.array(half_extents(item))


def _ring(radius: float, z: float) -> np.ndarray:
    return np.concatenate((radius * _CIRCLE, np.full((len(_CIRCLE), 1), z)), -1)


def _standing(item: Item, local: np.ndarray) -> np.ndarray:
    """From the item's own frame (centre at the origin) to the world's."""
    cos, sin = math.cos(item.yaw_rad), math.sin(item.yaw_rad)
    turned = np.stack((cos * local[:, 0] - sin * local[:, 1], sin * local[:, 0] + cos * local[:, 1], local[:, 2]), -1)
    return turned + np.array(middle(item))


def _hull(points: np.ndarray) -> Outline:
    """The convex hull, anticlockwise seen with v upwards (Andrew 1979, the monotone chain)."""
    ordered: list[Point] = sorted({(float(u), float(v)) for u, v in points})
    halves: list[list[Point]] = []
    for course in (ordered, ordered[::-1]):
        chain: list[Point] = []
        for u, v in course:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], (u, v)) <= 0.0:
                chain.pop()
            chain.append((u, v))
        halves.append(chain[:-1])
    return tuple(halves[0] + halves[1])


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
