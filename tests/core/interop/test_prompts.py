"""Marks of other tools' prompts in ours: exactly, or listed."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conditioning.prompt_phases import phases
from core.conditioning.prompt_syntax import Choice, Nodes, Text, Weight, parse
from core.interop.a1111_marks import read_a1111_prompt, read_round_brackets
from core.interop.comfyui_text import read_comfyui_prompt
from core.interop.invokeai_marks import read_invokeai_prompt
from core.interop.novelai_marks import read_novelai_prompt
from core.interop.prompt_writing import Reading, plain, written

READERS: dict[str, Callable[[str], Reading]] = {
    "a1111": lambda prompt: read_a1111_prompt(prompt, 20),
    "comfyui": read_comfyui_prompt,
    "invokeai": read_invokeai_prompt,
    "novelai": read_novelai_prompt,
}

EXACT = [
    ("a1111", "a red cube, on a table", "a red cube, on a table"),
    ("a1111", "(red:1.3) cube", "(red:1.3) cube"),
    ("a1111", "(red) cube", "(red:1.1) cube"),
    ("a1111", "((red)) cube", "((red:1.1):1.1) cube"),
    ("a1111", "[red] cube", "(red:0.9091) cube"),
    ("a1111", r"\(red\) cube", r"\(red\) cube"),
    ("a1111", "{red|blue} cube", r"\{red|blue\} cube"),
    ("a1111", "[red:blue:0.3] cube", "[red->blue:0.3] cube"),
    ("a1111", "[blue:5] cube", "[->blue:0.25] cube"),
    ("a1111", "[red::10] cube", "[red->:0.5] cube"),
    ("a1111", "[red:blue:1.0] cube", "[red->blue:1] cube"),
    ("a1111", "a (red cube", "a (red cube:1.1)"),
    ("a1111", "a red) cube", r"a red\) cube"),
    ("a1111", "(a (red:1.2) cube:0.8)", "(a (red:1.2) cube:0.8)"),
    ("comfyui", "(red) [cube]", "(red:1.1) [cube]"),
    ("comfyui", "(red cube", r"\(red cube"),
    ("comfyui", r"a \(red\) cube", r"a \(red\) cube"),
    ("comfyui", "(red:what)", "(red:what:1.1)"),
    ("invokeai", "red++ cube", "(red:1.21) cube"),
    ("invokeai", "(red cube)- here", "(red cube:0.9) here"),
    ("invokeai", "(red cube)1.5, here", "(red cube:1.5), here"),
    ("invokeai", "(prose) well-known", "(prose) well-known"),
    ("novelai", "{red} cube", "(red:1.05) cube"),
    ("novelai", "[[red]] cube", "((red:0.9524):0.9524) cube"),
    ("novelai", "1.5::red:: cube", "(red:1.5) cube"),
    ("novelai", "(prose) 0.5::{red} cube", "(prose) ((red:1.05) cube:0.5)"),
]


@pytest.mark.parametrize(("tool", "theirs", "ours"), EXACT)
def test_what_can_be_said_exactly_is(tool: str, theirs: str, ours: str) -> None:
    reading = READERS[tool](theirs)
    assert reading.text == ours
    assert reading.lost == ()
    assert parse(reading.text).problems == ()


LOST = [
    ("a1111", "a <lora:foo:0.8> cube", "<lora:foo:0.8>", "a  cube"),
    ("a1111", "red BREAK cube", "BREAK", "red cube"),
    ("a1111", "[red|blue] cube", "[red|blue]", "[red|blue] cube"),
    ("a1111", "(red:7) cube", "(red:7)", "red cube"),
    ("a1111", "[red:blue:99] cube", "[red:blue:99]", None),
    ("a1111", "([red)]", "[red)", None),
    ("comfyui", "a embedding:glow cube", "embedding:glow", "a  cube"),
    ("comfyui", "(red:-1) cube", "(red:-1)", "red cube"),
    ("invokeai", "a <glow> cube", "<glow>", "a  cube"),
    ("invokeai", '("a", "b").blend(1, 2)', ".blend(", None),
    ("novelai", "-1::red:: cube", "-1::red::", "red cube"),
    ("novelai", "red | cube", "|", "red | cube"),
]


@pytest.mark.parametrize(("tool", "theirs", "mark", "ours"), LOST)
def test_what_can_not_be_said_is_listed(tool: str, theirs: str, mark: str, ours: str | None) -> None:
    reading = READERS[tool](theirs)
    assert mark in [lost for lost, _ in reading.lost]
    assert ours is None or reading.text == ours


def test_weights_and_changes_mean_something_else_there() -> None:
    assert len(read_a1111_prompt("(red:1.2) [a:b:0.5]", 20).remarks) == 2
    assert read_a1111_prompt("red", 20).remarks == ()


def test_products_of_weights_over_ours_are_told() -> None:
    reading = read_a1111_prompt("((red:3):3)", 20)
    assert any("9" in lost for lost, _ in reading.lost)


@given(st.text(alphabet="ab (){}[]|:->\\→,.1", max_size=40))
def test_plain_text_stays_plain(text: str) -> None:
    nodes = parse(plain(text)).nodes
    assert nodes == ((Text(text),) if text else ())


INNER = st.text(alphabet="ab c:|->(){}[]\\", min_size=1, max_size=8).map(Text)
NODES = st.recursive(
    INNER,
    lambda inner: (
        st.builds(
            Weight, st.lists(inner, min_size=1, max_size=2).map(tuple), st.floats(0.1, 4.0).map(lambda w: round(w, 4))
        )
        | st.builds(Choice, st.tuples(st.tuples(inner), st.tuples(inner)), st.just(0))
    ),
    max_leaves=4,
)


@given(st.lists(NODES, min_size=1, max_size=3).map(tuple))
def test_what_is_written_reads_as_it_was_meant(nodes: Nodes) -> None:
    text = written("", nodes)
    assert parse(text).problems == ()
    assert _choiceless(parse(text).nodes) == _choiceless(parse(written(text, parse(text).nodes)).nodes)
    assert "".join(phases(text)[0].text.split()) == "".join(_first(nodes).split())


def _first(nodes: Nodes) -> str:
    parts = []
    for node in nodes:
        match node:
            case Text(words):
                parts.append(words)
            case Weight(inner):
                parts.append(_first(inner))
            case Choice(options):
                parts.append(_first(options[0]))
            case _:
                raise AssertionError(node)
    return "".join(parts)


def _choiceless(nodes: Nodes) -> str:
    return repr(nodes)


@pytest.mark.parametrize("tool", READERS)
@given(st.text(alphabet="ab (){}[]|:+-<>\\.,1AND\n", max_size=60))
def test_any_prompt_is_read(tool: str, prompt: str) -> None:
    reading = READERS[tool](prompt)
    assert all(mark and why for mark, why in reading.lost)


@pytest.mark.parametrize("tool", READERS)
def test_hostile_prompts_take_bounded_time(tool: str) -> None:
    began = time.perf_counter()
    for hostile in (
        "(" * 20_000,
        "[" * 10_000 + ")" * 10_000,
        "{[(" * 6_000,
        "1::" * 6_000,
        "a" * 20_000,
        "a+" * 10_000,
    ):
        READERS[tool](hostile)
    assert time.perf_counter() - began < 20.0


def test_round_brackets_alone() -> None:
    assert read_round_brackets("(a) [b] [c->d]").text == r"(a:1.1) \[b\] \[c->d\]"
