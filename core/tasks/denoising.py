"""The model's side of a run: conditions, guidance, pause points, and a watch over the numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.artifacts.trajectory import RunItem
from core.colour import AS_DECODED, ColourSettings
from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.prediction import Prediction
from core.diffusion.time_grid import TimeGrid
from core.errors import GenerationError
from core.jobs.context import JobContext
from core.jobs.event import Preview
from core.latents.codec import ClearGround, LatentCodec, to_uint8
from core.latents.grading import graded
from core.models.picture import Condition
from core.requests import ImageRequest
from core.samplers.step import Step
from core.tasks.preparing import Plan


@dataclass(frozen=True, slots=True)
class PausingDenoiser:
    """Passes a pause point before each network evaluation, so that no sampler keeps a cancellation waiting longer."""

    denoiser: Denoiser
    pause_point: Callable[[], None]

    def __call__(self, x: Tensor, level: Level) -> Prediction:
        self.pause_point()
        x0, eps = self.denoiser(x, level)
        # One order in memory, whatever the network's: a run that goes on from a kept state then adds up alike.
        return Prediction(x0.contiguous(), eps)


def denoiser_of(
    plan: Plan, items: Sequence[RunItem], request: ImageRequest, context: JobContext, levels: TimeGrid
) -> PausingDenoiser:
    """levels: of the whole run."""
    conditions = [Condition(item.prompt, item.negative_prompt, item.layout, request.style) for item in items]
    return PausingDenoiser(plan.model.denoiser(conditions, request.guidance, levels), context.pause_point)


@torch.no_grad()
def decoded(codec: LatentCodec, latent: Tensor) -> Tensor:
    return codec.decode(latent)


@torch.no_grad()
def decoded_with_alpha(codec: LatentCodec, latent: Tensor) -> tuple[Tensor, np.ndarray | None]:
    """What `decoded` gives, and of a codec that knows it, how opaque each pixel is: (B, H, W) uint8."""
    if not isinstance(codec, ClearGround):
        return codec.decode(latent), None
    whole = codec.pictures(latent)
    return whole[:, :3], to_uint8(whole[:, 3:])[..., 0]


@torch.no_grad()
def look_at(job: str, step: Step, codec: LatentCodec, colour: ColourSettings = AS_DECODED) -> Preview:
    """The noisy state is brought to unit variance, or noise of any schedule would look like mere clipping.

    colour: of the finished picture, which its clean guess has too; it needs the decoder's own numbers.
    """
    level = step.level
    norm = (level.alpha**2 + level.sigma**2) ** 0.5
    if colour != AS_DECODED:
        clean, noisy = graded(codec.decode(step.x0), colour), codec.preview(step.x / norm)
        return Preview(job, step.index, step.total, level.sigma, level.log_snr, clean, noisy)
    if not level.sigma and torch.equal(step.x, step.x0):
        # Most samplers end on their last guess: one look serves for both.
        alike = codec.preview(step.x0)
        return Preview(job, step.index, step.total, level.sigma, level.log_snr, alike, alike)
    both = codec.preview(torch.cat((step.x0, step.x / norm)))
    clean, noisy = both[: len(step.x)], both[len(step.x) :]
    return Preview(job, step.index, step.total, level.sigma, level.log_snr, clean, noisy)


def check_finite(step: Step) -> None:
    """Raises GenerationError where numbers have broken up."""
    if not bool(torch.isfinite(step.x).all()):
        raise GenerationError(
            f"the picture broke up at step {step.index + 1} of {step.total} (its state is no longer finite); "
            "lower the guidance scale, or choose another sampler or more steps"
        )
