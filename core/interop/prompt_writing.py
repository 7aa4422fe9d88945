"""From what another tool's prompt means to our marks; see core/conditioning/prompt_syntax.py for those."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.conditioning.prompt_syntax import (
    MAX_DEPTH,
    MAX_WEIGHT,
    Change,
    Choice,
    Nodes,
    Text,
    Weight,
    escaped,
    parse,
    plain_number,
)

WEIGHTS_DIFFER = "Weights scale a word's embedding there; here a word of weight 2 counts as two copies of it"
CHANGES_DIFFER = "A timed change counts steps there and the noise schedule here; on a uniform grid the two agree"

Escape = Callable[[str], str]

_BRACKETS = re.compile(r"[\\(){}\[\]]")


@dataclass(frozen=True, slots=True)
class Reading:
    """A prompt in our marks. lost: (what was written, why it could not be said) each. remarks: on other meanings."""

    text: str
    lost: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()


def written(raw: str, nodes: Nodes) -> str:
    """The prompt that reads as these nodes: as it was written where that reads so here too.

    nodes: weights from 0 to MAX_WEIGHT, at most MAX_DEPTH deep.
    """
    wanted = _tidy(nodes)
    plain = _render(wanted, _as_it_is, _as_it_is)
    for text in (raw, plain, _render(wanted, _brackets, _brackets), _render(wanted, _brackets, escaped)):
        read = parse(text)
        if read.nodes == wanted and not read.problems:
            return text
    return _render(wanted, escaped, escaped)


def plain(text: str) -> str:
    """The prompt that reads as this text and no mark."""
    return written(text, (Text(text),))


def reading(raw: str, nodes: Nodes, lost: Iterable[tuple[str, str]] = ()) -> Reading:
    """The whole of it: our text, what was lost, and what means something else there than here."""
    kinds = set[type]()
    heaviest = _heaviest(nodes, kinds)
    capped = [(f"Weights of up to {heaviest:.4g}", f"those above {MAX_WEIGHT:g} act as {MAX_WEIGHT:g} here")]
    remarks = [WEIGHTS_DIFFER] * (Weight in kinds) + [CHANGES_DIFFER] * (Change in kinds)
    return Reading(written(raw, nodes), (*lost, *(capped if heaviest > MAX_WEIGHT else ())), tuple(remarks))


def fitting(weight: float) -> float | None:
    """A weight as our marks write it, None where they can't."""
    rounded = round(weight, 4)
    return rounded if 0.0 <= rounded <= MAX_WEIGHT else None


def too_deep(depth: int) -> bool:
    return depth >= MAX_DEPTH


def _tidy(nodes: Nodes) -> Nodes:
    """Neighbouring texts as one, weights of 1 and empty ones gone: as our own reader would give them."""
    tidied: list[Text | Weight | Change | Choice] = []
    for node in nodes:
        for each in _tidied(node):
            last = tidied[-1] if tidied else None
            if isinstance(each, Text) and isinstance(last, Text):
                tidied[-1] = Text(last.words + each.words)
            elif not isinstance(each, Text) or each.words:
                tidied.append(each)
    return tuple(tidied)


def _tidied(node: Text | Weight | Change | Choice) -> Nodes:
    match node:
        case Text():
            return (node,)
        case Weight(inner, weight):
            inside = _tidy(inner)
            return inside if weight == 1.0 else (Weight(inside, weight),) if inside else ()
        case Change(before, after, at):
            return (Change(_tidy(before), _tidy(after), at),)
        case Choice(options, number):
            return (Choice(tuple(map(_tidy, options)), number),)


def _render(nodes: Nodes, outer: Escape, inner: Escape) -> str:
    parts: list[str] = []
    for node in nodes:
        match node:
            case Text(words):
                parts.append(outer(words))
            case Weight(inside, weight):
                parts.append(f"({_render(inside, inner, inner)}:{plain_number(weight)})")
            case Change(before, after, at):
                both = f"{_render(before, inner, inner)}->{_render(after, inner, inner)}"
                parts.append(f"[{both}:{plain_number(at)}]")
            case Choice(options):
                parts.append("{" + "|".join(_render(option, inner, inner) for option in options) + "}")
    return "".join(parts)


def _as_it_is(words: str) -> str:
    return words


def _brackets(words: str) -> str:
    return _BRACKETS.sub(r"\\\g<0>", words)


def _heaviest(nodes: Nodes, kinds: set[type]) -> float:
    """The largest product of nested weights; the kinds of node that occur are added to `kinds`."""
    heaviest = 1.0
    for node in nodes:
        kinds.add(type(node))
        match node:
            case Text():
                pass
            case Weight(inner, weight):
                heaviest = max(heaviest, weight * _heaviest(inner, kinds))
            case Change(before, after):
                heaviest = max(heaviest, _heaviest(before, kinds), _heaviest(after, kinds))
            case Choice(options):
                heaviest = max(heaviest, *(_heaviest(option, kinds) for option in options))
    return heaviest
