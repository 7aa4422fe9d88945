"""What guidance may ask of a model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol, runtime_checkable

from torch import Tensor

from core.diffusion.level import Level
from core.diffusion.prediction import Prediction
from core.errors import NoisetteError


class GuidanceError(NoisetteError):
    """A model can't make the guesses that a method of guidance needs."""


class Guess(Enum):
    """PROMPTED: with all conditions. LEFT_OUT: with what is to be left out in place of the prompt, or nothing.

    EMPTY: without words. WEAK: a weaker network's, with all conditions. PERTURBED: with all conditions, and every
    token of the network's self-attention seeing itself alone.
    """

    PROMPTED = "prompted"
    LEFT_OUT = "left out"
    EMPTY = "empty"
    WEAK = "weak"
    PERTURBED = "perturbed"


class Guidable(Protocol):
    """A model that can guess in several ways at once."""

    def guesses(self, x: Tensor, level: Level, asked: tuple[Guess, ...]) -> tuple[Prediction, ...]:
        """One guess for each that is asked, in that order: (B, *shape) each, from one network call on len(asked) times
        the batch of x. Only WEAK is a call of its own. Raises GuidanceError for what the model can't make."""
        ...


@dataclass(frozen=True, slots=True)
class WordsSeen:
    """What the network read of the prompts in one call, as `core.dissection.Reading` has it, still on the device.

    words: of each item. maps: one a layer, (B, 1 + T, h, w). stir: (layers, B).
    """

    words: tuple[tuple[str, ...], ...]
    layers: tuple[str, ...]
    maps: tuple[Tensor, ...]
    stir: Tensor


@runtime_checkable
class ReadsWords(Guidable, Protocol):
    """A model whose network looks at words, and can say which cell looks at which."""

    def guesses_and_words(
        self, x: Tensor, level: Level, asked: tuple[Guess, ...]
    ) -> tuple[tuple[Prediction, ...], WordsSeen | None]:
        """The same guesses to the bit, and what PROMPTED read of the words; None where its network reads none."""
        ...
