"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import typer

from core.errors import RequestError

DeviceName = Literal["auto", "cpu", "cuda", "mps"]

Device = Annotated[DeviceName, typer.Option(help="Where to compute.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def read_size(text: str) -> tuple[int, int]:
    """ "128x96" -> (128, 96): width, height in pixels. Raises RequestError."""
    match = re.fullmatch(r"(\d{1,6})[x×](\d{1,6})", text.strip().lower())
    if match is None:
        raise RequestError(f"size {text!r} is not WIDTHxHEIGHT; give for example 128x128")
    return int(match[1]), int(match[2])


def read_interval(text: str) -> tuple[float, float]:
    """ "0.1:0.8" -> (0.1, 0.8). Raises RequestError."""
    start, colon, end = text.partition(":")
    try:
        if not colon:
            raise ValueError
        return float(start), float(end)
    except ValueError:
        raise RequestError(f"guidance interval {text!r} is not START:END; give for example 0.1:0.8") from None


def read_numbers(text: str, kind: type[Any], name: str) -> tuple[Any, ...]:
    """ "8,20" -> (8, 20). Raises RequestError."""
    try:
        return tuple(kind(part) for part in text.split(","))
    except ValueError:
        raise RequestError(f"{name} {text!r} is not a list of numbers; give for example 8,20") from None
