"""Dataclasses made with their methods to come are as those of Python's own making."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import FrozenInstanceError, InitVar, dataclass, field, replace
from typing import ClassVar

import pytest

from studio.late_methods import FEW, late_methods

OWN = getattr(dataclasses, "_create_fn", None)
WRITTEN_ONE_BY_ONE = pytest.mark.skipif(OWN is None, reason="this Python writes all methods of a class at once")

with late_methods():

    @dataclass(frozen=True, slots=True)
    class Point:
        x: int
        y: int = 2
        hidden: list[int] = field(default_factory=list, compare=False, repr=False)

    @dataclass(frozen=True, slots=True)
    class Named(Point):
        name: str = ""

    @dataclass(order=True)
    class Open:
        x: int


@dataclass(frozen=True, slots=True)
class Plain:
    x: int


def test_equal_where_their_values_are_and_of_one_kind() -> None:
    assert Point(1) == Point(1, 2, [3])
    assert Point(1) != Point(2)
    assert Point(1) != Named(1)
    assert Point(1) != 1
    assert Named(1, name="a") == Named(1, name="a")
    assert Named(1, name="a") != Named(1, name="b")


def test_hashed_shown_and_ordered() -> None:
    assert len({Point(1), Point(1), Point(2), Named(1)}) == 3
    assert repr(Point(1)) == "Point(x=1, y=2)"
    assert repr(Named(1, name="a")) == "Named(x=1, y=2, name='a')"
    assert Open(1) < Open(2) <= Open(2)
    assert Open(2) > Open(1)
    assert sorted([Open(3), Open(1)]) == [Open(1), Open(3)]
    with pytest.raises(TypeError):
        hash(Open(1))


def test_frozen_and_without_other_names() -> None:
    for point in (Point(1), Named(1)):
        with pytest.raises(FrozenInstanceError, match="cannot assign to field 'x'"):
            point.x = 3  # type: ignore[misc]
        with pytest.raises(FrozenInstanceError, match="cannot delete field 'x'"):
            del point.x
        with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
            point.other = 3  # type: ignore[attr-defined]
        assert point.x == 1


def test_replaced_copied_and_pickled() -> None:
    assert replace(Named(1, name="a"), x=5) == Named(5, name="a")
    assert dataclasses.asdict(Open(4)) == {"x": 4}
    for each in (copy.deepcopy(Point(1, 7)), pickle.loads(pickle.dumps(Point(1, 7)))):
        assert each == Point(1, 7)


@WRITTEN_ONE_BY_ONE
def test_each_is_written_at_its_first_call_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []

    def create(name: str, *given: object, **named: object) -> object:
        written.append(name)
        return OWN(name, *given, **named)

    monkeypatch.setattr(dataclasses, "_create_fn", create)
    with late_methods():

        @dataclass(frozen=True, slots=True)
        class Made:
            x: int

    assert written == []
    assert Made(1) == Made(1)
    assert Made(1) != Made(2)
    assert written == ["__eq__"], "values are filled in until there are a few"
    assert hash(Made(1)) == hash(Made(1))
    assert repr(Made(1)) == repr(Made(1))
    assert written == ["__eq__", "__init__", "__hash__", "__repr__"]
    assert tuple(inspect.signature(Made).parameters) == ("x",)
    assert Made.__eq__.__qualname__ == Plain.__eq__.__qualname__.replace("Plain", Made.__qualname__)
    assert Made.__eq__.__code__.co_varnames == Plain.__eq__.__code__.co_varnames, "the late one is out of the way"


def test_python_has_its_own_way_back() -> None:
    with pytest.raises(ZeroDivisionError), late_methods():
        raise ZeroDivisionError
    assert getattr(dataclasses, "_create_fn", None) is OWN


def test_made_by_name_by_place_and_by_default() -> None:
    with late_methods():

        @dataclass(frozen=True, slots=True)
        class First:
            x: int
            y: int = 2

        @dataclass(frozen=True, slots=True)
        class Heir(First):
            z: int = 3

    assert (Heir(1, z=5).z, Heir(x=4).y, First(1, y=7).y) == (5, 2, 7)
    assert dataclasses.asdict(First(3)) == {"x": 3, "y": 2}
    for kind in (First, Heir):
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
            kind()  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="unexpected keyword argument 'w'"):
            kind(1, w=2)  # type: ignore[call-arg]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    a: int


with late_methods():

    @dataclass(frozen=True, slots=True)
    class Rich(Kept):
        b: int
        c: list[int] = field(default_factory=list)
        total: int = field(init=False)
        fixed: int = field(default=7, init=False)
        kind: ClassVar[str] = "rich"

        def __post_init__(self) -> None:
            if self.b < 0:
                raise ValueError(f"b {self.b} is below 0")
            object.__setattr__(self, "total", self.a + self.b)

    @dataclass
    class Told:
        x: int
        scale: InitVar[int]

        def __post_init__(self, scale: int) -> None:
            self.x *= scale

    @dataclass
    class Watched:
        x: int

        def __setattr__(self, name: str, value: object) -> None:
            object.__setattr__(self, name, (name, value))


@pytest.mark.parametrize("before", [0, FEW], ids=["filled in", "written"])
def test_the_first_values_are_as_the_later_ones(before: int) -> None:
    for _ in range(before):
        Rich(1, a=2), Told(1, 2), Watched(1)
    one, other = Rich(1, a=2), Rich(b=1, a=2, c=[5])
    assert (one.a, one.b, one.c, one.total, one.fixed) == (2, 1, [], 3, 7)
    assert other.c == [5]
    assert one.c is not Rich(1, a=2).c, "each has a list of its own"
    assert Told(3, 4).x == 12
    assert Watched(1).x == ("x", 1)
    with pytest.raises(ValueError, match="b -1 is below 0"):
        Rich(-1, a=2)


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        ((1,), {}, "missing 1 required keyword-only argument: 'a'"),
        ((), {"a": 1}, "missing 1 required positional argument: 'b'"),
        ((1, [], 3), {"a": 1}, "takes from 2 to 3 positional arguments but 4"),
        ((1,), {"a": 1, "b": 2}, "multiple values for argument 'b'"),
        ((1,), {"a": 1, "total": 2}, "unexpected keyword argument 'total'"),
    ],
)
def test_what_cannot_be_filled_in_is_refused_as_python_does(
    arguments: tuple[object, ...], options: dict[str, object], said: str
) -> None:
    with late_methods():

        @dataclass(frozen=True, slots=True)
        class Fresh(Kept):
            b: int
            c: list[int] = field(default_factory=list)
            total: int = field(init=False, default=0)

    with pytest.raises(TypeError, match=said):
        Fresh(*arguments, **options)  # type: ignore[arg-type]
