"""Dataclasses whose methods are written when they are needed.

A frozen dataclass has six methods written as text and compiled, one by one, as its module is imported; of the seven
hundred that a start comes by, some seventy are ever called. Most of those make a value once: until a class has made
`FEW` of them its fields are filled in without a method of its own, which saves a fiftieth of the start's instructions.
A class without a docstring has its signature for one: that is looked at too early to be of use.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import MISSING, Field
from typing import Any, NamedTuple

LATE = frozenset(
    ("__init__", "__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__", "__lt__", "__le__", "__gt__", "__ge__")
)
FEW = 4

Create = Callable[..., Any]


@contextmanager
def late_methods() -> Generator[None]:
    """Meanwhile dataclasses are made so. Where Python writes a class's methods at once (3.13 on), nothing is done."""
    own: Create | None = getattr(dataclasses, "_create_fn", None)
    if own is None:
        yield
        return
    dataclasses._create_fn = lambda *given, **named: _create(own, *given, **named)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        dataclasses._create_fn = own  # type: ignore[attr-defined]


class _Shape(NamedTuple):
    """What an `__init__` takes. by_place: the names of arguments without one; set_field: how a value is put there."""

    fields: tuple[Field[Any], ...]
    by_place: tuple[str, ...]
    names: frozenset[str]
    set_field: Callable[[object, str, object], None]


def _create(own: Create, name: str, *given: Any, **named: Any) -> Any:
    if name not in LATE:
        return own(name, *given, **named)
    written: Any = None
    shape: _Shape | None = None
    filled = 0 if name == "__init__" else FEW

    def late(self: object, *arguments: object, **options: object) -> object:
        nonlocal written, shape, filled
        if filled < FEW:
            shape = shape or _shape(type(self), late)
            filled = filled + 1 if shape else FEW
            if shape and _fill(self, shape, arguments, options):
                return None
        if written is None:
            written = own(name, *given, **named)
            written.__qualname__ = late.__qualname__
            for kind in type(self).__mro__:
                if vars(kind).get(name) is late:
                    setattr(kind, name, written)
        return written(self, *arguments, **options)

    late.__name__ = name
    return late


def _shape(kind: type, init: object) -> _Shape | None:
    """Of the class among kind's bases that `init` is of; None where it takes what is no field."""
    owner: Any = next(each for each in kind.__mro__ if vars(each).get("__init__") is init)
    known: dict[str, Any] = owner.__dataclass_fields__
    if any("InitVar" in str(field.type) for field in known.values()):
        return None
    fields = dataclasses.fields(owner)
    taken = tuple(field for field in fields if field.init)
    by_place = tuple(field.name for field in taken if not field.kw_only)
    set_field = object.__setattr__ if owner.__dataclass_params__.frozen else setattr
    return _Shape(fields, by_place, frozenset(field.name for field in taken), set_field)


def _fill(self: object, shape: _Shape, arguments: tuple[object, ...], options: dict[str, object]) -> bool:
    """Whether it could be; if not, nothing was done, and Python's own method says why."""
    if len(arguments) > len(shape.by_place):
        return False
    values = dict(zip(shape.by_place, arguments, strict=False))
    if not options.keys() <= shape.names or not options.keys().isdisjoint(values):
        return False
    values |= options
    if any(
        field.init and field.name not in values and field.default is MISSING and field.default_factory is MISSING
        for field in shape.fields
    ):
        return False
    for field in shape.fields:
        if field.name in values:
            shape.set_field(self, field.name, values[field.name])
        elif field.default_factory is not MISSING:
            shape.set_field(self, field.name, field.default_factory())
        elif field.default is not MISSING:
            shape.set_field(self, field.name, field.default)
    finish: Callable[[], object] | None = getattr(self, "__post_init__", None)
    if finish is not None:
        finish()
    return True
