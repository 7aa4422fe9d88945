"""What words of a prompt stand when in a run, and how much they weigh. No torch here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from core.conditioning.prompt_syntax import MAX_WEIGHT, Change, Choice, Nodes, Text, Weight, joined, parse

MIN_WEIGHT = 0.01
"""Words that weigh less are left out."""


@dataclass(frozen=True, slots=True)
class Piece:
    words: str
    weight: float


@dataclass(frozen=True, slots=True)
class Phase:
    """What stands from the run's fraction `start` until the next phase. Words of no weight are left out."""

    start: float
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece.words for piece in self.pieces)


def phases(prompt: str) -> tuple[Phase, ...]:
    """The weighted words of a run, from start 0.0 on, starts rising; at least one phase.

    A change at 0 has always happened and one at 1 never does. A choice that is not drawn yet reads as its first option.
    """
    return _phases(parse(prompt).nodes)


def longest_phase(prompt: str) -> Phase:
    """The phase that stands for the largest part of the run, the first of equals."""
    return _longest(phases(prompt))


def readings(prompt: str) -> tuple[str, ...]:
    """Plain texts, once each, in which every option of every choice and every phase occurs at least once."""
    found = (phase.text for nodes in _variants(parse(prompt).nodes) for phase in _phases(nodes))
    return tuple(dict.fromkeys(found))


def _variants(nodes: Nodes) -> list[Nodes]:
    """Readings without choices, as few as have every option in one of them."""
    parts: list[list[Nodes]] = []
    for node in nodes:
        match node:
            case Text():
                parts.append([(node,)])
            case Weight(inner, weight):
                parts.append([(Weight(one, weight),) for one in _variants(inner)])
            case Change(before, after, at):
                early, late = _variants(before), _variants(after)
                count = max(len(early), len(late))
                parts.append([(Change(early[i % len(early)], late[i % len(late)], at),) for i in range(count)])
            case Choice(options):
                parts.append([one for option in options for one in _variants(option)])
    count = max(map(len, parts), default=1)
    return [joined(tuple(node for part in parts for node in part[i % len(part)])) for i in range(count)]


def _phases(nodes: Nodes) -> tuple[Phase, ...]:
    found: list[Phase] = []
    for start in sorted({0.0, *_starts(nodes)}):
        pieces = _pieces(_weighed(nodes, start, 1.0))
        if not found or pieces != found[-1].pieces:
            found.append(Phase(start, pieces))
    return tuple(found)


def _longest(found: tuple[Phase, ...]) -> Phase:
    ends = [*(phase.start for phase in found[1:]), 1.0]
    # Rounded, or 1 - 0.9 would stand longer than 0.1.
    lasting = [round(end - phase.start, 9) for phase, end in zip(found, ends, strict=True)]
    return found[lasting.index(max(lasting))]


def _starts(nodes: Nodes) -> Iterator[float]:
    for node in nodes:
        match node:
            case Text():
                pass
            case Weight(inner):
                yield from _starts(inner)
            case Choice(options):
                yield from _starts(options[0])
            case Change(before, after, at):
                if 0.0 < at < 1.0:
                    yield at
                yield from _starts(before)
                yield from _starts(after)


def _weighed(nodes: Nodes, fraction: float, weight: float) -> Iterator[Piece]:
    for node in nodes:
        match node:
            case Text(words):
                yield Piece(words, min(round(weight, 4), MAX_WEIGHT))
            case Weight(inner, factor):
                yield from _weighed(inner, fraction, weight * factor)
            case Choice(options):
                yield from _weighed(options[0], fraction, weight)
            case Change(before, after, at):
                yield from _weighed(after if fraction >= at else before, fraction, weight)


def _pieces(weighed: Iterator[Piece]) -> tuple[Piece, ...]:
    alike = groupby((piece for piece in weighed if piece.weight >= MIN_WEIGHT), key=lambda piece: piece.weight)
    return tuple(Piece("".join(piece.words for piece in run), weight) for weight, run in alike)
