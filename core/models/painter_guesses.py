"""A painter under a batch's conditions, as guidance asks for it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from core.diffusion.guidance import Guess, GuidanceError
from core.diffusion.level import Level
from core.diffusion.parameterization import Parameterization, to_prediction
from core.diffusion.prediction import Prediction
from core.networks.painter import Conditions, Painter

ROUNDING = 1e-9
"""A run's fraction done is a difference of floats; a change at 0.4 must not come a step late for that."""

Rows = list[tuple[Conditions, float]]
"""What makes one guess of one item: conditions of a network's row each, and how much that row counts."""


@dataclass(frozen=True, slots=True)
class Course:
    """Conditions of one item by the run's fraction done: given[i] from starts[i] on, the first from 0.0."""

    starts: tuple[float, ...]
    given: tuple[Conditions, ...]

    def at(self, level: Level) -> Conditions:
        """The fraction done is 1 - t, as for the guidance interval: the same noise at any step count, on any grid."""
        return self.given[bisect_right(self.starts, 1.0 - level.t + ROUNDING) - 1]


@dataclass(frozen=True, slots=True)
class Said:
    """What one guess is told: one course, or several whose outputs are added up, with weights that sum to 1.

    Every parameterization reads a network's output by an affine map at a given state, so outputs add up as guesses
    do. Source of adding up: Liu et al. 2022 (arXiv:2206.01714), eq. 11.
    """

    courses: tuple[tuple[Course, float], ...]

    def at(self, level: Level) -> Rows:
        return [(course.at(level), weight) for course, weight in self.courses]

    def put_out(self) -> Said:
        """The same with the network's self-attention put out."""
        courses = (
            (replace(course, given=tuple(one.put_out() for one in course.given)), weight)
            for course, weight in self.courses
        )
        return Said(tuple(courses))


class Painting(Protocol):
    """The model whose painter it is."""

    @property
    def painter(self) -> Painter: ...

    @property
    def parameterization(self) -> Parameterization: ...


@dataclass(frozen=True, slots=True)
class PainterGuesses:
    """said: of each item. weak: the network that WEAK asks, which has conditions of its own."""

    model: Painting
    said: tuple[dict[Guess, Said], ...]
    weak: Painter | None = None

    def guesses(self, x: Tensor, level: Level, asked: tuple[Guess, ...]) -> tuple[Prediction, ...]:
        shared = [guess for guess in asked if guess is not Guess.WEAK]
        outputs = self._outputs(self.model.painter, x, level, shared)
        if Guess.WEAK in asked:
            if self.weak is None:
                raise GuidanceError("the model has no weaker network; choose another method of guidance than auto")
            outputs |= self._outputs(self.weak, x, level, [Guess.WEAK])
        return tuple(to_prediction(self.model.parameterization, outputs[guess], x, level) for guess in asked)

    def _outputs(self, painter: Painter, x: Tensor, level: Level, asked: Sequence[Guess]) -> dict[Guess, Tensor]:
        wanted = [[said[guess].at(level) for guess in asked] for said in self.said]
        whole = _paint(painter, x, level, wanted)
        return {guess: whole[:, place] for place, guess in enumerate(asked)}


@torch.inference_mode()
def _paint(painter: Painter, x: Tensor, level: Level, wanted: Sequence[Sequence[Rows]]) -> Tensor:
    """(B, K, C, h, w): the outputs for the K guesses of each item.

    CPU convolutions may round otherwise for another batch size, so there each item is a batch of its own.
    """
    flat = [[given for rows in item for given, _ in rows] for item in wanted]
    parts: Sequence[Tensor]
    if x.device.type == "cpu":
        parts = [
            _call(painter, state.expand(len(own), *state.shape), level, own) for state, own in zip(x, flat, strict=True)
        ]
    else:
        times = [len(own) for own in flat]
        states = torch.cat([state.expand(count, *state.shape) for state, count in zip(x, times, strict=True)])
        whole = _call(painter, states, level, [given for own in flat for given in own])
        parts = torch.split(whole, times)  # pyright: ignore[reportUnknownMemberType]
    return torch.stack([_added_up(part, rows) for part, rows in zip(parts, wanted, strict=True)])


def _call(painter: Painter, x: Tensor, level: Level, given: list[Conditions]) -> Tensor:
    t = torch.full((len(x),), level.t, device=x.device)
    return painter.paint(x.contiguous(memory_format=torch.channels_last), t, Conditions.joined(given))


def _added_up(outputs: Tensor, guesses: Sequence[Rows]) -> Tensor:
    """(K, C, h, w) from the rows of one item."""
    if all(len(rows) == 1 for rows in guesses):
        return outputs
    made, place = list[Tensor](), 0
    for rows in guesses:
        own = outputs[place : place + len(rows)]
        place += len(rows)
        if len(rows) == 1:
            made.append(own[0])
        else:
            made.append(torch.stack([weight * row for row, (_, weight) in zip(own, rows, strict=True)]).sum(0))
    return torch.stack(made)
