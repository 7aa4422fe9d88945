from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conditioning.prompt_phases import phases
from core.conditioning.prompt_weight import Edit, reweighted


@pytest.mark.parametrize(
    ("prompt", "start", "end", "by", "expected"),
    [
        ("a red cube", 3, 3, 0.1, Edit("a (red:1.1) cube", 3, 6)),
        ("a red cube", 2, 10, -0.1, Edit("a (red cube:0.9)", 3, 11)),
        ("a red cube", 1, 6, 0.1, Edit("a (red:1.1) cube", 3, 6)),
        ("a (red:1.1) cube", 4, 4, 0.1, Edit("a (red:1.2) cube", 3, 6)),
        ("a (red:1.1) cube", 3, 6, -0.1, Edit("a red cube", 2, 5)),
        ("a (red:1.1) cube", 2, 11, 0.1, Edit("a (red:1.2) cube", 3, 6)),
        ("(a:1.2)(b:1.3)", 8, 8, 0.1, Edit("(a:1.2)(b:1.4)", 8, 9)),
        ("((a:1.2):1.1)", 2, 3, 0.1, Edit("((a:1.3):1.1)", 2, 3)),
        ("({a|b}:1.2)", 2, 2, 0.1, Edit("({a|b}:1.3)", 1, 6)),
        ("{red|blue}", 2, 2, 0.1, Edit("{(red:1.1)|blue}", 2, 5)),
        ("(a:4)", 1, 1, 0.1, Edit("(a:4)", 1, 2)),
        ("(a:0)", 1, 1, -0.1, Edit("(a:0)", 1, 2)),
    ],
)
def test_the_words_under_the_cursor_change(prompt: str, start: int, end: int, by: float, expected: Edit) -> None:
    assert reweighted(prompt, start, end, by) == expected


@pytest.mark.parametrize(
    ("prompt", "start", "end"), [("", 0, 0), ("a , b", 3, 3), ("a {b|c} d", 0, 4), ("a   b", 1, 4)]
)
def test_what_cannot_be_weighted_stays(prompt: str, start: int, end: int) -> None:
    assert reweighted(prompt, start, end, 0.1).text == prompt


@given(st.text(alphabet="ab :|()[]{}->\\1.2", max_size=30), st.data(), st.sampled_from([0.1, -0.1]))
def test_any_place_of_any_prompt_may_be_asked(prompt: str, data: st.DataObject, by: float) -> None:
    start = data.draw(st.integers(0, len(prompt)))
    end = data.draw(st.integers(start, len(prompt)))
    edit = reweighted(prompt, start, end, by)
    assert 0 <= edit.start <= edit.end <= len(edit.text)
    assert phases(edit.text)


def test_up_and_down_comes_back() -> None:
    edit = Edit("a red cube", 3, 3)
    for by in (0.1, 0.1, 0.1, -0.1, -0.1, -0.1):
        edit = reweighted(edit.text, edit.start, edit.end, by)
    assert edit.text == "a red cube"
