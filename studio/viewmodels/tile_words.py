"""What a screen reader is told of the pictures in a grid, a strip or a family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.viewmodels import wording

if TYPE_CHECKING:
    from core.history.finder import HistoryRow

PROMPT, SHORT = 80, 40
"""Letters of a prompt, in a tile's own words and where another picture is named."""
NAMED = 2
"""Relatives that are named; of more only their number is said."""

Lines = tuple[tuple[str, tuple["HistoryRow", ...]], ...]
Links = tuple[tuple[str, str], ...]


def tile_words(prompt: str, seed: int, *, favourite: bool = False, branched: bool = False) -> str:
    """ "a red cube, seed 7, favourite"."""
    marks = (", favourite" if favourite else "") + (", branch" if branched else "")
    return f"{wording.shortened(prompt, PROMPT) or 'No prompt'}, seed {seed}{marks}"


def position(at: int, total: int) -> str:
    """Place `at`, from 0: "3 of 1204"."""
    return f"{wording.whole(at + 1)} of {wording.whole(total)}"


def kin_words(lines: Lines, links: Links, current: str) -> dict[str, str]:
    """What each relative is to the others, by id: "Children, 2 of 3, child of this picture".

    lines: relatives by generation. links: (parent, child). current: the id of the picture whose relatives they are.
    """
    rows = {row.id: row for _, line in lines for row in line}
    told: dict[str, str] = {}
    for title, line in lines:
        for at, row in enumerate(line):
            place = title if row.id == current else f"{title}, {position(at, len(line))}"
            parents = [rows[parent] for parent, child in links if child == row.id and parent in rows]
            children = [rows[child] for parent, child in links if parent == row.id and child in rows]
            told[row.id] = place + _of("child", parents, current) + _of("parent", children, current)
    return told


def family_words(lines: Lines, hidden: int = 0) -> str:
    """ "Parents 1, Children 3, 1 of them not shown". hidden: those that there is no room for."""
    counts = [f"{title} {wording.whole(len(line))}" for title, line in lines if title != "This picture"]
    return ", ".join(counts) + (f", {wording.whole(hidden)} of them not shown" if hidden else "")


def _of(role: str, others: Sequence[HistoryRow], current: str) -> str:
    if not others:
        return ""
    if len(others) > NAMED:
        return f", {role} of {wording.count(len(others), 'picture')}"
    names = ["this picture" if row.id == current else _named(row) for row in others]
    return f", {role} of {' and '.join(names)}"


def _named(row: HistoryRow) -> str:
    return f"“{wording.shortened(row.prompt, SHORT) or 'No prompt'}”, seed {row.seed}"
