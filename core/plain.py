"""Frozen dataclasses to plain JSON values and back, with errors that name the place. No torch here.

It knows what our values are made of: None, bool, int, float, str, Literal, tuple, dict with string keys, unions of
these, and dataclasses of these. Cards, requests and recipes all pass through here.
"""

from __future__ import annotations

import dataclasses
import json
import math
import types
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from core.errors import NoisetteError

T = TypeVar("T")

UNWRITTEN = "unwritten"
"""In a field's metadata: what it was before records knew it, where that is not its default now."""

_WORDS: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a finite number",
    str: "a text",
    types.NoneType: "null",
}


class PlainError(NoisetteError):
    """JSON that does not hold the value it should."""


def to_plain(value: Any) -> Any:
    """A dataclass (or what one is made of) as values that `json.dumps` takes."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {key: to_plain(entry) for key, entry in cast("dict[str, Any]", value).items()}
    if isinstance(value, tuple | list):
        return [to_plain(entry) for entry in cast("tuple[Any, ...]", value)]
    return value


def from_plain(kind: type[T], data: Any, where: str) -> T:
    """Read a dataclass from parsed JSON. where: what is being read, for the error ("the recipe").

    Missing fields take what they were before they were written (`UNWRITTEN`), else their defaults. Raises PlainError
    for an unknown field, a missing one without a default, or a value of the wrong kind; errors of the dataclass's own
    checks pass through.
    """
    return _dataclass(kind, data, where)


def parse_json(text: str, where: str) -> Any:
    """`json.loads` with an error for the user. Raises PlainError."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        # ValueError: also of a number with more digits than Python reads.
        raise PlainError(f"{where} is not JSON ({error}); it may be cut short or edited by hand") from error


def read_json(path: Path, where: str) -> Any:
    """Parsed JSON of a UTF-8 file. Raises PlainError where it is missing, unreadable or not JSON."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise PlainError(f"{where} {path} does not exist; check the path") from error
    except (OSError, UnicodeDecodeError) as error:
        raise PlainError(f"{where} {path} can't be read ({error}); check that it is a text file of yours") from error
    return parse_json(text, f"{where} {path}")


def _dataclass(kind: type[T], data: Any, where: str) -> T:
    if not isinstance(data, dict):
        raise PlainError(f"{where} is {_shown(data)}; an object is needed")
    values = cast("dict[str, Any]", data)
    fields = _fields(kind)
    for name in values:
        if name not in fields:
            raise PlainError(f"{where} has a field {name!r} that is not known; known are {', '.join(fields)}")
    arguments: dict[str, Any] = {}
    for name, (hint, field) in fields.items():
        if name in values:
            arguments[name] = _value(hint, values[name], f"{name} of {where}")
        elif UNWRITTEN in field.metadata:
            arguments[name] = field.metadata[UNWRITTEN]
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise PlainError(f"{where} lacks {name!r}; it must be given")
    return kind(**arguments)


@cache
def _fields(kind: type[Any]) -> dict[str, tuple[Any, dataclasses.Field[Any]]]:
    """(type, field) of each name. Asked anew for each recipe, Python would take most of its reading for that."""
    hints = get_type_hints(kind)
    return {field.name: (hints[field.name], field) for field in dataclasses.fields(kind)}


def _value(kind: Any, data: Any, where: str) -> Any:
    if kind is float and isinstance(data, int | float) and not isinstance(data, bool) and math.isfinite(data):
        return float(data)
    if kind is not float and type(data) is kind:
        return data
    origin = get_origin(kind)
    if dataclasses.is_dataclass(kind):
        return _dataclass(cast("type[Any]", kind), data, where)
    if origin is Literal:
        if data not in get_args(kind):
            raise PlainError(f"{where} is {_shown(data)}; choose one of {', '.join(map(str, get_args(kind)))}")
        return data
    if origin is Union or origin is types.UnionType:
        return _union(get_args(kind), data, where)
    if origin is tuple:
        return _tuple(get_args(kind), data, where)
    if origin is dict:
        return _dict(get_args(kind)[1], data, where)
    raise PlainError(f"{where} is {_shown(data)}; {_WORDS.get(kind, kind)} is needed")


def _union(kinds: tuple[Any, ...], data: Any, where: str) -> Any:
    for kind in kinds:
        if type(data) is kind:
            return _value(kind, data, where)
    for kind in kinds:
        try:
            return _value(kind, data, where)
        except PlainError:
            continue
    wanted = " or ".join(_WORDS.get(kind, getattr(kind, "__name__", str(kind))) for kind in kinds)
    raise PlainError(f"{where} is {_shown(data)}; {wanted} is needed")


def _tuple(kinds: tuple[Any, ...], data: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise PlainError(f"{where} is {_shown(data)}; a list is needed")
    entries = cast("list[Any]", data)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_value(kinds[0], entry, f"entry {place} of {where}") for place, entry in enumerate(entries, 1))
    if len(entries) != len(kinds):
        raise PlainError(f"{where} has {len(entries)} entries; {len(kinds)} are needed")
    pairs = zip(kinds, entries, strict=True)
    return tuple(_value(kind, entry, f"entry {place} of {where}") for place, (kind, entry) in enumerate(pairs, 1))


def _dict(kind: Any, data: Any, where: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise PlainError(f"{where} is {_shown(data)}; an object is needed")
    return {key: _value(kind, entry, f"{key} of {where}") for key, entry in cast("dict[str, Any]", data).items()}


def _shown(data: Any) -> str:
    text = json.dumps(data)
    return text if len(text) <= 60 else f"{text[:57]}..."
