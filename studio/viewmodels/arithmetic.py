"""Sums typed into a number field: "24*2", "1/3 + 0.5". Nothing but numbers and + - * / ( )."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable

from core.errors import NoisetteError

_OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}

_SUM = re.compile(r"[0-9.+\-*/() ]+")


class SumError(NoisetteError):
    """The text is no sum of numbers."""


def evaluate(text: str) -> float:
    """The value of a sum; a unit after it is dropped, thin spaces and a true minus sign are read.

    Raises SumError: value, rule, remedy.
    """
    plain = text.replace("\u2009", "").replace("\u2212", "-").replace(",", ".").strip()
    plain = plain.rstrip("abcdefghijklmnopqrstuvwxyz% ")
    if len(plain) > 60 or not _SUM.fullmatch(plain):
        raise SumError(f"{text!r} is not a number; write one, or a sum such as 24*2")
    try:
        return _value(ast.parse(plain.replace(" ", ""), mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError, RecursionError, MemoryError) as error:
        raise SumError(f"{text!r} is not a number; write one, or a sum such as 24*2") from error


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_value(inner)
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _value(inner)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATIONS:
            return _OPERATIONS[type(sign)](_value(left), _value(right))
        case _:
            raise ValueError(type(node).__name__)
