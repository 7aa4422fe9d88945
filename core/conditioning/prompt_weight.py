"""Making words of a prompt count more or less, by a key. No torch here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.conditioning.prompt_syntax import MAX_WEIGHT, Kind, parse, plain_number

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
"""One word of a prompt, as it is weighed and counted."""
_WEIGHT = re.compile(r":\s*([0-9.]+)\s*\)\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Edit:
    """A changed prompt, with text[start:end] the words to leave selected."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Group:
    """A written weight: "(" at start, ":" at colon, ")" just before end."""

    start: int
    colon: int
    end: int
    weight: float


def reweighted(prompt: str, start: int, end: int, by: float) -> Edit:
    """The prompt with the weight of prompt[start:end] changed by `by`; with start == end, of the word there.

    Within a written weight, or over the whole of one, that one changes (the innermost); else one is written. At 1 the
    brackets go. Where nothing can be weighted (no word there, marks cut apart) the prompt stays as it is.
    """
    group = _group_at(prompt, start, end)
    if group is not None:
        inner = prompt[group.start + 1 : group.colon]
        return _written(prompt, group.start, group.end, inner, group.weight + by)
    if start == end:
        word = next((found for found in WORD.finditer(prompt) if found.start() <= start <= found.end()), None)
        if word is None:
            return Edit(prompt, start, end)
        start, end = word.span()
    chosen = prompt[start:end]
    start, end = end - len(chosen.lstrip()), start + len(chosen.rstrip())
    if start >= end:
        return Edit(prompt, start, start)
    edit = _written(prompt, start, end, prompt[start:end], 1.0 + by)
    groups = {(group.start, group.colon) for group in _groups(edit.text)}
    whole = len(parse(edit.text).problems) <= len(parse(prompt).problems)
    return edit if whole and (edit.start - 1, edit.end) in groups else Edit(prompt, start, end)


def _written(prompt: str, start: int, end: int, inner: str, weight: float) -> Edit:
    """prompt[start:end] replaced by the inner words at that weight."""
    weight = round(min(max(weight, 0.0), MAX_WEIGHT), 4)
    if weight == 1.0:
        return Edit(prompt[:start] + inner + prompt[end:], start, start + len(inner))
    written = f"({inner}:{plain_number(weight)})"
    return Edit(prompt[:start] + written + prompt[end:], start + 1, start + 1 + len(inner))


def _group_at(prompt: str, start: int, end: int) -> _Group | None:
    """The innermost weight that the cursor stands in, or that a selection covers whole."""
    if start == end:
        around = [group for group in _groups(prompt) if group.start < start < group.end]
    else:
        around = [
            group
            for group in _groups(prompt)
            if start in (group.start, group.start + 1) and end in (group.colon, group.end)
        ]
    return max(around, key=lambda group: group.start, default=None)


def _groups(prompt: str) -> list[_Group]:
    """The written weights; marks of one kind nest, so a stack pairs them."""
    waiting: list[int] = []
    found: list[_Group] = []
    for span in parse(prompt).spans:
        if span.kind is not Kind.WEIGHT or not span.mark:
            continue
        # Neighbouring marks share a span: "((", or "):" of a group that ends another's words.
        place = span.start
        while place < span.end:
            if prompt[place] == "(":
                waiting.append(place)
                place += 1
                continue
            close = prompt.index(")", place)
            weight = _WEIGHT.search(prompt[place : close + 1])
            assert weight is not None, f"a weight's mark reads {prompt[place : close + 1]!r}"
            found.append(_Group(waiting.pop(), place, close + 1, float(weight[1])))
            place = close + 1
    return found
