"""Choices: drawn by the seed alone, with weights, changes and plain text kept."""

from __future__ import annotations

from hypothesis import given

from core.conditioning.prompt_draws import drawn
from core.conditioning.prompt_phases import phases
from core.conditioning.prompt_syntax import Kind, parse
from tests.core.conditioning.prompts import ANY, SEEDS


@given(ANY, SEEDS)
def test_a_drawn_prompt_holds_no_choice_and_is_clean(prompt: str, seed: int) -> None:
    once = drawn(prompt, seed)
    assert drawn(once, seed + 1) == once
    assert all(span.kind is not Kind.CHOICE for span in parse(once).spans)
    if once != prompt:
        assert not parse(once).problems


def test_choices_are_drawn_by_the_seed() -> None:
    prompt = "a {red|green|blue} {cube|ball}"
    results = [drawn(prompt, seed) for seed in range(200)]
    assert set(results) == {f"a {colour} {shape}" for colour in ("red", "green", "blue") for shape in ("cube", "ball")}
    counts = [sum(f" {colour} " in result for result in results) for colour in ("red", "green", "blue")]
    assert min(counts) > 40


def test_a_draw_does_not_hang_on_the_options_not_taken() -> None:
    for seed in range(20):
        nested = drawn("{a|{b|c}} {x|y}", seed)
        assert nested.split()[0] in "abc"
        assert nested.split()[1] == drawn("{a|{z|w}} {x|y}", seed).split()[1]


def test_drawing_keeps_weights_changes_and_what_must_not_turn_into_marks() -> None:
    assert drawn("({red|red}:1.3) [fog→{light|light}:0.4]", 0) == "(red:1.3) [fog->light:0.4]"
    assert drawn("{a(|a(} x:2)", 0) == "a\\( x:2\\)"
    assert phases(drawn("[{a\\->b|a\\->b}->c]", 0))[0].text == "a->b"
