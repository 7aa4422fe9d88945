"""Our prompts in A1111's marks, for the text that its kin read from our pictures; a1111_marks.py reads them."""

from __future__ import annotations

import re

from core.conditioning.prompt_draws import drawn
from core.conditioning.prompt_syntax import Change, Choice, Nodes, Text, Weight, parse, plain_number
from core.interop.a1111_marks import read_a1111_prompt

_BRACKETS = re.compile(r"[\\()\[\]]")


def a1111_prompt(prompt: str, seed: int) -> str:
    """What a picture of that seed was asked for: choices drawn, changes as [from:to:when], brackets of prose escaped.

    What A1111's marks can't say stays in ours.
    """
    said = drawn(prompt, seed)
    wanted = parse(said).nodes
    written = _written(wanted)
    return written if parse(read_a1111_prompt(written, None).text).nodes == wanted else said


def _written(nodes: Nodes) -> str:
    parts: list[str] = []
    for node in nodes:
        match node:
            case Text(words):
                parts.append(_BRACKETS.sub(r"\\\g<0>", words))
            case Weight(inner, weight):
                parts.append(f"({_written(inner)}:{plain_number(weight)})")
            case Change(before, after, at):
                parts.append(f"[{_written(before)}:{_written(after)}:{plain_number(at)}]")
            case Choice():
                raise AssertionError("drawn above")
    return "".join(parts)
