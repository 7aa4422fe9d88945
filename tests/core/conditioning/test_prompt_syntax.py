"""The prompt's marks: any string is read, plain text stays plain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conditioning.prompt_draws import drawn
from core.conditioning.prompt_phases import Phase, Piece, longest_phase, phases, readings
from core.conditioning.prompt_syntax import MAX_DEPTH, MAX_WEIGHT, Kind, escaped, parse
from tests.core.conditioning.prompts import ANY, SEEDS


def words(prompt: str) -> list[tuple[str, float]]:
    """The pieces of the one phase."""
    (phase,) = phases(prompt)
    return [(piece.words, piece.weight) for piece in phase.pieces]


@given(ANY, SEEDS)
def test_any_string_is_read_and_its_spans_cover_it_in_order(prompt: str, seed: int) -> None:
    spans = parse(prompt).spans
    assert "".join(prompt[span.start : span.end] for span in spans) == prompt
    assert all(span.start < span.end for span in spans)
    starts = [phase.start for phase in phases(prompt)]
    assert starts[0] == 0.0
    assert starts == sorted(set(starts))
    assert starts[-1] < 1.0
    assert readings(prompt)
    assert longest_phase(prompt) in phases(prompt)
    assert all(0.0 < piece.weight <= MAX_WEIGHT for phase in phases(prompt) for piece in phase.pieces)
    assert drawn(prompt, seed) == drawn(prompt, seed)


@given(st.text())
def test_escaped_text_reads_as_itself(text: str) -> None:
    assert phases(escaped(text))[0].text == text
    assert not parse(escaped(text)).problems


@given(st.text(alphabet="abc xyz,.'!-:|\n", max_size=60), SEEDS)
def test_plain_text_stays_as_it_is(text: str, seed: int) -> None:
    assert drawn(text, seed) == text
    assert phases(text) == (Phase(0.0, (Piece(text, 1.0),) if text else ()),)
    assert not parse(text).problems


@pytest.mark.parametrize("prompt", ["a cube (red)", "two [small] balls", "a \\ b", "one | two", "a -> b: 3", ""])
def test_prose_is_prose(prompt: str) -> None:
    assert phases(prompt)[0].text == prompt
    assert not parse(prompt).problems


def test_weights_scale_nest_and_leave_out() -> None:
    assert words("a (red:1.3) cube") == [("a ", 1.0), ("red", 1.3), (" cube", 1.0)]
    assert words("((red:1.5) cube:2)") == [("red", 3.0), (" cube", 2.0)]
    assert words("((red:4):4)") == [("red", MAX_WEIGHT)]
    assert words("a (red:0) cube") == [("a  cube", 1.0)]
    assert words("(a: b:.5)") == [("a: b", 0.5)]


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("a (red", "“(” at character 3 is never closed; put ) after it, or \\( for plain text"),
        ("a )", "“)” at character 3 closes nothing; put ( before it, or \\) for plain text"),
        ("(a:x)", "“(” at character 1 has the weight 'x', no number; write (words:1.3), or \\( for plain text"),
        ("(a:9)", "“(” at character 1 has the weight 9; give 0 to 4, or \\( for plain text"),
        ("{a}", "“{” at character 1 has nothing to choose from; write {one|other}, or \\{ for plain text"),
        ("[a->b:2]", "“[” at character 1 changes at 2; give a part of the run, 0 to 1, or \\[ for plain text"),
        (
            "[a->b->c]",
            "“[” at character 1 has 2 arrows, one is the rule; write [early->late:0.4], or \\[ for plain text",
        ),
    ],
)
def test_a_mark_without_meaning_is_named_and_plain(prompt: str, sentence: str) -> None:
    assert [problem.sentence for problem in parse(prompt).problems] == [sentence]
    assert phases(prompt)[0].text == prompt


def test_what_stands_in_plain_brackets_is_still_read() -> None:
    assert words("[(red:2) cube") == [("[", 1.0), ("red", 2.0), (" cube", 1.0)]
    assert words("((red:2))") == [("(", 1.0), ("red", 2.0), (")", 1.0)]


def test_bottomless_nesting_is_refused_politely() -> None:
    deep = "(" * 3000 + "a" + ":1.1)" * 3000
    assert "is nested 17 deep" in parse(deep).problems[0].sentence
    assert words(deep)[-1][1] == pytest.approx(1.1**MAX_DEPTH, abs=1e-3) or words(deep)[-1][1] == MAX_WEIGHT


def test_spans_name_the_innermost_bracket() -> None:
    prompt = "a (big {red|blue}:1.3) \\("
    found = [(prompt[span.start : span.end], span.kind, span.mark) for span in parse(prompt).spans]
    assert found == [
        ("a ", Kind.TEXT, False),
        ("(", Kind.WEIGHT, True),
        ("big ", Kind.WEIGHT, False),
        ("{", Kind.CHOICE, True),
        ("red", Kind.CHOICE, False),
        ("|", Kind.CHOICE, True),
        ("blue", Kind.CHOICE, False),
        ("}", Kind.CHOICE, True),
        (":1.3)", Kind.WEIGHT, True),
        (" ", Kind.TEXT, False),
        ("\\", Kind.ESCAPE, True),
        ("(", Kind.TEXT, False),
    ]
