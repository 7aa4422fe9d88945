"""What a search finds among named things, best first. Pure; small spelling mistakes are forgiven."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.artifacts.artifact import Artifact

WHOLE, BEGINS, HOLDS, NEARLY = 4.0, 3.0, 2.0, 1.0
"""What a word of the search is worth by how it is found."""
ELSEWHERE = 0.5
"""Share of that where it is found in what is told beside the title."""
NEAR = 0.75
SHORTEST_NEAR, SHORTEST_ELSEWHERE = 4, 3


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the palette. words: more that finds it. note: at its right, keys: as key caps.

    do: what Enter does. artifact: whose thumbnail it shows. now: this is how things are already.
    """

    section: str
    title: str
    do: Callable[[], object]
    words: str = ""
    note: str = ""
    keys: str = ""
    now: bool = False
    artifact: Artifact | None = None


def score(found: Found, search: str) -> float:
    """How well it answers, 0 where a word of the search is nowhere in it. An empty search finds everything alike."""
    parts = search.lower().split()
    title, beside = found.title.lower(), f"{found.section} {found.words}".lower()
    total = 0.0
    for part in parts:
        worth = _word_score(part, title)
        if len(part) >= SHORTEST_ELSEWHERE:
            worth = max(worth, ELSEWHERE * _word_score(part, beside))
        if worth == 0.0:
            return 0.0
        total += worth
    # Of equals the shorter title is nearer to what was typed.
    return (total / len(parts) if parts else 1.0) + 1.0 / (100 + len(title))


def best(entries: Iterable[Found], search: str, most: int) -> tuple[Found, ...]:
    """The best answers, best first; of equals the earlier first."""
    scored = [(score(entry, search), entry) for entry in entries]
    kept = [pair for pair in scored if pair[0] > 0.0]
    if search.strip():
        kept.sort(key=lambda pair: -pair[0])
    return tuple(entry for _, entry in kept[:most])


def _word_score(part: str, text: str) -> float:
    if part not in text:
        return NEARLY if len(part) >= SHORTEST_NEAR and any(_near(part, word) for word in text.split()) else 0.0
    words = text.replace(":", " ").split()
    if part in words:
        return WHOLE
    return BEGINS if any(word.startswith(part) for word in words) else HOLDS


def _near(part: str, word: str) -> bool:
    """Whether the word begins with nearly that."""
    return SequenceMatcher(None, part, word[: len(part) + 1]).ratio() >= NEAR
