"""What a prompt says beyond its words: weights, choices, and changes in the course of a run. No torch here.

(red cube:1.3)     weight: these words count 1.3 times as much; nested weights multiply
{red|green|blue}   choice: one of them, drawn by the picture's seed
[fog->light:0.4]   change: the first words until 0.4 of the run is done, then the others; without a number at 0.5
\\( \\{ \\| \\: \\-     a backslash makes the mark after it plain text

Round brackets without a colon and square ones without an arrow are prose. A mark that means nothing is never fatal: it
reads as plain text with what is inside it still read, and a Problem says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import groupby

MAX_WEIGHT = 4.0
DEFAULT_AT = 0.5
MAX_DEPTH = 16

_CLOSING = {"(": ")", "{": "}", "[": "]"}
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}
_MARKS = frozenset("\\(){}[]|:-→")
_NUMBER = re.compile(r"\s*([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*", re.ASCII)


class Kind(Enum):
    """What a stretch of the prompt belongs to, its innermost bracket if it stands in several. ESCAPE: a backslash."""

    TEXT = "text"
    WEIGHT = "weight"
    CHOICE = "choice"
    CHANGE = "change"
    ESCAPE = "escape"


@dataclass(frozen=True, slots=True)
class Span:
    """written[start:end]. mark: a bracket, a bar, an arrow or a number, not words."""

    start: int
    end: int
    kind: Kind
    mark: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """A mark at written[place] that reads as plain text, and why."""

    place: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Text:
    """Words as they are read, without their backslashes."""

    words: str


@dataclass(frozen=True, slots=True)
class Weight:
    inner: Nodes
    weight: float


@dataclass(frozen=True, slots=True)
class Choice:
    """number: which of the prompt's choices this is, from 0, by their opening braces."""

    options: tuple[Nodes, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Change:
    before: Nodes
    after: Nodes
    at: float


Nodes = tuple[Text | Weight | Choice | Change, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """spans cover the written prompt without gaps, in order."""

    nodes: Nodes
    spans: tuple[Span, ...]
    problems: tuple[Problem, ...]


@lru_cache(maxsize=256)
def parse(written: str) -> Parsed:
    """Read any string; never raises."""
    reader = _Reader(written)
    nodes = reader.read(0, len(written), 0)
    return Parsed(nodes, reader.spans(), tuple(sorted(reader.problems, key=lambda problem: problem.place)))


def escaped(text: str) -> str:
    """The prompt that reads as this text and nothing else."""
    return "".join(f"\\{mark}" if mark in _MARKS else mark for mark in text)


def joined(nodes: Nodes) -> Nodes:
    """Neighbouring texts as one, empty ones left out."""
    joined: list[Text | Weight | Choice | Change] = []
    for node in nodes:
        if isinstance(node, Text) and joined and isinstance(last := joined[-1], Text):
            joined[-1] = Text(last.words + node.words)
        elif not isinstance(node, Text) or node.words:
            joined.append(node)
    return tuple(joined)


def plain_number(value: float) -> str:
    """1.3 and 2, never 2.0."""
    return str(value).removesuffix(".0")


class _Reader:
    def __init__(self, written: str) -> None:
        self._written = written
        self.problems: list[Problem] = []
        self._kinds: list[tuple[Kind, bool]] = [(Kind.TEXT, False)] * len(written)
        self._choices = 0
        self._slashes = _slashes(written)
        self._plain = self._slashes | {place + 1 for place in self._slashes}
        self._pairs = self._paired()

    def spans(self) -> tuple[Span, ...]:
        places = groupby(range(len(self._kinds)), key=self._kinds.__getitem__)
        runs = [(kind, list(run)) for kind, run in places]
        return tuple(Span(run[0], run[-1] + 1, kind, mark) for (kind, mark), run in runs)

    def read(self, start: int, end: int, depth: int) -> Nodes:
        nodes: list[Text | Weight | Choice | Change] = []
        words: list[str] = []
        place = start
        while place < end:
            close = self._pairs.get(place)
            group = None if close is None else self._group(place, close, depth)
            if close is not None and group is not None:
                nodes += [Text("".join(words)), group]
                words, place = [], close + 1
                continue
            if place in self._slashes:
                self._kinds[place] = (Kind.ESCAPE, True)
            else:
                words.append(self._written[place])
            place += 1
        return joined((*nodes, Text("".join(words))))

    def _group(self, start: int, close: int, depth: int) -> Weight | Choice | Change | None:
        """What a pair of brackets means, None for plain text."""
        cuts = list(self._cuts(start + 1, close))
        mark = self._written[start]
        if mark == "(" and all(cut != ":" for _, cut in cuts):
            return None
        if mark == "[" and all(cut not in ("->", "→") for _, cut in cuts):
            return None
        if depth >= MAX_DEPTH:
            return self._wrong(start, f"is nested {depth + 1} deep", f"{MAX_DEPTH} is the most")
        if mark == "(":
            return self._weight(start, close, cuts, depth)
        return self._choice(start, close, cuts, depth) if mark == "{" else self._change(start, close, cuts, depth)

    def _weight(self, start: int, close: int, cuts: list[tuple[int, str]], depth: int) -> Weight | None:
        colon = max(place for place, cut in cuts if cut == ":")
        said = self._written[colon + 1 : close].strip()
        weight = _number(said)
        if weight is None:
            return self._wrong(start, f"has the weight {said!r}, no number", "write (words:1.3)")
        if weight > MAX_WEIGHT:
            return self._wrong(start, f"has the weight {said}", f"give 0 to {MAX_WEIGHT:g}")
        self._paint(Kind.WEIGHT, start, close, [(start, 1), (colon, close + 1 - colon)])
        return Weight(self.read(start + 1, colon, depth + 1), weight)

    def _choice(self, start: int, close: int, cuts: list[tuple[int, str]], depth: int) -> Choice | None:
        bars = [place for place, cut in cuts if cut == "|"]
        if not bars:
            return self._wrong(start, "has nothing to choose from", "write {one|other}")
        number, self._choices = self._choices, self._choices + 1
        self._paint(Kind.CHOICE, start, close, [(place, 1) for place in (start, *bars, close)])
        ends = zip([start, *bars], [*bars, close], strict=True)
        return Choice(tuple(self.read(first + 1, last, depth + 1) for first, last in ends), number)

    def _change(self, start: int, close: int, cuts: list[tuple[int, str]], depth: int) -> Change | None:
        arrows = [(place, cut) for place, cut in cuts if cut in ("->", "→")]
        if len(arrows) > 1:
            return self._wrong(start, f"has {len(arrows)} arrows, one is the rule", "write [early->late:0.4]")
        arrow, width = arrows[0][0], len(arrows[0][1])
        colon = max((place for place, cut in cuts if cut == ":" and place > arrow), default=close)
        said = self._written[colon + 1 : close].strip()
        at = DEFAULT_AT if colon == close else _number(said)
        if at is None:
            return self._wrong(start, f"changes at {said!r}, no number", "write [early->late:0.4]")
        if at > 1.0:
            return self._wrong(start, f"changes at {said}", "give a part of the run, 0 to 1")
        self._paint(Kind.CHANGE, start, close, [(start, 1), (arrow, width), (colon, close + 1 - colon)])
        before = self.read(start + 1, arrow, depth + 1)
        return Change(before, self.read(arrow + width, colon, depth + 1), at)

    def _wrong(self, place: int, fault: str, remedy: str) -> None:
        mark = self._written[place]
        self.problems.append(
            Problem(place, f"“{mark}” at character {place + 1} {fault}; {remedy}, or \\{mark} for plain text")
        )

    def _paint(self, kind: Kind, start: int, close: int, marks: list[tuple[int, int]]) -> None:
        self._kinds[start : close + 1] = [(kind, False)] * (close + 1 - start)
        for place, width in marks:
            self._kinds[place : place + width] = [(kind, True)] * width

    def _cuts(self, start: int, end: int) -> Iterator[tuple[int, str]]:
        """Bars, colons and arrows of written[start:end] that stand in no bracket of it."""
        place = start
        while place < end:
            mark = self._written[place]
            if place in self._pairs:
                place = self._pairs[place]
            elif place not in self._plain:
                if mark in "|:→":
                    yield place, mark
                elif mark == "-" and self._written[place + 1 : min(place + 2, end)] == ">":
                    yield place, "->"
            place += 1

    def _paired(self) -> dict[int, int]:
        """Opening bracket -> its closing one. An opening one that is left over is passed by."""
        pairs: dict[int, int] = {}
        waiting: list[int] = []
        left = dict.fromkeys(_CLOSING, 0)
        for place, mark in enumerate(self._written):
            if place in self._plain:
                continue
            if mark in _CLOSING:
                waiting.append(place)
                left[mark] += 1
            elif mark in _OPENING:
                opening = _OPENING[mark]
                if not left[opening]:
                    self._wrong(place, "closes nothing", f"put {opening} before it")
                    continue
                while self._written[waiting[-1]] != opening:
                    left[self._written[waiting[-1]]] -= 1
                    self._unclosed(waiting.pop())
                left[opening] -= 1
                pairs[waiting.pop()] = place
        for place in waiting:
            self._unclosed(place)
        return pairs

    def _unclosed(self, place: int) -> None:
        self._wrong(place, "is never closed", f"put {_CLOSING[self._written[place]]} after it")


def _slashes(written: str) -> set[int]:
    """Places of backslashes that escape what follows them."""
    found: set[int] = set()
    for place in range(len(written) - 1):
        if written[place] == "\\" and place - 1 not in found and written[place + 1] in _MARKS:
            found.add(place)
    return found


def _number(said: str) -> float | None:
    # Four decimals: a weight is written back as it was read.
    return round(float(said), 4) if _NUMBER.fullmatch(said) else None
