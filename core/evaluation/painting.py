"""Many pictures of many prompts from one model, without the events and the keeping of a generation job."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.noise import Noise, pure_noise
from core.diffusion.prediction import Prediction
from core.diffusion.time_grid import TimeGrid
from core.latents.codec import to_uint8
from core.models.picture import Condition, PictureModel
from core.requests import GuidanceSettings
from core.samplers.step import Sampler

BATCH = 16


@dataclass(frozen=True, slots=True)
class Order:
    """One picture to make. layout, style: as in Condition."""

    prompt: str
    seed: int
    layout: str | None
    style: str = ""


def painted(
    model: PictureModel,
    orders: Sequence[Order],
    sampler: Sampler,
    grid: TimeGrid,
    guidance: GuidanceSettings,
    pause_point: Callable[[], None],
) -> Iterator[np.ndarray]:
    """Batches of (B, H, W, 3) uint8 sRGB in the orders' order, in the model's own size.

    The pictures are those that `generate` makes of the same prompt, seed and layout. pause_point: called before each
    network evaluation.
    """
    width, height = model.card.sizes[0]
    shape = model.latent_shape(width, height)
    for start in range(0, len(orders), BATCH):
        batch = orders[start : start + BATCH]
        conditions = [Condition(order.prompt, layout=order.layout, style=order.style) for order in batch]
        denoiser = _Pausing(model.denoiser(conditions, guidance), pause_point)
        noise = Noise([order.seed for order in batch], shape, model.device)
        latent = pure_noise(noise, grid[0])
        for step in sampler(denoiser, latent, grid, noise):
            latent = step.x
        with torch.inference_mode():
            pictures = [to_uint8(model.codec.decode(latent[place : place + 1])) for place in range(len(batch))]
        yield np.concatenate(pictures)


@dataclass(frozen=True, slots=True)
class _Pausing:
    denoiser: Denoiser
    pause_point: Callable[[], None]

    def __call__(self, x: torch.Tensor, level: Level) -> Prediction:
        self.pause_point()
        return self.denoiser(x, level)
