"""Edits of a scene by hand: each gives a scene that holds to the planner's own rules, or says why it can't.

The rules: 1 to MAX_ITEMS items, each within REACH of the centre, clear of the others by GAP. An item that is put where
it can't stand takes the nearest place where it can, so that it slides along its neighbours. The others never move. No
torch here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product

from core.errors import LayoutError
from core.worlds.tabletop.projection import View, box, outline
from core.worlds.tabletop.scene import (
    COLOURS,
    GAP,
    MAX_ITEMS,
    REACH,
    SHAPES,
    Colour,
    Item,
    Material,
    Scene,
    Shape,
    Size,
    footprint,
    overlap,
)

HAIR = 1e-6
"""How much further apart than they must items are put, table units, so that rounding can't bring them too close."""

Circle = tuple[float, float, float]
"""Centre x, centre y, radius."""


def fits(items: tuple[Item, ...], item: Item) -> bool:
    """Whether an item may stand beside others."""
    return math.hypot(item.x, item.y) <= REACH + HAIR and not any(overlap(item, other) for other in items)


def arranged(scene: Scene) -> bool:
    """Whether a scene holds to the rules."""
    alone = (fits(scene.items[:at], item) for at, item in enumerate(scene.items))
    return 1 <= len(scene.items) <= MAX_ITEMS and all(alone)


def nearest(items: tuple[Item, ...], item: Item) -> Item | None:
    """The item at the allowed place nearest to where it is, None where it fits nowhere.

    What is allowed is a disc without smaller discs about the others, so the nearest place is the item's own, its
    projection onto one of these circles, or a point where two of them meet.
    """
    if fits(items, item):
        return item
    reach = footprint(item) + GAP + HAIR
    circles = [(0.0, 0.0, REACH), *((other.x, other.y, footprint(other) + reach) for other in items)]
    places = [_onto(circle, item.x, item.y) for circle in circles]
    places += [place for pair in combinations(circles, 2) for place in _meetings(*pair)]
    allowed = [stood for x, y in places if fits(items, stood := replace(item, x=x, y=y))]
    return min(allowed, key=lambda stood: math.hypot(stood.x - item.x, stood.y - item.y), default=None)


def moved(scene: Scene, index: int, x: float, y: float) -> Scene:
    """An item at (x, y), or at the nearest place where it may stand. Raises LayoutError where there is none."""
    return _with(scene, index, replace(scene.items[index], x=x, y=y))


def turned(scene: Scene, index: int, yaw_rad: float) -> Scene:
    """An item turned about its vertical axis; the angle is brought into -pi to pi."""
    return _put(scene, index, replace(scene.items[index], yaw_rad=math.remainder(yaw_rad, 2.0 * math.pi)))


def resized(scene: Scene, index: int, size: Size) -> Scene:
    """An item of another size; it steps aside where it would touch. Raises LayoutError where there is no room."""
    return _with(scene, index, replace(scene.items[index], size=size))


def reshaped(scene: Scene, index: int, shape: Shape) -> Scene:
    """An item of another shape; it steps aside where it would touch. Raises LayoutError where there is no room."""
    return _with(scene, index, replace(scene.items[index], shape=shape))


def recoloured(scene: Scene, index: int, colour: Colour) -> Scene:
    """An item of another colour."""
    return _put(scene, index, replace(scene.items[index], colour=colour))


def finished(scene: Scene, index: int, material: Material) -> Scene:
    """An item of another material."""
    return _put(scene, index, replace(scene.items[index], material=material))


def removed(scene: Scene, index: int) -> Scene:
    """One item fewer. Raises LayoutError for the last one."""
    if len(scene.items) == 1:
        raise LayoutError("1 object is left; a plan needs at least 1, so add another one first")
    return replace(scene, items=scene.items[:index] + scene.items[index + 1 :])


def added(scene: Scene) -> Scene:
    """One item more, the last: small, in a shape and colour that are not there yet, where it is seen best.

    Raises LayoutError where there are MAX_ITEMS, or where no place is free.
    """
    if len(scene.items) >= MAX_ITEMS:
        raise LayoutError(
            f"{len(scene.items)} objects stand there; a plan holds at most {MAX_ITEMS}, so remove one first"
        )
    shapes, colours = {item.shape for item in scene.items}, {item.colour for item in scene.items}
    shape: Shape = next(shape for shape in SHAPES if shape not in shapes)
    colour: Colour = next(colour for colour in COLOURS if colour not in colours)
    fresh = [Item(shape, colour, "small", "matte", x, y) for x, y in _spots()]
    free = [item for item in fresh if fits(scene.items, item)]
    if not free:
        raise LayoutError(f"no place is free for a small {shape}; move the others apart or make one small")
    view = View.of(scene.camera)
    others = [box(outline(item, view)) for item in scene.items]
    return replace(scene, items=(*scene.items, max(free, key=lambda item: _openness(box(outline(item, view)), others))))


def _with(scene: Scene, index: int, item: Item) -> Scene:
    stood = nearest(scene.items[:index] + scene.items[index + 1 :], item)
    if stood is None:
        raise LayoutError(
            f"no place is free for a {item.size} {item.shape} between the others; move them apart or make one small"
        )
    return _put(scene, index, stood)


def _put(scene: Scene, index: int, item: Item) -> Scene:
    return replace(scene, items=(*scene.items[:index], item, *scene.items[index + 1 :]))


def _onto(circle: Circle, x: float, y: float) -> tuple[float, float]:
    """The point of the circle nearest to (x, y)."""
    from_x, from_y, radius = circle
    away = math.hypot(x - from_x, y - from_y)
    if away == 0.0:
        return from_x + radius, from_y
    return from_x + (x - from_x) * radius / away, from_y + (y - from_y) * radius / away


def _meetings(a: Circle, b: Circle) -> tuple[tuple[float, float], ...]:
    """Where two circles cross: none, or two points."""
    apart = math.hypot(b[0] - a[0], b[1] - a[1])
    if apart == 0.0:
        return ()
    along = (apart * apart + a[2] * a[2] - b[2] * b[2]) / (2.0 * apart)
    across = a[2] * a[2] - along * along
    if across < 0.0:
        return ()
    across = math.sqrt(across)
    x, y = (b[0] - a[0]) / apart, (b[1] - a[1]) / apart
    foot = a[0] + along * x, a[1] + along * y
    return (foot[0] - across * y, foot[1] + across * x), (foot[0] + across * y, foot[1] - across * x)


def _spots() -> Iterator[tuple[float, float]]:
    """Places over the table, the centre first."""
    yield 0.0, 0.0
    for ring, turn in product(range(1, 6), range(24)):
        radius, angle = REACH * ring / 5.2, math.pi * turn / 12.0
        yield radius * math.cos(angle), radius * math.sin(angle)


def _openness(own: tuple[float, float, float, float], others: list[tuple[float, float, float, float]]) -> float:
    """How clear a box of the picture is: the least gap to other boxes and to the picture's edge (below 0: covered)."""
    left, top, right, bottom = own
    gaps = [max(a - right, left - c, b - bottom, top - d) for a, b, c, d in others]
    return min([*gaps, left, 1.0 - right, top, 1.0 - bottom])
