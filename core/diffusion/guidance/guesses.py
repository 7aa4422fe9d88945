"""What guidance may ask of a model."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

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
