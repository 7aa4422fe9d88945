"""Drawing a prompt's choices by the seed. No torch here."""

from __future__ import annotations

import re

from core.conditioning.prompt_syntax import Change, Choice, Nodes, Text, Weight, escaped, joined, parse, plain_number


def drawn(prompt: str, seed: int) -> str:
    """The prompt with its choices drawn by the seed, weights and changes still in it; itself where it has no choice.

    A draw depends on the seed and the choice's number alone, so not on the other pictures of a batch.
    """
    parsed = parse(prompt)
    resolved = _resolved(parsed.nodes, seed)
    return prompt if resolved == parsed.nodes else _rendered(resolved, inside=False)


def _resolved(nodes: Nodes, seed: int) -> Nodes:
    found: list[Text | Weight | Choice | Change] = []
    for node in nodes:
        match node:
            case Text():
                found.append(node)
            case Weight(inner, weight):
                found.append(Weight(_resolved(inner, seed), weight))
            case Change(before, after, at):
                found.append(Change(_resolved(before, seed), _resolved(after, seed), at))
            case Choice(options, number):
                found.extend(_resolved(options[_drawn_number(seed, number, len(options))], seed))
    return joined(tuple(found))


def _drawn_number(seed: int, number: int, count: int) -> int:
    """Which of `count` options a seed draws at the choice of this number."""
    # A window that reads prompts opens sooner without it.
    import hashlib

    digest = hashlib.sha256(f"{seed}/{number}".encode()).digest()
    return int.from_bytes(digest[:8], "little") % count


def _rendered(nodes: Nodes, *, inside: bool) -> str:
    written: list[str] = []
    for node in nodes:
        match node:
            case Text(words) if inside:
                written.append(escaped(words))
            case Text(words):
                written.append(re.sub(r"[\\(){}\[\]]", r"\\\g<0>", words))
            case Weight(inner, weight):
                written.append(f"({_rendered(inner, inside=True)}:{plain_number(weight)})")
            case Change(before, after, at):
                both = f"{_rendered(before, inside=True)}->{_rendered(after, inside=True)}"
                written.append(f"[{both}:{plain_number(at)}]")
            case Choice(options):
                written.append("{" + "|".join(_rendered(option, inside=True) for option in options) + "}")
    return "".join(written)
