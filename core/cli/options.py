"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import typer

from core.artifacts.artifact import FIRST_PROJECT
from core.cli.output import remark
from core.engine import Engine
from core.errors import RequestError
from core.history.project import Project as HistoryProject
from core.history.project import ProjectError
from core.requests import MAX_COUNT, Branch

PrecisionName = Literal["auto", "float32"]
DeviceName = Literal["auto", "cpu", "cuda", "mps"]

Device = Annotated[DeviceName, typer.Option(help="Where to compute.")]
Project = Annotated[str, typer.Option(help="Put the pictures there; a new name makes one.  [default: the first]")]
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


def read_branch(text: str, item: int) -> Branch:
    """ "20261121-040353-9f31c2a7:12" -> the state after step 12 of that job's picture `item` (from 1).

    An artifact's id, with its number at the end, names job and picture at once. Raises RequestError.
    """
    name, colon, step = text.rpartition(":")
    if not colon or not re.fullmatch(r"\d{1,4}", step):
        raise RequestError(f"branch {text!r} is not ID:STEP; give for example 20261121-040353-9f31c2a7-01:12")
    numbered = re.fullmatch(r"(.+-[0-9a-f]{8}(?:-c\d{4})?)-(\d\d)", name)
    if numbered is not None:
        name, item = numbered[1], int(numbered[2])
    if not 1 <= item <= MAX_COUNT:
        raise RequestError(f"picture {item} of the job is out of range; give 1 to {MAX_COUNT}")
    return Branch(name, item - 1, int(step))


def project_named(engine: Engine, name: str) -> HistoryProject:
    """The project of that name, made where there is none; the first for "". Raises ProjectError for no name at all."""
    projects = engine.history.projects
    if not name:
        return projects.get(FIRST_PROJECT)
    try:
        return projects.named(name)
    except ProjectError:
        made = projects.add(name)
        remark(f"made the project “{made.name}”")
        return made
