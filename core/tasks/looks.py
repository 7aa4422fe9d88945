"""Kept steps as pictures, for whoever scrubs through them: beside the worker, never in its way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from core.artifacts.trajectory import Glance, TrajectoryInfo
from core.colour import AS_DECODED, ColourSettings
from core.jobs.event import Preview
from core.latents.codec import LatentCodec
from core.latents.grading import graded
from core.models.loader import load_model
from core.models.registry import ModelRegistry

FULL_DECODE_PARAMETERS = 50_000_000
"""Models with fewer weights decode as fast as they preview: their clean guess is shown at its best."""
AT_ONCE = 8


def looks(
    registry: ModelRegistry, info: TrajectoryInfo, steps: Sequence[int], glances: Sequence[Glance]
) -> tuple[Preview, ...]:
    """One Preview a step. steps: from 1; glances: their states, in the same order.

    Runs on the caller's thread and touches no setting of torch's, so that what the worker computes stays the same.
    Raises ModelError where the model is gone.
    """
    model = load_model(registry, info.request.model_id, info.request.device)
    colour = info.request.colour
    full = model.card.parameters < FULL_DECODE_PARAMETERS or colour != AS_DECODED
    made = list[Preview]()
    for first in range(0, len(steps), AT_ONCE):
        chosen = glances[first : first + AT_ONCE]
        clean = _pixels(model.codec, [glance.clean for glance in chosen], model.device, colour, full=full)
        noisy = _pixels(model.codec, [glance.noisy for glance in chosen], model.device, AS_DECODED, full=False)
        for row, step in enumerate(steps[first : first + AT_ONCE]):
            sigma, log_snr = info.sigma[step - 1], info.log_snr[step - 1]
            picture = clean[row : row + 1], noisy[row : row + 1]
            made.append(Preview(info.job_id, step - 1, info.total, sigma, log_snr, *picture))
    return tuple(made)


@torch.no_grad()
def _pixels(
    codec: LatentCodec, latents: list[np.ndarray], device: torch.device, colour: ColourSettings, *, full: bool
) -> np.ndarray:
    """(B, H, W, 3) uint8 sRGB."""
    batch = torch.from_numpy(np.stack(latents).astype(np.float32)).to(device)
    return graded(codec.decode(batch), colour) if full else codec.preview(batch)
