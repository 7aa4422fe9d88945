"""The marks of A1111's prompts (Forge's and most of its kin's too), read into ours.

(word) weighs 1.1, [word] 1/1.1, (word:1.3) as written; [from:to:when] changes; [a|b] takes turns step by step;
\\( is plain; <lora:name:0.8> loads a network; BREAK begins a new chunk; AND mixes two predictions, as
it does here.
Source: AUTOMATIC1111/stable-diffusion-webui, modules/prompt_parser.py and its wiki page "Features".
"""

from __future__ import annotations

import re

from core.conditioning.prompt_syntax import Change, Choice, Nodes, Text, Weight
from core.interop.prompt_writing import Reading, fitting, reading, too_deep

STRONGER = 1.1
_CLOSING = {"(": ")", "[": "]"}
_NETWORK = re.compile(r"<\s*(lora|lyco|hypernet)\s*:[^<>]{1,400}>", re.IGNORECASE)
_BREAK = re.compile(r"\s*\bBREAK\b\s*")
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)\s*", re.ASCII)


def read_a1111_prompt(prompt: str, steps: int | None) -> Reading:
    """steps: of the run, for changes that name a step. Never raises."""
    lost: list[tuple[str, str]] = []
    text = _without_networks(prompt, lost)
    if _BREAK.search(text):
        text = _BREAK.sub(" ", text)
        lost.append(("BREAK", "it begins a new chunk of words there; a prompt here is read as one"))
    reader = _Reader(text, steps, lost)
    return reading(text, reader.read(0, len(text), 0), lost)


def read_round_brackets(prompt: str) -> Reading:
    """Weights in round brackets alone: the core of ComfyUI's marks. Square ones are prose.

    Source: comfyanonymous/ComfyUI, comfy/sd1_clip.py, token_weights.
    """
    lost: list[tuple[str, str]] = []
    reader = _Reader(prompt, None, lost, opening="(")
    return reading(prompt, reader.read(0, len(prompt), 0), lost)


def _without_networks(prompt: str, lost: list[tuple[str, str]]) -> str:
    def take(found: re.Match[str]) -> str:
        kind = "a LoRA" if found[1].lower() in ("lora", "lyco") else "a hypernetwork"
        lost.append((found[0], f"{kind} changes the model's weights; models here take none"))
        return ""

    return _NETWORK.sub(take, prompt)


class _Reader:
    """opening: the brackets that mean something; "([" or "(" alone, where one left open is plain text."""

    def __init__(self, text: str, steps: int | None, lost: list[tuple[str, str]], *, opening: str = "([") -> None:
        self._text, self._steps, self._lost, self._opening = text, steps, lost, opening
        self._plain = _after_slashes(text, "()[]\\" if opening == "([" else "()")
        self._pairs, self._open = self._paired()

    def read(self, start: int, end: int, depth: int) -> Nodes:
        nodes: list[Text | Weight | Choice | Change] = []
        words: list[str] = []
        place = start
        while place < end:
            close = self._pairs.get(place)
            group = None
            if close is not None and not too_deep(depth):
                group = self._group(place, close, depth)
            elif place in self._open and not too_deep(depth):
                # One that is never closed weighs everything after it.
                close = end - 1
                group = self._weighed(place + 1, end, depth, STRONGER if self._text[place] == "(" else 1 / STRONGER)
            if close is not None and group is not None:
                nodes += [Text("".join(words)), *group]
                words, place = [], close + 1
                continue
            if close is not None and too_deep(depth):
                self._lost.append((self._text[place : close + 1], "it is nested too deeply; it reads as plain text"))
                words.append(self._text[place : close + 1])
                place = close + 1
                continue
            if not self._is_slash(place):
                words.append(self._text[place])
            place += 1
        return (*nodes, Text("".join(words)))

    def _is_slash(self, place: int) -> bool:
        """A backslash that is no word. A1111 drops those before other letters too."""
        if self._text[place] != "\\" or place in self._plain:
            return False
        return place + 1 in self._plain or self._opening == "(["

    def _group(self, start: int, close: int, depth: int) -> Nodes | None:
        if self._text[start] == "(":
            return self._round(start, close, depth)
        bars, colons = self._cuts(start + 1, close)
        if bars:
            self._lost.append((self._text[start : close + 1], "its words take turns step by step there, not here"))
            return None
        if colons and len(colons) <= 2:
            change = self._change(start, close, colons, depth)
            if change is not None:
                return (change,)
        return self._weighed(start + 1, close, depth, 1 / STRONGER)

    def _round(self, start: int, close: int, depth: int) -> Nodes | None:
        colons = self._cuts(start + 1, close)[1]
        said = self._text[colons[-1] + 1 : close] if colons else ""
        if not _NUMBER.fullmatch(said):
            return self._weighed(start + 1, close, depth, STRONGER)
        weight = fitting(float(said))
        if weight is None:
            self._lost.append(
                (self._text[start : close + 1], "weights here lie in 0 to 4; its words are kept unweighed")
            )
            weight = 1.0
        return self._weighed(start + 1, colons[-1], depth, weight)

    def _weighed(self, start: int, end: int, depth: int, weight: float) -> Nodes:
        return (Weight(self.read(start, end, depth + 1), round(weight, 4)),)

    def _change(self, start: int, close: int, colons: list[int], depth: int) -> Change | None:
        """[from:to:when], [to:when] or [from::when]; None for what is no change."""
        said = self._text[colons[-1] + 1 : close]
        if not _NUMBER.fullmatch(said):
            return None
        at = self._fraction(said)
        if at is None:
            self._lost.append((self._text[start : close + 1], "the step that it names lies outside of the run"))
            return None
        before = self.read(start + 1, colons[0], depth + 1) if len(colons) == 2 else ()
        after = self.read((colons[0] if len(colons) == 2 else start) + 1, colons[-1], depth + 1)
        return Change(before, after, at)

    def _fraction(self, said: str) -> float | None:
        """Of the run: a number below 1 is one already, others are steps."""
        value = float(said)
        if value >= 1.0 and "." not in said:
            if self._steps is None:
                return None
            value = value / self._steps
        return round(value, 4) if 0.0 <= value <= 1.0 else None

    def _cuts(self, start: int, end: int) -> tuple[list[int], list[int]]:
        """Bars and colons of text[start:end] that stand in no bracket of it."""
        bars, colons = list[int](), list[int]()
        place = start
        while place < end:
            if place in self._pairs:
                place = self._pairs[place]
            elif place not in self._plain:
                if self._text[place] == "|":
                    bars.append(place)
                elif self._text[place] == ":":
                    colons.append(place)
            place += 1
        return bars, colons

    def _paired(self) -> tuple[dict[int, int], set[int]]:
        """Opening bracket -> its closing one, and the opening ones that are left over."""
        pairs: dict[int, int] = {}
        waiting: dict[str, list[int]] = {mark: [] for mark in self._opening}
        for place, mark in enumerate(self._text):
            if place in self._plain:
                continue
            if mark in waiting:
                waiting[mark].append(place)
                continue
            kin = next((opening for opening in waiting if _CLOSING[opening] == mark and waiting[opening]), None)
            if kin is not None:
                start = waiting[kin].pop()
                # Brackets of the other kind that the pair cuts through are plain text.
                for other in waiting.values():
                    while other and other[-1] > start:
                        cut = self._text[other.pop() : place + 1]
                        self._lost.append((cut, "its bracket crosses another; it reads as plain text"))
                pairs[start] = place
        left = {place for places in waiting.values() for place in places} if self._opening == "([" else set[int]()
        return pairs, left


def _after_slashes(text: str, marks: str) -> set[int]:
    """Places of marks that a backslash before them makes plain."""
    found: set[int] = set()
    for place in range(len(text) - 1):
        if text[place] == "\\" and place not in found and text[place + 1] in marks:
            found.add(place + 1)
    return found
