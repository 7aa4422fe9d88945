"""Dataclasses whose methods are written when they are first called.

A frozen dataclass has six methods written as text and compiled, one by one, as its module is imported; of the seven
hundred that a start comes by, some seventy are ever called. A class without a docstring has its signature for one: that
is looked at too early to be of use.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

LATE = frozenset(
    ("__init__", "__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__", "__lt__", "__le__", "__gt__", "__ge__")
)

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


def _create(own: Create, name: str, *given: Any, **named: Any) -> Any:
    if name not in LATE:
        return own(name, *given, **named)
    written: Any = None

    def late(self: object, *arguments: object, **options: object) -> object:
        nonlocal written
        if written is None:
            written = own(name, *given, **named)
            written.__qualname__ = late.__qualname__
            for kind in type(self).__mro__:
                if vars(kind).get(name) is late:
                    setattr(kind, name, written)
        return written(self, *arguments, **options)

    late.__name__ = name
    return late
