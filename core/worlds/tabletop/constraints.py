"""What a caption asks of a picture, and whether a set of observed objects gives it. No torch here.

A caption is read with a closed world: it lists every object on the table, so "a red cube" asks for one object, not for
at least one. Every mention ("two blue spheres") binds objects of its own, no object serves two mentions, and a relation
speaks of the objects that its mentions bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from core.worlds.tabletop.scene import (
    DISTANCE,
    ELEVATION,
    SIDE_MARGIN,
    Camera,
    Colour,
    Material,
    Scene,
    Shape,
    Size,
    ground_view,
)

RelationKind = Literal["left-of", "right-of", "in-front-of", "behind"]
View = Literal["from-above", "from-low", "close-up", "from-afar"]


@dataclass(frozen=True, slots=True)
class Observed:
    """One object as a detector or a scene shows it: (right, away) on the table in the camera's frame, table units."""

    shape: Shape
    colour: Colour
    size: Size
    material: Material
    right: float
    away: float


@dataclass(frozen=True, slots=True)
class Pattern:
    """Attributes asked for; None leaves one open."""

    shape: Shape | None = None
    colour: Colour | None = None
    size: Size | None = None
    material: Material | None = None

    def matches(self, item: Observed) -> bool:
        return (
            self.shape in (None, item.shape)
            and self.colour in (None, item.colour)
            and self.size in (None, item.size)
            and self.material in (None, item.material)
        )

    def __str__(self) -> str:
        words = (self.size, self.material, self.colour, self.shape or "object")
        return " ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class Exists:
    """`count` objects of a pattern (or more, with at_least). mention: which mention of the caption, from 0."""

    pattern: Pattern
    count: int = 1
    at_least: bool = False
    mention: int = 0

    def __str__(self) -> str:
        return f"{'at least ' if self.at_least else ''}{self.count} {self.pattern}"


@dataclass(frozen=True, slots=True)
class Absent:
    """No object of the pattern."""

    pattern: Pattern

    def __str__(self) -> str:
        return f"no {self.pattern}"


@dataclass(frozen=True, slots=True)
class Relation:
    """Every object that `a` bound stands `kind` every object that `b` bound, by SIDE_MARGIN at least."""

    a: Exists
    kind: RelationKind
    b: Exists

    def __str__(self) -> str:
        return f"{self.a.pattern} {self.kind.replace('-', ' ')} {self.b.pattern}"


@dataclass(frozen=True, slots=True)
class TotalCount:
    """The number of objects on the table."""

    count: int
    at_least: bool = False

    def __str__(self) -> str:
        return f"{'at least ' if self.at_least else ''}{self.count} in all"


@dataclass(frozen=True, slots=True)
class NothingElse:
    """Every object matches one of these patterns; asked where a mention leaves its number open ("red cubes")."""

    patterns: tuple[Pattern, ...]

    def __str__(self) -> str:
        return f"nothing but {', '.join(map(str, self.patterns))}"


@dataclass(frozen=True, slots=True)
class CameraWord:
    """A third of the camera's range: elevation (from-above, from-low) or distance (close-up, from-afar)."""

    view: View

    @property
    def interval(self) -> tuple[float, float]:
        """Radians of elevation, or table units of distance."""
        low, high = ELEVATION if self.view in ("from-above", "from-low") else DISTANCE
        third = (high - low) / 3
        return (high - third, high) if self.view in ("from-above", "from-afar") else (low, low + third)

    def holds(self, camera: Camera) -> bool:
        low, high = self.interval
        value = camera.elevation_rad if self.view in ("from-above", "from-low") else camera.distance
        # The range's own ends are open: a hand-made camera may stand beyond them.
        return value >= low if self.view in ("from-above", "from-afar") else value <= high

    def __str__(self) -> str:
        return self.view.replace("-", " ")


Constraint = Exists | Absent | Relation | TotalCount | NothingElse


def observed(scene: Scene) -> tuple[Observed, ...]:
    """A scene's objects as a perfect detector would see them."""
    return tuple(
        Observed(item.shape, item.colour, item.size, item.material, *ground_view(item, scene.camera))
        for item in scene.items
    )


def stands(kind: RelationKind, a: Observed, b: Observed) -> bool:
    """Whether `a` is left of (right of, in front of, behind) `b`, seen from the camera."""
    match kind:
        case "left-of":
            return b.right - a.right >= SIDE_MARGIN
        case "right-of":
            return a.right - b.right >= SIDE_MARGIN
        case "in-front-of":
            return b.away - a.away >= SIDE_MARGIN
        case "behind":
            return a.away - b.away >= SIDE_MARGIN


def holds(constraints: Sequence[Constraint], items: Sequence[Observed]) -> list[bool]:
    """Which constraints the objects meet, in order.

    Mentions bind objects so that as many mentions as possible are filled, and then as many relations as possible hold.
    """
    mentions = [c for c in constraints if isinstance(c, Exists)]
    relations = [c for c in constraints if isinstance(c, Relation)]
    best: dict[int, tuple[Observed, ...]] = {}
    best_score = (-1, -1)
    for bound in _bindings(mentions, list(items)):
        filled = sum(len(bound[m.mention]) >= m.count for m in mentions)
        score = filled, sum(_related(relation, bound) for relation in relations)
        if score > best_score:
            best, best_score = bound, score
        if best_score == (len(mentions), len(relations)):
            break
    return [_holds_one(constraint, items, best) for constraint in constraints]


def _holds_one(constraint: Constraint, items: Sequence[Observed], bound: dict[int, tuple[Observed, ...]]) -> bool:
    match constraint:
        case Exists(_, count, _, mention):
            return len(bound[mention]) >= count
        case Absent(pattern):
            return not any(pattern.matches(item) for item in items)
        case Relation():
            return _related(constraint, bound)
        case TotalCount(count, at_least):
            return len(items) >= count if at_least else len(items) == count
        case NothingElse(patterns):
            return all(any(pattern.matches(item) for pattern in patterns) for item in items)


def _related(relation: Relation, bound: dict[int, tuple[Observed, ...]]) -> bool:
    a, b = bound[relation.a.mention], bound[relation.b.mention]
    if len(a) < relation.a.count or len(b) < relation.b.count:
        return False
    return all(stands(relation.kind, x, y) for x in a for y in b)


def _bindings(mentions: Sequence[Exists], free: list[Observed]) -> Iterator[dict[int, tuple[Observed, ...]]]:
    """Every way to give each mention up to `count` matching objects (with at_least, as many as it likes) of its own."""
    if not mentions:
        yield {}
        return
    first, rest = mentions[0], mentions[1:]
    for chosen in _choices(first, free):
        left = [item for number, item in enumerate(free) if number not in chosen]
        mine = tuple(free[number] for number in chosen)
        for others in _bindings(rest, left):
            yield {first.mention: mine, **others}


def _choices(mention: Exists, free: list[Observed]) -> Iterator[tuple[int, ...]]:
    """Index sets for one mention, the largest first; smaller ones too, for another mention may need the objects."""
    matching = [number for number, item in enumerate(free) if mention.pattern.matches(item)]
    most = len(matching) if mention.at_least else min(mention.count, len(matching))

    def subsets(start: int, size: int) -> Iterator[tuple[int, ...]]:
        if size == 0:
            yield ()
            return
        for place in range(start, len(matching) - size + 1):
            for tail in subsets(place + 1, size - 1):
                yield (matching[place], *tail)

    for size in range(most, -1, -1):
        yield from subsets(0, size)
