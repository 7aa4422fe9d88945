"""The marks of InvokeAI's prompts, read into ours.

word+ and word- weigh 1.1 and 0.9, once for each sign; (some words)++ and (some words)1.2 likewise; round brackets alone
only group. "<name>" calls an embedding. .blend(), .and() and .swap() mix prompts.
Source: damian0815/compel, doc/syntax.md.
"""

from __future__ import annotations

import re

from core.conditioning.prompt_syntax import Change, Choice, Nodes, Text, Weight
from core.interop.prompt_writing import Reading, fitting, reading, too_deep

STRONGER, WEAKER = 1.1, 0.9
_SUFFIX = re.compile(r"(\++|-+|[0-9]+\.?[0-9]*|\.[0-9]+)(?=[\s,.;:!?()]|\Z)", re.ASCII)
_WORD = re.compile(r"([^\s()\\,+\"<>]*[^\s()\\,+\"<>-])(\++|-+)(?=[\s,.;:!?()]|\Z)")
_EMBEDDING = re.compile(r"<[^<>\s]{1,200}>")
_MIXED = re.compile(r"\)\s*\.(blend|and|swap)\(", re.IGNORECASE)


def read_invokeai_prompt(prompt: str) -> Reading:
    """Never raises."""
    lost: list[tuple[str, str]] = []

    def take(found: re.Match[str]) -> str:
        lost.append((found[0], "embeddings of words are not loaded here"))
        return ""

    text = _EMBEDDING.sub(take, prompt)
    mixed = _MIXED.search(text)
    if mixed is not None:
        lost.append((f".{mixed[1]}(", "prompts are not mixed here; it reads as plain text"))
        return reading(text, (Text(text),), lost)
    return reading(text, _Reader(text, lost).read(0, len(text), 0), lost)


class _Reader:
    def __init__(self, text: str, lost: list[tuple[str, str]]) -> None:
        self._text, self._lost = text, lost
        self._pairs = _paired(text)

    def read(self, start: int, end: int, depth: int) -> Nodes:
        nodes: list[Text | Weight | Choice | Change] = []
        place = start
        while place < end:
            if self._text[place] == "\\" and self._text[place + 1 : place + 2] in ("(", ")") and place + 1 < end:
                nodes.append(Text(self._text[place + 1]))
                place += 2
            elif place in self._pairs and not too_deep(depth):
                group, place = self._group(place, depth)
                nodes += group
            else:
                found = _WORD.match(self._text, place, end) if self._begins(place) else None
                weight = self._weight(found[2], found[0]) if found else None
                if found is not None and weight is not None:
                    nodes.append(Weight((Text(found[1]),), weight))
                    place = found.end()
                else:
                    nodes.append(Text(self._text[place]))
                    place += 1
        return tuple(nodes)

    def _begins(self, place: int) -> bool:
        """Whether a word begins here; looking at every letter of a long one would cost its square."""
        return place == 0 or self._text[place - 1] in ' \t\n(),"'

    def _group(self, start: int, depth: int) -> tuple[Nodes, int]:
        close = self._pairs[start]
        inside = self.read(start + 1, close, depth + 1)
        suffix = _SUFFIX.match(self._text, close + 1)
        weight = self._weight(suffix[1], self._text[start : suffix.end()]) if suffix else None
        if suffix is not None and weight is not None:
            return (Weight(inside, weight),), suffix.end()
        return (Text("("), *inside, Text(")")), close + 1

    def _weight(self, said: str, whole: str) -> float | None:
        signs = min(len(said), 100)
        weight = STRONGER**signs if said[0] == "+" else WEAKER**signs if said[0] == "-" else float(said)
        fits = fitting(weight)
        if fits is None:
            self._lost.append((whole, "weights here lie in 0 to 4; its words are kept unweighed"))
            return 1.0
        return fits


def _paired(text: str) -> dict[int, int]:
    pairs: dict[int, int] = {}
    waiting: list[int] = []
    place = 0
    while place < len(text):
        if text[place] == "\\":
            place += 1
        elif text[place] == "(":
            waiting.append(place)
        elif text[place] == ")" and waiting:
            pairs[waiting.pop()] = place
        place += 1
    return pairs
