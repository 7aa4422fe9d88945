"""What a sweep is asked for: a picture's settings, and the axes along which some of them vary. No torch here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from core.errors import RequestError
from core.requests import ImageRequest

MAX_AXES = 3
MAX_VALUES = 200
"""Of one axis."""
MAX_CELLS = 2000
NAMES = ("X", "Y", "Z")


@dataclass(frozen=True, slots=True)
class Axis:
    """setting: by its name in `core.sweeps.settings`. values: as they are typed, each one once."""

    setting: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.values) <= MAX_VALUES:
            raise RequestError(f"{len(self.values)} values of {self.setting} given; an axis has 1 to {MAX_VALUES}")
        seen = set[str]()
        for value in self.values:
            if value in seen:
                raise RequestError(f"{self.setting} {value!r} is given twice; name each value once")
            seen.add(value)


@dataclass(frozen=True, slots=True)
class SweepRequest:
    """One picture for each combination of the axes' values.

    base: what does not vary; its count means nothing. axes: X goes across, Y down, Z from one sheet to the next.
    """

    base: ImageRequest
    axes: tuple[Axis, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.axes) <= MAX_AXES:
            raise RequestError(f"{len(self.axes)} axes given; a sweep has 1 to {MAX_AXES}: X, Y and Z")
        names = [axis.setting for axis in self.axes]
        for name in names:
            if names.count(name) > 1:
                raise RequestError(f"{name} is on two axes; choose another setting for one of them")
        if self.total > MAX_CELLS:
            raise RequestError(f"{self.total} cells asked for; a sweep has at most {MAX_CELLS}, so give fewer values")
        if self.base.branch is not None or self.base.neighbours:
            raise RequestError("a sweep begins from noise or a picture; leave out branch and neighbours")

    @property
    def shape(self) -> tuple[int, int, int]:
        """How many values X, Y and Z have; 1 for an axis that isn't there."""
        x, y, z = (*(len(axis.values) for axis in self.axes), 1, 1)[:MAX_AXES]
        return x, y, z

    @property
    def total(self) -> int:
        """How many cells there are."""
        return prod(len(axis.values) for axis in self.axes)

    def place(self, cell: int) -> tuple[int, int, int]:
        """Where a cell stands on X, Y and Z, each from 0. Cells are counted across, then down, then by sheets."""
        x, y, _ = self.shape
        return cell % x, cell // x % y, cell // (x * y)

    def values(self, cell: int) -> tuple[str, ...]:
        """The value of each axis there."""
        return tuple(axis.values[at] for axis, at in zip(self.axes, self.place(cell), strict=False))


def in_order(axes: Sequence[Axis | None]) -> tuple[Axis, ...]:
    """X, Y and Z without those that are not given. Raises RequestError where one is given after one that is not."""
    given = tuple(axis for axis in axes if axis is not None)
    if any(axis is None for axis in axes[: len(given)]):
        gap = next(place for place, axis in enumerate(axes) if axis is None)
        raise RequestError(f"{NAMES[gap + 1]} is given without {NAMES[gap]}; give {NAMES[gap]} first")
    return given


def sweep_of(job_id: str) -> str:
    """The job whose cell has this id; "" for what is no cell's."""
    found = re.fullmatch(r"(.+)-c\d{4}", job_id)
    return found[1] if found else ""


def cell_job(job_id: str, cell: int) -> str:
    """The id under which a cell's picture and steps are kept. cell: from 0."""
    return f"{job_id}-c{cell + 1:04d}"
