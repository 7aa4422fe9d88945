"""Guidance: a model's guesses put together into the one that a sampler sees."""

from core.diffusion.guidance.guesses import Guess, Guidable, GuidanceError, ReadsWords, WordsSeen
from core.diffusion.guidance.guided import GuidedDenoiser, Parts, guidance_acts

__all__ = [
    "Guess",
    "Guidable",
    "GuidanceError",
    "GuidedDenoiser",
    "Parts",
    "ReadsWords",
    "WordsSeen",
    "guidance_acts",
]
