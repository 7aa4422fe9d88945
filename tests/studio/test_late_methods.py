"""Dataclasses made with their methods to come are as those of Python's own making."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from studio.late_methods import late_methods

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
    assert Made(1) == Made(1) != Made(2)
    assert hash(Made(1)) == hash(Made(1))
    assert repr(Made(1)) == repr(Made(1))
    assert written == ["__init__", "__eq__", "__hash__", "__repr__"]
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
