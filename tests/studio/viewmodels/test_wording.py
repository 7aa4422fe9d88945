from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.viewmodels import wording


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (7, "7"),
        (4821, "4821"),
        (48213, "48\u2009213"),
        (2**31, "2\u2009147\u2009483\u2009648"),
        (-12345, "−12\u2009345"),
    ],
)
def test_whole_numbers_take_thin_spaces_from_five_digits(number: int, words: str) -> None:
    assert wording.whole(number) == words


@given(st.integers(-(2**63), 2**63))
def test_whole_numbers_can_be_read_back(number: int) -> None:
    assert int(wording.whole(number).replace("\u2009", "").replace("−", "-")) == number


@pytest.mark.parametrize(
    ("value", "words"), [(2.21, "+2.2"), (-8, "−8.0"), (-0.04, "0.0"), (math.inf, "+∞"), (-math.inf, "−∞")]
)
def test_signed(value: float, words: str) -> None:
    assert wording.signed(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.83, "0.8 s"), (9.96, "10.0 s"), (42.4, "42 s"), (200, "3 min 20 s"), (240, "4 min"), (7500, "2 h 5 min")],
)
def test_seconds(value: float, words: str) -> None:
    assert wording.seconds(value) == words


@pytest.mark.parametrize(("value", "words"), [(0.2, "under 1 s"), (3.9, "about 4 s"), (130, "about 2 min 10 s")])
def test_estimates_are_round(value: float, words: str) -> None:
    assert wording.about(value) == words


@pytest.mark.parametrize(
    ("number", "words"), [(980, "980"), (2_900_000, "2.9 M"), (34_000_000, "34 M"), (10**9, "1.0 B")]
)
def test_weights(number: int, words: str) -> None:
    assert wording.weights(number) == words


def test_shortened_keeps_to_its_limit_and_one_line() -> None:
    assert wording.shortened("a  red\ncube", 20) == "a red cube"
    assert wording.shortened("a red cube on a table", 10) == "a red cub…"
