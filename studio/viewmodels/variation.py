"""Turns of start noise in words, with angles in degrees."""

from __future__ import annotations

from core.requests import ImageRequest
from core.turns import Turn
from studio.viewmodels import wording

DIRECTIONS = (
    "upper left", "above", "upper right", "left", "the middle", "right", "lower left", "below", "lower right",
)  # fmt: skip
RIGHT_ANGLE = 90.0


def degrees(radius: float) -> str:
    """A part of a right angle: 45°, 22.5°, 1.4°."""
    return f"{RIGHT_ANGLE * radius:.1f}".removesuffix(".0") + "°"


def way(turns: tuple[Turn, ...]) -> str:
    """ "left 45°, then above 22.5°", "" for none."""
    return ", then ".join(f"{DIRECTIONS[turn.place]} {degrees(turn.radius)}" for turn in turns)


def turned_words(turns: tuple[Turn, ...]) -> str:
    """ "Noise turned once", "Noise turned 3 times", "" for not at all."""
    return f"Noise turned {'once' if len(turns) == 1 else f'{len(turns)} times'}" if turns else ""


def neighbourhood_words(request: ImageRequest) -> str:
    """How far the pictures of a neighbourhood lie from their middle, and that from its seed or branch."""
    each = f"Each {degrees(request.neighbours)} of noise from the middle"
    return f"{each}, {_turns_from(request)}" if request.turns else each


def around_words(request: ImageRequest, prompt: str) -> str:
    """What the neighbourhood lies around."""
    return f"Around {prompt}, {_turns_from(request)}" if request.turns else f"Around {prompt}"


def _turns_from(request: ImageRequest) -> str:
    begun = "its seed" if request.branch is None else f"its branch at step {request.branch.step}"
    return f"{wording.count(len(request.turns), 'turn')} from {begun}"
