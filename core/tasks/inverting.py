"""A picture taken back to noise with a loaded model, and the way there and back measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from core.artifacts.atomic import write_atomically
from core.diffusion.denoiser import Denoiser
from core.diffusion.inversion import ddim_inversion, fixed_point_inversion, round_trip
from core.diffusion.level import Level
from core.diffusion.prediction import Prediction
from core.diffusion.time_grid import time_grid
from core.latents.codec import to_uint8
from core.models.loader import load_model
from core.models.picture import Condition
from core.models.registry import ModelRegistry
from core.requests import Device, GuidanceSettings

NEAR_ENOUGH = 1e-5
"""Root mean square by which a step may be missed in float32."""


@dataclass(frozen=True, slots=True)
class Inverted:
    """noise: (C, h, w) float32, at the run's first level. latent_error, pixel_error: root mean squares there and back.

    unsolved: the most that a step's equation was missed by. evaluations: of the way back, without the measurement.
    """

    noise: Tensor
    latent_error: float
    pixel_error: float
    unsolved: float
    evaluations: int

    def save(self, path: Path) -> None:
        """As .npy, atomically."""
        held = BytesIO()
        np.save(held, self.noise.cpu().numpy())
        write_atomically(path, lambda file: file.write(held.getvalue()))


@dataclass(slots=True)
class _Counting:
    denoiser: Denoiser
    calls: int = field(default=0)

    def __call__(self, x: Tensor, level: Level) -> Prediction:
        self.calls += 1
        return self.denoiser(x, level)


@torch.no_grad()
def inverted(
    registry: ModelRegistry,
    model_id: str,
    pixels: np.ndarray,
    prompt: str,
    grid_name: str,
    steps: int,
    guidance: GuidanceSettings,
    way: Literal["exact", "ddim"],
    tries: int,
    device: Device = "auto",
) -> Inverted:
    """pixels: (H, W, 3) uint8 sRGB, of the model's size. A model that plans reads the layout planned for the prompt.

    Raises NoisetteError kinds: value, rule, remedy.
    """
    model = load_model(registry, model_id, device)
    grid = time_grid(grid_name, model.schedule, steps)
    layout = model.plan(prompt, 0) if prompt else None
    denoiser = _Counting(model.denoiser([Condition(prompt, layout=layout)], guidance, grid))
    image = torch.from_numpy(pixels).permute(2, 0, 1)[None].to(model.device).float() / 127.5 - 1.0
    latent = model.codec.encode(image).float()
    if way == "exact":
        made_back = list(fixed_point_inversion(denoiser, latent, grid, tries=tries, tolerance=NEAR_ENOUGH))
    else:
        made_back = list(ddim_inversion(denoiser, latent, grid))
    evaluations, noise = denoiser.calls, made_back[-1].x
    there = round_trip(denoiser, noise, grid)
    off = to_uint8(model.codec.decode(there))[0].astype(np.float64) - pixels.astype(np.float64)
    return Inverted(
        noise[0],
        float((there - latent).square().mean().sqrt()),
        float(np.sqrt((off**2).mean())),
        max(float(step.left.max()) for step in made_back),
        evaluations,
    )
