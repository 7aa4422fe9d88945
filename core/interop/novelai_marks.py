"""The marks of NovelAI's prompts, read into ours.

{word} weighs 1.05 and [word] 1/1.05, once for each bracket; 1.3::some words:: as written (version 4 on). Round brackets
are plain. "|" mixes prompts.
Source: NovelAI's documentation, "Strengthening and weakening vectors" and "Multiple character prompts".
"""

from __future__ import annotations

import re

from core.conditioning.prompt_syntax import Change, Choice, Nodes, Text, Weight
from core.interop.prompt_writing import Reading, fitting, reading, too_deep

STRONGER = 1.05
_CLOSING = {"{": "}", "[": "]"}
_NUMBERED = re.compile(r"(-?(?:[0-9]+\.?[0-9]*|\.[0-9]+))::(.*?)(?:::|\Z)", re.ASCII | re.DOTALL)


def read_novelai_prompt(prompt: str) -> Reading:
    """Never raises."""
    lost: list[tuple[str, str]] = []
    if "|" in prompt:
        lost.append(("|", "prompts are not mixed here; it reads as plain text"))
    return reading(prompt, _numbered(prompt, lost), lost)


def _numbered(text: str, lost: list[tuple[str, str]]) -> Nodes:
    """Numbered emphasis holds from its "::" to the next, whatever brackets stand in between."""
    nodes: list[Text | Weight | Choice | Change] = []
    place = 0
    for found in _NUMBERED.finditer(text):
        nodes += _bracketed(text[place : found.start()], 0, lost)
        weight = fitting(float(found[1]))
        if weight is None:
            lost.append((found[0], "weights here lie in 0 to 4; its words are kept unweighed"))
            weight = 1.0
        nodes.append(Weight(_bracketed(found[2], 1, lost), weight))
        place = found.end()
    return (*nodes, *_bracketed(text[place:], 0, lost))


def _bracketed(text: str, depth: int, lost: list[tuple[str, str]]) -> Nodes:
    pairs = _paired(text)

    def read(start: int, end: int, depth: int) -> Nodes:
        nodes: list[Text | Weight | Choice | Change] = []
        place = start
        while place < end:
            close = pairs.get(place)
            if close is not None and not too_deep(depth):
                weight = STRONGER if text[place] == "{" else 1 / STRONGER
                nodes.append(Weight(read(place + 1, close, depth + 1), round(weight, 4)))
                place = close + 1
                continue
            if close is not None:
                lost.append((text[place : close + 1], "it is nested too deeply; it reads as plain text"))
            until = close + 1 if close is not None else place + 1
            nodes.append(Text(text[place:until]))
            place = until
        return tuple(nodes)

    return read(0, len(text), depth)


def _paired(text: str) -> dict[int, int]:
    """Opening bracket -> its closing one; those that cross or are left open are plain."""
    pairs: dict[int, int] = {}
    waiting: list[int] = []
    for place, mark in enumerate(text):
        if mark in _CLOSING:
            waiting.append(place)
        elif mark in "}]" and waiting and _CLOSING[text[waiting[-1]]] == mark:
            pairs[waiting.pop()] = place
    return pairs
