from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RequestError
from core.sweeps.ranges import read_numbers, read_texts, write_texts
from core.sweeps.request import MAX_VALUES

WHOLE = st.integers(-500, 500)


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"]), max_size=12), min_size=1, max_size=8))
def test_any_texts_are_read_as_they_were_written(values: list[str]) -> None:
    assert read_texts(write_texts(tuple(values))) == tuple(values)


@given(WHOLE, WHOLE, st.integers(1, 50))
def test_a_range_goes_from_its_first_number_by_its_step_and_never_past_its_last(
    first: int, last: int, step: int
) -> None:
    text = f"{first}..{last}:{step}"
    if abs(last - first) // step + 1 > MAX_VALUES:
        with pytest.raises(RequestError, match=f"at most {MAX_VALUES}"):
            read_numbers(text, whole=True)
        return
    values = [int(value) for value in read_numbers(text, whole=True)]
    direction = 1 if last >= first else -1
    assert values == list(range(first, last + direction, step * direction))


@given(st.integers(0, 500), st.integers(0, 500), st.integers(3, 9), st.integers(2, 40))
def test_a1111s_forms_mean_what_ours_mean(first: int, last: int, step: int, count: int) -> None:
    step = max(step, abs(last - first) // 100 + 1)
    signed = f"+{step}" if last >= first else f"-{step}"
    assert read_numbers(f"{first}-{last} ({signed})") == read_numbers(f"{first}..{last}:{step}")
    assert read_numbers(f"{first}-{last}:{signed}") == read_numbers(f"{first}..{last}:{step}")
    assert read_numbers(f"{first}-{last} [{count}]") == read_numbers(f"{first}..{last} in {count}")


@given(st.fractions(-20, 20, max_denominator=100), st.fractions(-20, 20, max_denominator=100), st.integers(2, 60))
def test_so_many_values_are_evenly_spread_and_hold_both_ends(first: float, last: float, count: int) -> None:
    low, high = f"{float(first):.4f}", f"{float(last):.4f}"
    values = [float(value) for value in read_numbers(f"{low}..{high} in {count}")]
    assert len(values) == count
    assert (values[0], values[-1]) == (float(low), float(high))
    gaps = [b - a for a, b in pairwise(values)]
    assert max(gaps) - min(gaps) < 1e-9


@given(st.text(max_size=30))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    for read in (read_numbers, read_texts):
        with suppress(RequestError):
            assert read(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("4..12:4, 20", ["4", "8", "12", "20"]),
        ("0.1..0.5:0.1", ["0.1", "0.2", "0.3", "0.4", "0.5"]),
        ("-3--1", ["-3", "-2", "-1"]),
        ("1e-3, .5", ["0.001", "0.5"]),
        ("1..10 in 4", ["1", "4", "7", "10"]),
    ],
)
def test_numbers(text: str, values: list[str]) -> None:
    assert list(read_numbers(text)) == values


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1..x", "'1..x' is neither a number nor a range; write for example 4..12:4, 20"),
        ("1..9:0", "'1..9:0' has steps of 0; give a step above 0"),
        ("1..9:-2", "'1..9:-2' leads away from 9; give a step above 0"),
        ("1,,2", "a value is empty; write numbers with commas between, for example 4..12:4, 20"),
        ("0.5", "0.5 in '0.5' is not a whole number; give whole numbers"),
        ("1..5 in 1", "'1..5 in 1' asks for 1 values; ask for 2 or more, or write one number"),
        ("0..1e300", "very many values given; an axis has at most 200, so take a larger step"),
    ],
)
def test_what_is_wrong_is_said_with_rule_and_remedy(text: str, sentence: str) -> None:
    with pytest.raises(RequestError) as caught:
        read_numbers(text, whole=True)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("text", ["", "a,", '"a', '"a" b', ", a"])
def test_texts_that_can_not_be_read(text: str) -> None:
    with pytest.raises(RequestError):
        read_texts(text)
