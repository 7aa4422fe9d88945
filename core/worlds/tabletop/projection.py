"""Where things of a scene lie in its picture, and back: the renderer's camera without the rendering.

Plain floats: no torch here, and no numpy, which the window does not wait for. Picture coordinates are (u, v) in 0 to 1,
from the left and from the top; pixel (row, column) of an S x S picture has its centre at
((column + 0.5) / S, (row + 0.5) / S).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.worlds.tabletop.look import HALF_WIDTH, TORUS_MINOR
from core.worlds.tabletop.scene import TARGET, Camera, Item, Scene, eye, footprint, half_extents

Point = tuple[float, float]
Place = tuple[float, float, float]
"""World frame, table units."""
Outline = tuple[Point, ...]

_RING = tuple((math.cos(turn), math.sin(turn)) for turn in (math.tau * k / 48 for k in range(48)))
_TUBE = tuple((math.cos(turn), math.sin(turn)) for turn in (math.tau * k / 16 for k in range(16)))
_NET = 12
"""Points a side at which the hidden part of a silhouette is counted."""
_LEAST_FALL = 1e-3
"""How steeply a ray is made to fall that would never meet the table: it then meets it far away."""


@dataclass(frozen=True, slots=True)
class View:
    """A camera's place and unit axes."""

    eye: Place
    right: Place
    up: Place
    forward: Place

    @staticmethod
    def of(camera: Camera) -> View:
        """The axes that the renderers use (`packing.pack`)."""
        place = eye(camera)
        forward = _unit(_minus(TARGET, place))
        right = (math.cos(camera.azimuth_rad), math.sin(camera.azimuth_rad), 0.0)
        return View(place, right, _cross(right, forward), forward)

    def spot(self, place: Place) -> Point:
        """A world point before the eye in picture coordinates."""
        offset = _minus(place, self.eye)
        reach = 2.0 * HALF_WIDTH * _dot(offset, self.forward)
        return 0.5 + _dot(offset, self.right) / reach, 0.5 - _dot(offset, self.up) / reach

    def on_level(self, u: float, v: float, height: float = 0.0) -> Point:
        """World (x, y) where the ray through a picture point meets the plane z = height, which lies below the eye.

        A ray that runs level or rises is bent down a little, so that it meets the plane far away on its own side.
        """
        across, along = (2.0 * u - 1.0) * HALF_WIDTH, (1.0 - 2.0 * v) * HALF_WIDTH
        x, y, z = (
            ahead + across * aside + along * above
            for ahead, aside, above in zip(self.forward, self.right, self.up, strict=True)
        )
        reach = (self.eye[2] - height) / max(-z, _LEAST_FALL)
        return self.eye[0] + reach * x, self.eye[1] + reach * y


def outline(item: Item, view: View) -> Outline:
    """The item's silhouette as a convex polygon in picture coordinates; a torus' hole counts as covered."""
    return _hull(map(view.spot, _surface(item, view)))


def base(item: Item, view: View) -> Outline:
    """Where the item touches the table, as a polygon in picture coordinates: a cube's square, else a circle."""
    half_z = half_extents(item)[2]
    local = _corners(item)[:4] if item.shape == "cube" else _ring(footprint(item), -half_z)
    return _hull(map(view.spot, _standing(item, local)))


def creases(item: Item, view: View) -> tuple[Outline, ...]:
    """Lines within the silhouette that tell the solid's form, as polylines: a cube's top and near edge, a cylinder's
    top, a torus' hole; none for the others."""
    half_x, _, half_z = half_extents(item)
    match item.shape:
        case "cube":
            corners = _standing(item, _corners(item))
            near = min(range(4), key=lambda corner: math.dist(corners[corner], view.eye))
            lines = [[corners[at] for at in (4, 5, 7, 6, 4)], [corners[near], corners[near + 4]]]
        case "cylinder":
            lines = [_standing(item, _closed(_ring(half_x, half_z)))]
        case "torus":
            lines = [_standing(item, _closed(_ring(half_x * (1.0 - 2.0 * TORUS_MINOR), 0.0)))]
        case "sphere" | "cone":
            lines = []
    return tuple(tuple(map(view.spot, line)) for line in lines)


def box(shape: Sequence[Point]) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) of an outline."""
    across, down = [u for u, _ in shape], [v for _, v in shape]
    return min(across), min(down), max(across), max(down)


def middle(item: Item) -> Place:
    """The centre of the solid."""
    return item.x, item.y, half_extents(item)[2]


def contains(shape: Sequence[Point], u: float, v: float) -> bool:
    """Whether a picture point lies in a convex outline, its edge included."""
    left = right = False
    for a, b in pairwise((*shape, *shape[:1])):
        side = _turn(a, b, (u, v))
        left, right = left or side > 0.0, right or side < 0.0
        if left and right:
            return False
    return True


def hidden_share(scene: Scene, index: int) -> float:
    """The part of an item's silhouette, 0 to 1, that lies outside the picture or behind nearer items' silhouettes."""
    view = View.of(scene.camera)
    own, away = outline(scene.items[index], view), math.dist(middle(scene.items[index]), view.eye)
    nearer = [outline(item, view) for item in scene.items if math.dist(middle(item), view.eye) < away]
    left, top, right, bottom = box(own)
    steps = [(k + 0.5) / _NET for k in range(_NET)]
    net = [(left + (right - left) * a, top + (bottom - top) * b) for a in steps for b in steps]
    inside = [(u, v) for u, v in net if contains(own, u, v)]
    in_picture = [(u, v) for u, v in inside if 0.0 <= u <= 1.0 and 0.0 <= v <= 1.0]
    seen = sum(not any(contains(other, u, v) for other in nearer) for u, v in in_picture)
    return 1.0 - seen / len(inside)


def _surface(item: Item, view: View) -> list[Place]:
    """Points whose projections' hull is the silhouette."""
    half_x, _, half_z = half_extents(item)
    match item.shape:
        case "sphere":
            return _seen_circle(middle(item), half_x, view.eye)
        case "cube":
            local = _corners(item)
        case "cylinder":
            local = _ring(half_x, -half_z) + _ring(half_x, half_z)
        case "cone":
            local = [*_ring(half_x, -half_z), (0.0, 0.0, half_z)]
        case "torus":
            tube = half_x * TORUS_MINOR
            rings = [_ring(half_x - tube + tube * cos, tube * sin) for cos, sin in _TUBE]
            local = [place for ring in rings for place in ring]
    return _standing(item, local)


def _seen_circle(centre: Place, radius: float, place: Place) -> list[Place]:
    """Points where rays from the eye touch a sphere: a circle before its centre."""
    distance = math.dist(place, centre)
    back = _unit(_minus(place, centre))
    first = _unit(_cross(back, (0.0, 0.0, 1.0)))
    second = _cross(back, first)
    nearer = radius * radius / distance
    wide = radius * math.sqrt(max(1.0 - (radius / distance) ** 2, 0.0))
    axes = tuple(zip(centre, back, first, second, strict=True))
    places = [[c + nearer * b + wide * (cos * f + sin * s) for c, b, f, s in axes] for cos, sin in _RING]
    return [(x, y, z) for x, y, z in places]


def _corners(item: Item) -> list[Place]:
    """A box's eight corners in its own frame, the lower four first."""
    x, y, z = half_extents(item)
    return [(a * x, b * y, c * z) for c in (-1, 1) for a in (-1, 1) for b in (-1, 1)]


def _ring(radius: float, z: float) -> list[Place]:
    return [(radius * cos, radius * sin, z) for cos, sin in _RING]


def _closed(ring: list[Place]) -> list[Place]:
    return [*ring, ring[0]]


def _standing(item: Item, local: Iterable[Place]) -> list[Place]:
    """From the item's own frame (centre at the origin) to the world's."""
    cos, sin = math.cos(item.yaw_rad), math.sin(item.yaw_rad)
    x0, y0, z0 = middle(item)
    return [(x0 + cos * x - sin * y, y0 + sin * x + cos * y, z0 + z) for x, y, z in local]


def _hull(points: Iterable[Point]) -> Outline:
    """The convex hull, anticlockwise seen with v upwards (Andrew 1979, the monotone chain)."""
    ordered = sorted(set(points))
    halves: list[list[Point]] = []
    for course in (ordered, ordered[::-1]):
        chain: list[Point] = []
        for point in course:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0.0:
                chain.pop()
            chain.append(point)
        halves.append(chain[:-1])
    return tuple(halves[0] + halves[1])


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _minus(a: Place, b: Place) -> Place:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def _dot(a: Place, b: Place) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _cross(a: Place, b: Place) -> Place:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def _unit(a: Place) -> Place:
    length = math.hypot(*a)
    return a[0] / length, a[1] / length, a[2] / length
