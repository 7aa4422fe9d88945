from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.viewmodels.arithmetic import SumError, evaluate


@pytest.mark.parametrize(
    ("text", "value"),
    [("24*2", 48), ("1/4 + 0.5", 0.75), ("-(3-5)", 2), ("48\u2009213", 48213), ("−2", -2), ("12 s", 12), ("0,5", 0.5)],
)
def test_sums(text: str, value: float) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize("text", ["", "red", "1/0", "2**9", "__import__('os')", "(1", "True", "9" * 80, "1;2", "[1]"])
def test_what_is_no_sum_is_named(text: str) -> None:
    with pytest.raises(SumError, match="write one, or a sum"):
        evaluate(text)


@given(st.text(max_size=40))
def test_any_text_gives_a_number_or_a_sum_error(text: str) -> None:
    outcome: object
    try:
        outcome = evaluate(text)
    except SumError as error:
        outcome = str(error)
    assert isinstance(outcome, int | float) or repr(text) in str(outcome)
