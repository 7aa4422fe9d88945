"""Typed values of an axis: lists, ranges, quoted text. A parser of our own; no torch here.

1..9            1, 2, 3, ..., 9          1-9           the same, as A1111 writes it
1..9:2          1, 3, 5, 7, 9            1-9 (+2)      the same, as is 1-9:+2
9..1:2          9, 7, 5, 3, 1            9-1 (-2)      the same
0.5..2 in 4     0.5, 1, 1.5, 2           0.5-2 [4]     the same
euler, heun     two words                "a, b", "c"   texts that hold commas; "" in quotes is one quote
"""

from __future__ import annotations

import re
from fractions import Fraction

from core.errors import RequestError
from core.sweeps.request import MAX_VALUES

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
_OURS = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})(?:\s*:\s*({_NUMBER})|\s+in\s+(\d{{1,6}}))?")
_A1111 = re.compile(rf"({_NUMBER})\s*-\s*({_NUMBER})(?:\s*\(\s*({_NUMBER})\s*\)|\s*\[\s*(\d{{1,6}})\s*\])?")
_MIXED = re.compile(rf"({_NUMBER})\s*-\s*({_NUMBER})\s*:\s*({_NUMBER})()")
_QUOTE = '"'
EXAMPLE = "4..12:4, 20"


def read_texts(text: str) -> tuple[str, ...]:
    """'red, "a, b"' -> ("red", "a, b"). Raises RequestError for an empty value or an open quote."""
    values, rest, more = list[str](), text.strip(), True
    while more:
        value, rest, more = _first(rest, len(values) + 1)
        values.append(value)
        _check_count(len(values))
    return tuple(values)


def write_texts(values: tuple[str, ...]) -> str:
    """What `read_texts` reads as these."""
    return ", ".join(_quoted(value) for value in values)


def read_numbers(text: str, *, whole: bool = False) -> tuple[str, ...]:
    """ "1..3, 8" -> ("1", "2", "3", "8"): numbers in their shortest form, each as often as it is named.

    whole: a range of so many values is rounded to whole numbers; any other that is not whole raises. Raises
    RequestError: value, rule, remedy.
    """
    values = list[str]()
    for part in text.split(","):
        values.extend(_shown(number, part, whole=whole) for number in _numbers(part.strip(), whole=whole))
        _check_count(len(values))
    return tuple(values)


def _first(text: str, number: int) -> tuple[str, str, bool]:
    """The first value, what follows its comma, and whether one follows."""
    if not text.startswith(_QUOTE):
        value, comma, rest = text.partition(",")
        if not value.strip():
            raise RequestError(f'value {number} is empty; write "" for an empty text, or take the comma away')
        return value.strip(), rest.strip(), bool(comma)
    closed = re.match(r'"((?:[^"]|"")*)"\s*(,?)', text)
    if closed is None:
        raise RequestError(f"the quote before {text[1:40]!r} is not closed; put another one behind it")
    rest = text[closed.end() :].strip()
    if rest and not closed[2]:
        raise RequestError(f"{rest[:40]!r} follows a quoted text; put a comma between them")
    return closed[1].replace('""', _QUOTE), rest, bool(closed[2])


def _quoted(value: str) -> str:
    plain = value and value == value.strip() and "," not in value and not value.startswith(_QUOTE)
    return value if plain else _QUOTE + value.replace(_QUOTE, '""') + _QUOTE


def _numbers(part: str, *, whole: bool) -> list[Fraction]:
    if not part:
        raise RequestError(f"a value is empty; write numbers with commas between, for example {EXAMPLE}")
    if re.fullmatch(_NUMBER, part):
        return [Fraction(part)]
    found = _OURS.fullmatch(part) or _A1111.fullmatch(part) or _MIXED.fullmatch(part)
    if found is None:
        raise RequestError(f"{part[:40]!r} is neither a number nor a range; write for example {EXAMPLE}")
    first, last = Fraction(found[1]), Fraction(found[2])
    if found[4]:
        return _evenly(first, last, int(found[4]), part, whole=whole)
    return _stepped(first, last, Fraction(found[3]) if found[3] else None, part)


def _stepped(first: Fraction, last: Fraction, step: Fraction | None, part: str) -> list[Fraction]:
    """The step's sign may be left out of a falling range."""
    if step == 0:
        raise RequestError(f"{part!r} has steps of 0; give a step above 0")
    if step is not None and step < 0 and last > first:
        raise RequestError(f"{part!r} leads away from {_plain(last)}; give a step above 0")
    size = abs(step) if step is not None else Fraction(1)
    count = int(abs(last - first) / size) + 1
    _check_count(count)
    return [first + (size if last >= first else -size) * at for at in range(count)]


def _evenly(first: Fraction, last: Fraction, count: int, part: str, *, whole: bool) -> list[Fraction]:
    _check_count(count)
    if count < 2:
        raise RequestError(f"{part!r} asks for {count} values; ask for 2 or more, or write one number")
    numbers = [first + (last - first) * at / (count - 1) for at in range(count)]
    return [Fraction(round(number)) for number in numbers] if whole else numbers


def _shown(number: Fraction, part: str, *, whole: bool) -> str:
    if whole and number.denominator != 1:
        raise RequestError(f"{_plain(number)} in {part.strip()!r} is not a whole number; give whole numbers")
    return _plain(number)


def _plain(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else repr(float(number))


def _check_count(count: int) -> None:
    if count > MAX_VALUES:
        said = count if count < 10**6 else "very many"
        raise RequestError(f"{said} values given; an axis has at most {MAX_VALUES}, so take a larger step")
