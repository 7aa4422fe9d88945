"""A painter under a batch's conditions, as guidance asks for it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor

from core.diffusion.guidance import Guess, GuidanceError, WordsSeen
from core.diffusion.level import Level
from core.diffusion.parameterization import Parameterization, to_prediction
from core.diffusion.prediction import Prediction
from core.models.words_seen import words_seen
from core.networks.blocks import WordLook
from core.networks.painter import Conditions

ROUNDING = 1e-9
"""A run's fraction done is a difference of floats; a change at 0.4 must not come a step late for that."""

Rows = list[tuple[Conditions, float]]
"""What makes one guess of one item: conditions of a network's row each, and how much that row counts."""
Looks = list[list[WordLook]]
"""What each item's rows read of the words: one entry an item and layer."""


@dataclass(frozen=True, slots=True)
class Course:
    """Conditions of one item by the run's fraction done: given[i] from starts[i] on, the first from 0.0.

    words: what each of them was read from, token by token.
    """

    starts: tuple[float, ...]
    given: tuple[Conditions, ...]
    words: tuple[tuple[str, ...], ...]

    def at(self, level: Level) -> Conditions:
        return self.given[self._place(level)]

    def words_at(self, level: Level) -> tuple[str, ...]:
        return self.words[self._place(level)]

    def _place(self, level: Level) -> int:
        """The fraction done is 1 - t, as for the guidance interval: the same noise at any step count, on any grid."""
        return bisect_right(self.starts, 1.0 - level.t + ROUNDING) - 1


@dataclass(frozen=True, slots=True)
class Said:
    """What one guess is told: one course, or several whose outputs are added up, with weights that sum to 1.

    Every parameterization reads a network's output by an affine map at a given state, so outputs add up as guesses
    do. Source of adding up: Liu et al. 2022 (arXiv:2206.01714), eq. 11.
    """

    courses: tuple[tuple[Course, float], ...]

    def at(self, level: Level) -> Rows:
        return [(course.at(level), weight) for course, weight in self.courses]

    def words_at(self, level: Level) -> list[tuple[str, ...]]:
        """Of each row."""
        return [course.words_at(level) for course, _ in self.courses]

    def put_out(self) -> Said:
        """The same with the network's self-attention put out."""
        courses = (
            (replace(course, given=tuple(one.put_out() for one in course.given)), weight)
            for course, weight in self.courses
        )
        return Said(tuple(courses))


class Paints(Protocol):
    """A network that reads conditions, whatever else it is."""

    def paint(self, x: Tensor, t: Tensor, given: Conditions, looks: list[WordLook] | None = None) -> Tensor:
        """As `Painter.paint`."""
        ...


class Painting(Protocol):
    """The model whose painter it is."""

    @property
    def painter(self) -> Paints: ...

    @property
    def parameterization(self) -> Parameterization: ...


@dataclass(frozen=True, slots=True)
class PainterGuesses:
    """said: of each item. weak: the network that WEAK asks, which has conditions of its own."""

    model: Painting
    said: tuple[dict[Guess, Said], ...]
    weak: Paints | None = None

    def guesses(self, x: Tensor, level: Level, asked: tuple[Guess, ...]) -> tuple[Prediction, ...]:
        return self._guesses(x, level, asked, None)

    def guesses_and_words(
        self, x: Tensor, level: Level, asked: tuple[Guess, ...]
    ) -> tuple[tuple[Prediction, ...], WordsSeen | None]:
        looks = Looks()
        made = self._guesses(x, level, asked, looks)
        shared = [guess for guess in asked if guess is not Guess.WEAK]
        firsts = [
            sum(len(said[guess].courses) for guess in shared[: shared.index(Guess.PROMPTED)]) for said in self.said
        ]
        words = [said[Guess.PROMPTED].words_at(level) for said in self.said]
        return made, words_seen(looks, firsts, words) if looks and looks[0] else None

    def _guesses(
        self, x: Tensor, level: Level, asked: tuple[Guess, ...], looks: Looks | None
    ) -> tuple[Prediction, ...]:
        """looks: where to put what the painter's own guesses read of the words."""
        shared = [guess for guess in asked if guess is not Guess.WEAK]
        outputs = self._outputs(self.model.painter, x, level, shared, looks)
        if Guess.WEAK in asked:
            if self.weak is None:
                raise GuidanceError("the model has no weaker network; choose another method of guidance than auto")
            outputs |= self._outputs(self.weak, x, level, [Guess.WEAK], None)
        return tuple(to_prediction(self.model.parameterization, outputs[guess], x, level) for guess in asked)

    def _outputs(
        self, painter: Paints, x: Tensor, level: Level, asked: Sequence[Guess], looks: Looks | None
    ) -> dict[Guess, Tensor]:
        wanted = [[said[guess].at(level) for guess in asked] for said in self.said]
        whole = _paint(painter, x, level, wanted, looks)
        return {guess: whole[:, place] for place, guess in enumerate(asked)}


@torch.inference_mode()
def _paint(painter: Paints, x: Tensor, level: Level, wanted: Sequence[Sequence[Rows]], looks: Looks | None) -> Tensor:
    """(B, K, C, h, w): the outputs for the K guesses of each item.

    CPU convolutions may round otherwise for another batch size, so there each item is a batch of its own.
    """
    flat = [[given for rows in item for given, _ in rows] for item in wanted]
    parts: Sequence[Tensor]
    if x.device.type == "cpu":
        seen: Looks = [[] for _ in flat]
        parts = [
            painter_call(painter, state.expand(len(own), *state.shape), level, own, None if looks is None else mine)
            for state, own, mine in zip(x, flat, seen, strict=True)
        ]
    else:
        times = [len(own) for own in flat]
        states = torch.cat([state.expand(count, *state.shape) for state, count in zip(x, times, strict=True)])
        together: list[WordLook] = []
        given = [given for own in flat for given in own]
        whole = painter_call(painter, states, level, given, None if looks is None else together)
        parts = torch.split(whole, times)  # pyright: ignore[reportUnknownMemberType]
        seen = by_item(together, times)
    if looks is not None:
        looks.extend(seen)
    return torch.stack([_added_up(part, rows) for part, rows in zip(parts, wanted, strict=True)])


def painter_call(
    painter: Paints, x: Tensor, level: Level, given: list[Conditions], looks: list[WordLook] | None
) -> Tensor:
    t = torch.full((len(x),), level.t, device=x.device)
    return painter.paint(x.contiguous(memory_format=torch.channels_last), t, Conditions.joined(given), looks)


def by_item(together: list[WordLook], times: list[int]) -> Looks:
    """The looks of one call on all items, times[i] rows of the i-th, apart."""
    edges = [sum(times[:place]) for place in range(len(times) + 1)]
    return [
        [WordLook(look.shares[start:end], look.stir[start:end], look.layer) for look in together]
        for start, end in pairwise(edges)
    ]


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
