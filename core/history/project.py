"""A project: a named set of pictures. No database here: the window checks names as they are typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import NoisetteError

LONGEST_NAME = 60
"""Letters of a project's name."""


class ProjectError(NoisetteError):
    """A project's name can't be taken, or there is no such project."""


@dataclass(frozen=True, slots=True)
class Project:
    """number: never given twice in one history. count: its pictures outside the bin."""

    number: int
    name: str
    count: int = 0


def checked_name(text: str, taken: Iterable[str] = ()) -> str:
    """The name as it is kept: no space at its ends, single spaces within.

    taken: the other projects' names; they differ by more than capitals. Raises ProjectError: value, rule, remedy.
    """
    name = " ".join(text.split())
    if not name:
        raise ProjectError(f"a project's name is empty; give it 1 to {LONGEST_NAME} letters")
    if len(name) > LONGEST_NAME:
        raise ProjectError(f"the name has {len(name)} letters; a project's has at most {LONGEST_NAME}, so shorten it")
    if not name.isprintable():
        raise ProjectError(f"the name {name!r} holds what can't be shown; use letters, digits and signs")
    for other in taken:
        if other.casefold() == name.casefold():
            raise ProjectError(f"there is a project “{other}” already; choose another name")
    return name
