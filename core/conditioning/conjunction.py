"""Prompts joined by AND: each is guessed by itself, and the guesses are added up. No torch here."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_PARTS = 8
"""Later ones are read with the last."""
MAX_PART_WEIGHT = 10.0
_JOINT = re.compile(r"\\.|[([{]|[)\]}]|\bAND\b")
_WEIGHT = re.compile(r"(?:\A|\s):\s*([0-9]{1,3}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})\s*\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the prompts, with how much it counts: 0 to `MAX_PART_WEIGHT`."""

    prompt: str
    weight: float = 1.0


def parts_of(prompt: str) -> tuple[Part, ...]:
    """ "a cube AND a cone :0.5" -> a cube, 1.0; a cone, 0.5. At least one; a prompt without AND is left as it is.

    AND is a word in capitals outside brackets, and the weight is a number after a colon, with a space before, at the
    end of its part. Parts without words are left out. Never raises. Source of the form: A1111's prompts.
    """
    cuts = _cuts(prompt)
    if not cuts:
        return (Part(prompt),)
    edges = [0, *(edge for cut in cuts for edge in cut), len(prompt)]
    parts = [_part(prompt[start:end]) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return tuple(part for part in parts if part.prompt) or (Part(""),)


def as_one(prompt: str) -> str:
    """The parts in one prompt, for what must be read as a whole: "a cube and a cone"."""
    parts = parts_of(prompt)
    return prompt if parts == (Part(prompt),) else " and ".join(part.prompt for part in parts if part.weight)


def _cuts(prompt: str) -> list[tuple[int, int]]:
    """Where each AND outside brackets begins and ends."""
    cuts, depth = list[tuple[int, int]](), 0
    for found in _JOINT.finditer(prompt):
        mark = found[0]
        if mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth = max(depth - 1, 0)
        elif mark == "AND" and not depth and len(cuts) < MAX_PARTS - 1:
            cuts.append(found.span())
    return cuts


def _part(written: str) -> Part:
    found = _WEIGHT.search(written)
    if found is None:
        return Part(written.strip())
    return Part(written[: found.start()].strip(), min(float(found[1]), MAX_PART_WEIGHT))
