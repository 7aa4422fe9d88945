"""Guidance: a model's guesses put together into the one that a sampler sees."""

from core.diffusion.guidance.guesses import Guess, Guidable, GuidanceError
from core.diffusion.guidance.guided import GuidedDenoiser, guidance_acts

__all__ = ["Guess", "Guidable", "GuidanceError", "GuidedDenoiser", "guidance_acts"]
