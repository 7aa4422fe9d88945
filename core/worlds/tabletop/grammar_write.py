"""Writes English captions of scenes, varied, each true of its scene under `grammar_read`. No torch here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

from core.worlds.tabletop.constraints import CameraWord, Observed, RelationKind, View, observed, stands
from core.worlds.tabletop.scene import (
    COLOURS,
    MATERIALS,
    SHAPES,
    SIZES,
    Item,
    Scene,
    place,
    sample_camera,
    sample_item,
    sample_light,
)
from core.worlds.tabletop.words import NUMBERS, PLURALS

if TYPE_CHECKING:
    import numpy as np

Category = Literal["single", "binding", "count", "relation", "negation", "list"]
CATEGORIES: tuple[Category, ...] = get_args(Category)
T = TypeVar("T")

_RELATION_PHRASES: dict[RelationKind, tuple[str, ...]] = {
    "left-of": ("to the left of", "left of", "on the left of"),
    "right-of": ("to the right of", "right of", "on the right of"),
    "in-front-of": ("in front of",),
    "behind": ("behind",),
}
_SIDE_PHRASES: dict[RelationKind, tuple[str, str]] = {
    "left-of": ("on the left", "on the right"),
    "right-of": ("on the right", "on the left"),
    "in-front-of": ("in the front", "in the back"),
    "behind": ("in the back", "in the front"),
}
_VIEW_PHRASES: dict[View, tuple[str, ...]] = {
    "from-above": ("seen from above", "from above"),
    "from-low": ("seen from a low angle", "from a low angle"),
    "close-up": ("close up", "seen close up"),
    "from-afar": ("from afar", "seen from afar"),
}
_NEGATION_PHRASES = (", no ", " and no ", " without ", " without any ", " with no ", " but no ")
_NOUNS: dict[str, tuple[tuple[str, str], ...]] = {
    **{shape: ((shape, PLURALS[shape]),) for shape in SHAPES},
    "object": (("object", "objects"), ("thing", "things")),
}


@dataclass(frozen=True, slots=True)
class Caption:
    """order: the scene's items in the order in which the text speaks of them."""

    text: str
    category: Category
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """One mention: items alike in the attributes that the words name."""

    words: tuple[str, ...]
    shape: str
    items: tuple[int, ...]

    def noun(self, rng: np.random.Generator, plural: bool) -> str:
        return _pick(rng, _NOUNS[self.shape])[plural]

    def phrase(self, rng: np.random.Generator, *, first: bool = False) -> str:
        """first: nothing was mentioned before, so that "the" can't refer back."""
        count = len(self.items)
        body = " ".join((*self.words, self.noun(rng, count > 1)))
        if count == 1:
            named = self.words and rng.random() < 0.06
            if named:
                # Postposed: "a cube that is red".
                return f"a {self.noun(rng, False)} that is {' and '.join(self.words)}"
            determiner = _pick(rng, ("a",) * 14 + ("one", "the" if first else "a"))
            return f"{_article(body) if determiner == 'a' else determiner} {body}"
        number = _pick(rng, ("", "some ")) if rng.random() < 0.1 else f"{NUMBERS[count - 1]} "
        return number + body


def write(scene: Scene, rng: np.random.Generator, category: Category | None = None) -> Caption:
    """A caption that the scene meets. category: None draws one that suits the scene.

    A category that the scene can't show (a relation in a scene of one) gives its nearest: single or a list.
    """
    items = observed(scene)
    if category is None:
        category = _pick(rng, [kind for kind in CATEGORIES if _suits(kind, items)])
    match category:
        case "count" if rng.random() < 0.4:
            text, order = _generic_count(items, rng)
        case "relation" if any(_standing(items)):
            text, order = _relation(items, rng)
        case "negation":
            text, order = _negation(items, rng)
        case _:
            text, order = _listing(items, rng)
    return Caption(_with_view(text, scene, rng), category, order)


def draw(category: Category, rng: np.random.Generator) -> tuple[Scene, Caption]:
    """A random scene that suits the category, with a caption of it."""
    while True:
        items = tuple(sample_item(rng) for _ in range(_number_of_items(category, rng)))
        if category == "count" and rng.random() < 0.7:
            items = _alike(items, rng)
        elif category != "single" and len(items) > 1 and rng.random() < 0.15:
            items = (replace(items[0], shape=items[1].shape), *items[1:])
        placed = place(items, rng)
        if placed is None:
            continue
        scene = Scene(placed, sample_camera(rng), sample_light(rng))
        if _suits(category, observed(scene)):
            return scene, write(scene, rng, category)


def _number_of_items(category: Category, rng: np.random.Generator) -> int:
    low, high = {
        "single": (1, 1),
        "binding": (2, 2),
        "count": (1, 4),
        "relation": (2, 3),
        "negation": (1, 4),
        "list": (3, 4),
    }[category]
    if category == "relation":
        return 2 if rng.random() < 0.75 else 3
    return int(rng.integers(low, high + 1))


def _alike(items: tuple[Item, ...], rng: np.random.Generator) -> tuple[Item, ...]:
    """Items sharing some attributes, so that "two blue spheres" can be said of all or all but the last."""
    first = items[0]
    shared = rng.random(4) < (0.85, 0.6, 0.25, 0.25)
    rest = len(items) - int(len(items) > 2 and rng.random() < 0.5)
    return tuple(
        item
        if number >= rest
        else replace(
            item,
            shape=first.shape if shared[0] else item.shape,
            colour=first.colour if shared[1] else item.colour,
            size=first.size if shared[2] else item.size,
            material=first.material if shared[3] else item.material,
        )
        for number, item in enumerate(items)
    )


def _suits(category: Category, items: Sequence[Observed]) -> bool:
    match category:
        case "single":
            return len(items) == 1
        case "binding":
            return len(items) == 2
        case "list":
            return len(items) >= 3
        case "relation":
            return len(items) in (2, 3) and any(_standing(items))
        case "count" | "negation":
            return True


def _standing(items: Sequence[Observed]) -> list[tuple[int, RelationKind, int]]:
    pairs = permutations(range(len(items)), 2)
    return [(a, kind, b) for a, b in pairs for kind in _RELATION_PHRASES if stands(kind, items[a], items[b])]


def _group(item: Observed, number: int, rng: np.random.Generator, plain: float = 0.12) -> _Group:
    """One item with a random subset of its attributes; `plain` is the chance of "object" for its shape."""
    named = rng.random(3) < (0.3, 0.3, 0.75)
    attributes: tuple[str, ...] = (item.size, item.material, item.colour)
    words = [word for word, kept in zip(attributes, named, strict=True) if kept]
    if len(words) > 1 and rng.random() < 0.15:
        words = [words[int(n)] for n in rng.permutation(len(words))]
    return _Group(tuple(words), "object" if rng.random() < plain else item.shape, (number,))


def _merged(groups: Sequence[_Group]) -> list[_Group]:
    """Mentions in the same words become one: "a red cube and a red cube" is "two red cubes"."""
    merged: dict[tuple[frozenset[str], str], _Group] = {}
    for group in groups:
        key = frozenset(group.words), group.shape
        earlier = merged.get(key)
        merged[key] = replace(earlier, items=(*earlier.items, *group.items)) if earlier else group
    return list(merged.values())


def _grouped(items: Sequence[Observed], numbers: Sequence[int], rng: np.random.Generator) -> list[_Group]:
    """Mentions of the items; alike items are named by what they share, half the time."""
    groups: list[_Group] = []
    left = list(numbers)
    while left:
        first = left.pop(0)
        group = _group(items[first], first, rng)
        if rng.random() < 0.75:
            mates = [n for n in left if _fits(group, items[n])]
            group = replace(group, items=(first, *mates))
            left = [n for n in left if n not in mates]
        groups.append(group)
    return _merged(groups)


def _fits(group: _Group, item: Observed) -> bool:
    return {*group.words, group.shape} <= {item.shape, item.colour, item.size, item.material, "object"}


def _listing(items: Sequence[Observed], rng: np.random.Generator) -> tuple[str, tuple[int, ...]]:
    order = [int(n) for n in rng.permutation(len(items))]
    if len(items) == 2 and items[0].shape == items[1].shape and rng.random() < 0.25:
        return _shared_noun(items, order, rng)
    groups = _grouped(items, order, rng)
    phrases = [group.phrase(rng, first=number == 0) for number, group in enumerate(groups)]
    return _joined(phrases, rng), _order(groups)


def _shared_noun(items: Sequence[Observed], order: list[int], rng: np.random.Generator) -> tuple[str, tuple[int, ...]]:
    """ "A red and a blue cube"."""
    first, second = (items[n] for n in order)
    part = _pick(
        rng, [p for p in ("colour", "size", "material") if getattr(first, p) != getattr(second, p)] or ["colour"]
    )
    one, two = str(getattr(first, part)), str(getattr(second, part))
    return f"{_article(one)} {one} and {_article(two)} {two} {first.shape}", tuple(order)


def _generic_count(items: Sequence[Observed], rng: np.random.Generator) -> tuple[str, tuple[int, ...]]:
    everything = _Group((), "object", tuple(int(n) for n in rng.permutation(len(items))))
    count = len(items)
    return f"{NUMBERS[count - 1]} {everything.noun(rng, count > 1)}", everything.items


def _relation(items: Sequence[Observed], rng: np.random.Generator) -> tuple[str, tuple[int, ...]]:
    a, kind, b = _pick(rng, _standing(items))
    rest = [n for n in range(len(items)) if n not in (a, b)]
    first, second = _group(items[a], a, rng, 0.06), _group(items[b], b, rng, 0.06)
    groups = [first, second, *(_group(items[n], n, rng) for n in rest)]
    if not rest and rng.random() < 0.12:
        here, there = _SIDE_PHRASES[kind]
        text = f"{first.phrase(rng)} {here} and {second.phrase(rng)} {there}"
    elif (
        not rest and rng.random() < 0.06 and first.shape != second.shape and "object" not in (first.shape, second.shape)
    ):
        phrase = _pick(rng, _RELATION_PHRASES[kind])
        text = f"{_plain(first)} and {_plain(second)}, the {first.shape} {phrase} the {second.shape}"
    else:
        verb = _pick(rng, ("", "", "", "is ", "that is "))
        start = first.phrase(rng, first=True)
        text = f"{start} {verb}{_pick(rng, _RELATION_PHRASES[kind])} {second.phrase(rng, first=True)}"
        chained: list[RelationKind] = [relation for x, relation, n in _standing(items) if x == a and n in rest]
        if chained and rng.random() < 0.4:
            kind = _pick(rng, chained)
            text += f" and {_pick(rng, _RELATION_PHRASES[kind])} {groups[2].phrase(rng)}"
        elif rest:
            text += _pick(rng, (", ", " and ", ", and ")) + groups[2].phrase(rng)
    return text, _order(groups)


def _plain(group: _Group) -> str:
    body = " ".join((*group.words, group.shape))
    return f"{_article(body)} {body}"


def _negation(items: Sequence[Observed], rng: np.random.Generator) -> tuple[str, tuple[int, ...]]:
    absent = _absent(items, rng)
    if rng.random() < 0.15:
        order = tuple(int(n) for n in rng.permutation(len(items)))
        return f"{_pick(rng, ('no ', 'without ', 'without any '))}{absent}", order
    text, order = _generic_count(items, rng) if rng.random() < 0.6 else _listing(items, rng)
    quality, _, noun = absent.rpartition(" ")
    if noun in _NOUNS["object"][0] + _NOUNS["object"][1] and rng.random() < 0.3:
        return text + _pick(rng, (", nothing ", " and nothing ", ", none of them ")) + quality, order
    return text + _pick(rng, _NEGATION_PHRASES) + absent, order


def _absent(items: Sequence[Observed], rng: np.random.Generator) -> str:
    """Words for something that no item is: "cubes", "red objects", "cubes or cones"."""
    seen = {word for item in items for word in (item.shape, item.colour, item.size, item.material)}
    shapes = [shape for shape in SHAPES if shape not in seen]
    colours = [colour for colour in COLOURS if colour not in seen]
    qualities = [word for word in (*SIZES, *MATERIALS) if word not in seen]
    kind = float(rng.random())
    if qualities and kind < 0.15:
        return f"{_pick(rng, qualities)} {_pick(rng, ('objects', 'things'))}"
    if kind < 0.5:
        return f"{_pick(rng, colours)} {_pick(rng, ('objects', 'things'))}"
    if kind < 0.58:
        return f"{_pick(rng, colours)} {PLURALS[_pick(rng, SHAPES)]}"
    if kind < 0.75 and len(shapes) > 1:
        one, two = (shapes[int(n)] for n in rng.permutation(len(shapes))[:2])
        return f"{PLURALS[one]} or {PLURALS[two]}"
    shape = _pick(rng, shapes)
    return PLURALS[shape] if rng.random() < 0.8 else shape


def _with_view(text: str, scene: Scene, rng: np.random.Generator) -> str:
    if rng.random() < 0.75:
        return text
    true: list[View] = [view for view in _VIEW_PHRASES if CameraWord(view).holds(scene.camera)]
    for view in true if rng.random() < 0.3 else true[:1] if rng.random() < 0.5 else true[-1:]:
        phrase = _pick(rng, _VIEW_PHRASES[view])
        text = f"{phrase}, {text}" if rng.random() < 0.15 else f"{text}{_pick(rng, (', ', ' '))}{phrase}"
    return text


def _order(groups: Sequence[_Group]) -> tuple[int, ...]:
    return tuple(number for group in groups for number in group.items)


def _joined(phrases: Sequence[str], rng: np.random.Generator) -> str:
    if len(phrases) == 1:
        return phrases[0]
    last = _pick(rng, (" and ", " and ", ", and ", ", "))
    return ", ".join(phrases[:-1]) + last + phrases[-1]


def _article(body: str) -> str:
    return "an" if body[0] in "aeio" else "a"


def _pick(rng: np.random.Generator, choices: Sequence[T]) -> T:
    return choices[math.floor(rng.random() * len(choices))]
