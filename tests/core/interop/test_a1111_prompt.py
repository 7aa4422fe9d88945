"""Our prompts as A1111's kin read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conditioning.prompt_draws import drawn
from core.conditioning.prompt_syntax import parse
from core.interop.a1111_marks import read_a1111_prompt
from core.interop.a1111_prompt import a1111_prompt


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("a red cube", "a red cube"),
        ("a (red:1.3) cube", "a (red:1.3) cube"),
        ("[fog->light:0.4] over a cube", "[fog:light:0.4] over a cube"),
        ("[a (red:2) cube->a sphere]", "[a (red:2) cube:a sphere:0.5]"),
        ("a cube (on a table) [sic]", r"a cube \(on a table\) \[sic\]"),
    ],
)
def test_marks_are_written_as_they_are_read_there(ours: str, theirs: str) -> None:
    assert a1111_prompt(ours, 0) == theirs


def test_the_choice_that_the_seed_drew_is_written() -> None:
    written = {a1111_prompt("a {red|green|blue} cube", seed) for seed in range(30)}
    assert written == {"a red cube", "a green cube", "a blue cube"}
    assert all(a1111_prompt("a {red|green} cube", seed) == drawn("a {red|green} cube", seed) for seed in range(9))


def test_what_their_marks_can_not_say_stays_in_ours() -> None:
    assert a1111_prompt("[a: b->c:0.4]", 0) == "[a: b->c:0.4]"


@given(st.text(alphabet="ab ,(){}[]|:->\\.135", max_size=40), st.integers(0, 9))
def test_it_reads_as_the_same_or_is_ours(prompt: str, seed: int) -> None:
    written, said = a1111_prompt(prompt, seed), drawn(prompt, seed)
    assert written == said or parse(read_a1111_prompt(written, None).text).nodes == parse(said).nodes
