from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.plain import PlainError, from_plain, read_json, to_plain
from core.request_json import KINDS, request_from_plain, request_to_plain
from core.request_kinds import Request
from core.requests import EvaluateRequest, ImageRequest, TrainRequest


@dataclass(frozen=True, slots=True)
class Inner:
    name: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Outer:
    inner: Inner
    mode: Literal["a", "b"]
    pair: tuple[int, float] = (1, 2.0)
    many: tuple[Inner, ...] = ()
    table: dict[str, int] = field(default_factory=dict[str, int])
    maybe: float | None = None


def read(**fields: object) -> Outer:
    return from_plain(Outer, {"inner": {"name": "n"}, "mode": "a", **fields}, "the thing")


def test_a_whole_value_goes_there_and_back() -> None:
    value = Outer(Inner("x", 0.5), "b", (3, 4.0), (Inner("y"), Inner("z")), {"k": 2}, 1.5)
    assert from_plain(Outer, json.loads(json.dumps(to_plain(value))), "the thing") == value


def test_missing_fields_take_their_defaults_and_whole_numbers_may_stand_for_floats() -> None:
    assert read(maybe=2) == Outer(Inner("n"), "a", maybe=2.0)
    assert isinstance(read(maybe=2).maybe, float)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"inner": {}}, "inner of the thing lacks 'name'"),
        ({"inner": 3}, "inner of the thing is 3; an object is needed"),
        ({"inner": {"name": 3}}, "name of inner of the thing is 3; a text is needed"),
        ({"inner": {"name": "n", "weight": True}}, "weight of inner of the thing is true; a finite number"),
        ({"inner": {"name": "n", "weight": float("nan")}}, "a finite number is needed"),
        ({"mode": "c"}, 'mode of the thing is "c"; choose one of a, b'),
        ({"mode": ["a"]}, "choose one of a, b"),
        ({"pair": [1]}, "pair of the thing has 1 entries; 2 are needed"),
        ({"pair": [1.5, 2]}, "entry 1 of pair of the thing is 1.5; a whole number is needed"),
        ({"many": {}}, "many of the thing is {}; a list is needed"),
        ({"many": [{"name": 1}]}, "name of entry 1 of many of the thing"),
        ({"table": {"k": "v"}}, 'k of table of the thing is "v"'),
        ({"maybe": "x"}, 'maybe of the thing is "x"; a finite number or null is needed'),
        ({"colour": 1}, "has a field 'colour' that is not known; known are inner, mode"),
    ],
)
def test_an_error_names_the_place_the_value_and_the_rule(fields: dict[str, object], sentence: str) -> None:
    with pytest.raises(PlainError) as caught:
        read(**fields)
    assert sentence in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["inner", "mode", "pair"]), inner),
    max_leaves=8,
)


@given(JSON)
def test_no_json_at_all_breaks_the_reader(data: object) -> None:
    try:
        assert isinstance(from_plain(Outer, data, "the thing"), Outer)
    except PlainError as error:
        assert "the thing" in str(error)  # noqa: PT017 - either outcome is right


def test_a_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlainError, match=r"the card .*none.json does not exist"):
        read_json(tmp_path / "none.json", "the card")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PlainError, match="can't be read"):
        read_json(tmp_path / "bytes.json", "the card")
    (tmp_path / "half.json").write_text('{"a": ')
    with pytest.raises(PlainError, match="is not JSON"):
        read_json(tmp_path / "half.json", "the card")


@pytest.mark.parametrize(
    "request_",
    [ImageRequest("a", width=64), TrainRequest("planner", "runs", minutes=2.0), EvaluateRequest(steps=(4,))],
)
def test_every_kind_of_request_goes_there_and_back(request_: Request) -> None:
    plain = json.loads(json.dumps(request_to_plain(request_)))
    assert request_from_plain(plain, "the job") == request_
    assert type(request_) in KINDS.values()


@pytest.mark.parametrize("data", [3, {}, {"kind": "video"}, {"kind": ["image"]}, {"kind": "image"}])
def test_what_is_no_request_is_refused(data: object) -> None:
    with pytest.raises(PlainError, match="the job"):
        request_from_plain(data, "the job")
