"""Turns of start noise: how one picture of a 3 x 3 neighbourhood follows from the one in its middle. No torch here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.errors import RequestError

NEIGHBOURS = 9
"""Pictures of a neighbourhood, 3 x 3."""
CENTRE = 4
"""Which of them is the unchanged one."""
MAX_TURNS = 64

FirstTurn = Literal["great_circle", "sum"]
"""How a picture's first turn is made; those that follow keep to the great circle.

sum: own * cos + aside * sin with an aside that is neither brought to a right angle nor to one length, as editions made
it that knew one turn alone. Their pictures can so be made again, and varied on.
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """From the middle of a neighbourhood to one of its places.

    place: 0 to 8, row by row from the upper left, but for the middle itself.
    radius: how far, as a part of a right angle.
    """

    place: int
    radius: float

    def __post_init__(self) -> None:
        if not 0 <= self.place < NEIGHBOURS or self.place == CENTRE:
            raise RequestError(
                f"place {self.place} to turn to is not one; give 0 to {NEIGHBOURS - 1}, but for the middle, {CENTRE}"
            )
        if not 0.0 < self.radius <= 1.0:
            raise RequestError(f"radius {self.radius:g} of a turn is out of range; give more than 0, up to 1")


def check_turns(turns: tuple[Turn, ...]) -> None:
    """Raises RequestError for more than a recipe should hold."""
    if len(turns) > MAX_TURNS:
        raise RequestError(f"{len(turns)} turns requested; give up to {MAX_TURNS}")


def write_turns(turns: tuple[Turn, ...]) -> str:
    """ "3:0.5,7:0.25", exactly."""
    return ",".join(f"{turn.place}:{repr(turn.radius).removesuffix('.0')}" for turn in turns)


def read_turns(text: str) -> tuple[Turn, ...]:
    """ "3:0.5,7:0.25" -> (Turn(3, 0.5), Turn(7, 0.25)). Raises RequestError."""
    turns = list[Turn]()
    for part in text.split(","):
        place, _, radius = part.partition(":")
        try:
            turns.append(Turn(int(place), float(radius)))
        except ValueError:
            raise RequestError(f"turn {part!r} is not PLACE:RADIUS; give for example 3:0.5,7:0.25") from None
    return tuple(turns)
