"""What a model of stickers is asked to draw, and which real pictures are kept for the judge's own examination."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from core.datasets.stickers.cache import HELD_OUT, STYLES, TRAIN, Sticker

Part = Literal["caption", "name", "concept"]
PARTS: tuple[Part, ...] = ("caption", "name", "concept")
"""Of concepts that training knows, captions that it was never shown, and the names that it was; and the names of
concepts that it doesn't know at all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A caption to be drawn in a style. row: of a real picture of just that, which the matcher never saw."""

    caption: str
    concept: str
    style: str
    row: int


def kept_from_matcher(entries: Sequence[Sticker]) -> frozenset[int]:
    """The rows that no matcher trains on: the concepts held out, and of each concept with a caption held out all
    pictures in one of its styles (which, the concept's hash says), if it has another style."""
    chosen = {concept: real.style for concept, real in _examined(entries).items()}
    return frozenset(
        entry.index for entry in entries if entry.split != TRAIN or chosen.get(entry.concept) == entry.style
    )


def asked_in_all(entries: Sequence[Sticker]) -> dict[Part, tuple[Asked, ...]]:
    """Everything there is to ask, one caption a concept, so that every caption has one right picture.

    These are the pools that a picture's caption has to be found in.
    """
    known = list(_examined(entries).items())
    unknown: dict[str, list[Sticker]] = {}
    for entry in entries:
        if entry.split == HELD_OUT:
            unknown.setdefault(entry.concept, []).append(entry)
    shown = [(concept, _in_style(own, _style_of(concept, own))) for concept, own in unknown.items()]
    return {
        "caption": tuple(Asked(real.held_out_captions[0], concept, real.style, real.index) for concept, real in known),
        "name": tuple(Asked(real.captions[0], concept, real.style, real.index) for concept, real in known),
        "concept": tuple(Asked(real.captions[0], concept, real.style, real.index) for concept, real in shown),
    }


def asked(entries: Sequence[Sticker], count: int, seed: int) -> dict[Part, tuple[Asked, ...]]:
    """`count` of them, half by captions never shown, drawn by the seed; fewer where there are fewer.

    No concept is asked twice.
    """
    pools = asked_in_all(entries)
    captions = _drawn(pools["caption"], count - 2 * (count // 4), seed)
    taken = {entry.concept for entry in captions}
    others = [entry for entry in pools["name"] if entry.concept not in taken]
    return {
        "caption": captions,
        "name": _drawn(others, count // 4, seed),
        "concept": _drawn(pools["concept"], count // 4, seed),
    }


def _drawn(pool: Sequence[Asked], count: int, seed: int) -> tuple[Asked, ...]:
    """The first in the order of their hashes, with the styles in turn for as long as each has some."""
    order = sorted(pool, key=lambda entry: _hash(f"asked {seed}", entry.concept))
    rows = {style: [entry for entry in order if entry.style == style] for style in STYLES}
    turns = (entry for place in range(len(order)) for row in rows.values() for entry in row[place : place + 1])
    return tuple(entry for _, entry in zip(range(count), turns, strict=False))


def _examined(entries: Iterable[Sticker]) -> dict[str, Sticker]:
    """Trained concepts with a caption held out and two styles -> the plainest picture of the style kept back."""
    own: dict[str, list[Sticker]] = {}
    for entry in entries:
        if entry.split == TRAIN and entry.held_out_captions:
            own.setdefault(entry.concept, []).append(entry)
    return {
        concept: _in_style(pictures, _style_of(concept, pictures))
        for concept, pictures in own.items()
        if len({entry.style for entry in pictures}) > 1
    }


def plainest(pictures: Iterable[Sticker]) -> Sticker:
    """The one whose first caption is shortest, which tells no skin tone."""
    return min(pictures, key=lambda entry: (len(entry.captions[0]), entry.index))


def _in_style(pictures: Iterable[Sticker], style: str) -> Sticker:
    return plainest(entry for entry in pictures if entry.style == style)


def _style_of(concept: str, pictures: Iterable[Sticker]) -> str:
    return min({entry.style for entry in pictures}, key=lambda style: _hash(style, concept))


def _hash(purpose: str, text: str) -> bytes:
    return hashlib.sha256(f"{purpose}\0{text}".encode()).digest()
