from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conditioning.conjunction import MAX_PART_WEIGHT, MAX_PARTS, Part, as_one, parts_of


@pytest.mark.parametrize(
    ("prompt", "parts"),
    [
        ("a cube", [("a cube", 1.0)]),
        ("a cube and a cone", [("a cube and a cone", 1.0)]),
        ("a cube :0.5", [("a cube :0.5", 1.0)]),
        ("a cube AND a cone", [("a cube", 1.0), ("a cone", 1.0)]),
        ("a cube :1.2 AND a cone :.5 AND a torus", [("a cube", 1.2), ("a cone", 0.5), ("a torus", 1.0)]),
        ("(a cube AND a cone:1.2)", [("(a cube AND a cone:1.2)", 1.0)]),
        ("(a cube:1.2) AND (a cone:0.8) : 2", [("(a cube:1.2)", 1.0), ("(a cone:0.8)", 2.0)]),
        ("a cube AND ", [("a cube", 1.0)]),
        ("AND", [("", 1.0)]),
        ("BRAND AND SAND", [("BRAND", 1.0), ("SAND", 1.0)]),
        ("a AND b :99", [("a", 1.0), ("b", MAX_PART_WEIGHT)]),
    ],
)
def test_the_form(prompt: str, parts: list[tuple[str, float]]) -> None:
    assert parts_of(prompt) == tuple(Part(*part) for part in parts)


def test_as_one() -> None:
    assert as_one("a cube :2 AND a cone :0.5") == "a cube and a cone"
    assert as_one("a cube :0.5") == "a cube :0.5"
    assert as_one("a cube AND a cone :0") == "a cube"


@given(st.text(alphabet="abAND :.0123()[]{}\\|", max_size=80))
def test_any_text_is_some_parts(text: str) -> None:
    parts = parts_of(text)
    assert 1 <= len(parts) <= MAX_PARTS
    assert all(0.0 <= part.weight <= MAX_PART_WEIGHT for part in parts)
    as_one(text)
