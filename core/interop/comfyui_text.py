"""Texts and numbers in a ComfyUI graph: written in a node, or handed on by nodes that only hold or join them."""

from __future__ import annotations

import re
from typing import cast

from core.interop.a1111_marks import read_round_brackets
from core.interop.comfyui_graph import Graph, Node
from core.interop.prompt_writing import Reading

MAX_JOINED = 200_000
"""Characters of a joined text."""
MAX_JOINS = 256

_HOLDERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("PrimitiveNode", "PrimitiveInt", "PrimitiveFloat", "PrimitiveString", "PrimitiveStringMultiline"), ("value",)
    ),
    **dict.fromkeys(("INTConstant", "FloatConstant", "easy int", "easy float"), ("value",)),
    **dict.fromkeys(("Seed (rgthree)", "CR Seed", "Seed", "easy seed", "Seed Generator", "SeedNode"), ("seed",)),
    **dict.fromkeys(("Int Literal", "Float Literal"), ("int", "float", "value")),
    **dict.fromkeys(("String Literal", "StringConstant", "StringConstantMultiline"), ("string",)),
    **dict.fromkeys(("Text Multiline", "Text box", "CR Text", "ttN text", "ShowText|pysssss", "Text _O"), ("text",)),
    "CR Prompt Text": ("prompt",),
    "easy positive": ("positive",),
    "easy negative": ("negative",),
}
"""Nodes that hold one value: in which input."""

_JOINERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "StringConcatenate": ("delimiter", ("string_a", "string_b")),
    "ConcatStringSingle": ("", ("string_a", "string_b")),
    "JoinStrings": ("delimiter", ("string1", "string2")),
    "Text Concatenate": ("delimiter", ("text_a", "text_b", "text_c", "text_d")),
    "CR Text Concatenate": ("separator", ("text1", "text2")),
}
"""Nodes that join texts: the input of what goes between, and of the texts."""

_EMBEDDING = re.compile(r"\bembedding:[^\s,()]{1,200}")


def value_of(graph: Graph, value: object) -> object:
    """A literal, through nodes that hold or join; None where it is made only when the graph runs."""
    return _Resolver(graph).resolve(value)


def read_comfyui_prompt(prompt: str) -> Reading:
    """Our marks for ComfyUI's: round brackets weigh, embeddings are listed."""
    lost: list[tuple[str, str]] = []

    def take(found: re.Match[str]) -> str:
        lost.append((found[0], "embeddings of words are not loaded here"))
        return ""

    reading = read_round_brackets(_EMBEDDING.sub(take, prompt))
    return Reading(reading.text, (*lost, *reading.lost), reading.remarks)


class _Resolver:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._left = MAX_JOINS
        self._under_way = set[str]()

    def resolve(self, value: object) -> object:
        node = self._graph.node(value)
        if node is None:
            return value if isinstance(value, str | int | float) else None
        if node.id in self._under_way or self._left <= 0 or len(self._under_way) > 64:
            return None
        self._left -= 1
        self._under_way.add(node.id)
        found = self._joined(node) if node.kind in _JOINERS else self._held(node)
        self._under_way.discard(node.id)
        return found

    def _held(self, node: Node) -> object:
        name = next((name for name in _HOLDERS.get(node.kind, ()) if name in node.inputs), None)
        return None if name is None else self.resolve(node.inputs[name])

    def _joined(self, node: Node) -> str | None:
        between, names = _JOINERS[node.kind]
        texts = [self.resolve(node.inputs[name]) for name in names if node.inputs.get(name) not in (None, "")]
        delimiter = self.resolve(node.inputs.get(between, "")) if between else ""
        if not all(isinstance(text, str) for text in (*texts, delimiter)):
            return None
        joined = str(delimiter).join(cast("list[str]", texts))
        return joined if len(joined) <= MAX_JOINED else None
