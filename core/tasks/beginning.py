"""The state a picture's run begins from: noise, noise turned towards other noise, or a picture under noise."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from core.artifacts.start_picture import load_start
from core.diffusion.level import Level
from core.diffusion.noise import Noise, pure_noise
from core.history.home import HomeFolder
from core.jobs.context import JobContext
from core.models.picture import PictureModel
from core.requests import CENTRE, ImageRequest, Variation
from core.tasks.preparing import Plan

COMPASS = ((-1, -1), (0, -1), (1, -1), (-1, 0), (0, 0), (1, 0), (-1, 1), (0, 1), (1, 1))
"""(right, down) of each place of a neighbourhood."""


def beginning(request: ImageRequest, indices: Sequence[int], plan: Plan, context: JobContext) -> Tensor:
    """(B, *shape) float32 on the model's device, at the noise of the plan's first level. Each item by itself."""
    first, device = plan.grid[0], plan.model.device
    noise = torch.cat([_noise(request, index, plan.shape, first, device) for index in indices])
    if request.start is None:
        return noise
    pixels = load_start(HomeFolder(context.home).starts, request.start.sha256, plan.width, plan.height)
    image = torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 127.5 - 1.0
    # x = alpha * x0 + sigma * eps with the picture as x0: SDEdit, Meng et al. 2022 (arXiv:2108.01073), section 3.
    return noise + first.alpha * _encoded(plan.model, image)


def turned(own: Tensor, towards: Tensor, strength: float) -> Tensor:
    """`own` turned along the great circle to `towards`; 0 and 1 give the two themselves. own, towards: (*shape).

    Two large Gaussian draws are nearly at right angles and of nearly one length, so each point between is again such
    a draw; a straight line between would pass through too little noise.
    Source: Shoemake 1985, "Animating rotation with quaternion curves", eq. for slerp.
    """
    if strength <= 0.0 or strength >= 1.0:
        return own if strength <= 0.0 else towards
    a, b = own.double(), towards.double()
    cosine = float((a * b).sum()) / math.sqrt(float((a * a).sum()) * float((b * b).sum()))
    angle = math.acos(max(-1.0, min(1.0, cosine)))
    if math.sin(angle) < 1e-6:
        return own
    return ((math.sin((1.0 - strength) * angle) * a + math.sin(strength * angle) * b) / math.sin(angle)).to(own.dtype)


def neighbour(noise: Noise, radius: float, place: int) -> Tensor:
    """(B, *shape): the start noise of a place in the seed's neighbourhood, turned by `radius` right angles.

    Two more draws of the seed span the plane of directions; a turn towards a draw that is independent of the first
    leaves the noise exactly normal.
    """
    own = noise.draw("start", 0)
    if place == CENTRE:
        return own
    right, down = COMPASS[place]
    aside = (right * noise.draw("neighbour", 0) + down * noise.draw("neighbour", 1)) / math.hypot(right, down)
    angle = 0.5 * math.pi * radius
    return own * math.cos(angle) + aside * math.sin(angle)


def _noise(request: ImageRequest, index: int, shape: tuple[int, ...], first: Level, device: torch.device) -> Tensor:
    """(1, *shape): sigma * eps of one item."""
    one = request.alone(index)
    noise = Noise([one.seed], shape, device)
    if one.neighbour is not None:
        return first.sigma * neighbour(noise, one.neighbours, one.neighbour)
    if one.variation is not None:
        return first.sigma * _varied(noise, one.variation, shape, device)
    return pure_noise(noise, first)


def _varied(noise: Noise, variation: Variation, shape: tuple[int, ...], device: torch.device) -> Tensor:
    other = Noise([variation.seed], shape, device).draw("start", 0)
    return turned(noise.draw("start", 0)[0], other[0], variation.strength)[None]


@torch.no_grad()
def _encoded(model: PictureModel, image: Tensor) -> Tensor:
    return model.codec.encode(image.to(model.device)).float()
