"""How the lanes of a race are told apart: by colour, marker and dash, and by short names."""

from __future__ import annotations

from itertools import count

PART = " · "
"""Between the parts of a lane's name."""


def series_of(samplers: tuple[str, ...], own: dict[str, int]) -> tuple[int, ...]:
    """A sampler keeps its series wherever it appears; a second lane of it, and one without, take those after all."""
    taken, given = set[int](), list[int]()
    spare = count(max(own.values(), default=-1) + 1)
    for sampler in samplers:
        wanted = own.get(sampler, -1)
        given.append(wanted if wanted >= 0 and wanted not in taken else next(spare))
        taken.add(given[-1])
    return tuple(given)


def brief_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """What tells lanes apart, for where there is little room: "Euler · guidance 2" is "guidance 2" among Eulers, and
    "Euler" where no other lane's name begins so."""
    parts = [name.split(PART) for name in names]
    if len({len(each) for each in parts}) != 1:
        return names
    differing = [column for column in zip(*parts, strict=True) if len(set(column)) > 1]
    telling = next((column for column in differing if len(set(column)) == len(names)), None)
    if telling is not None:
        return tuple(telling)
    return tuple(PART.join(own) for own in zip(*differing, strict=True)) if differing else names
