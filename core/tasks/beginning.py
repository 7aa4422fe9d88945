"""The state a picture's run begins from: noise, noise turned towards other noise, or a picture under noise."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from core.artifacts.start_picture import load_start
from core.diffusion.noise import Noise
from core.history.home import HomeFolder
from core.jobs.context import JobContext
from core.models.picture import PictureModel
from core.requests import ImageRequest
from core.tasks.preparing import Plan
from core.turns import FirstTurn, Turn

COMPASS = ((-1, -1), (0, -1), (1, -1), (-1, 0), (0, 0), (1, 0), (-1, 1), (0, 1), (1, 1))
"""(right, down) of each place of a neighbourhood."""


def beginning(request: ImageRequest, indices: Sequence[int], plan: Plan, context: JobContext) -> Tensor:
    """(B, *shape) float32 on the model's device, at the noise of the plan's first level. Each item by itself."""
    first, device = plan.grid[0], plan.model.device
    noise = first.sigma * torch.stack([start_noise(request.alone(index), plan.shape) for index in indices]).to(device)
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


def stepped_aside(
    noise: Noise,
    own: Tensor,
    turn: Turn,
    depth: int,
    *,
    first: FirstTurn = "great_circle",
    stream: str = "neighbour",
) -> Tensor:
    """(*shape): `own` turned to a place of the neighbourhood around it. own: (*shape), of the one seed of `noise`.

    depth: of the turn, from 0; each has two draws of the seed to itself, which span the plane of its directions.
    first: how the turn of depth 0 is made. stream: of the draws.
    The draws' part at a right angle to `own` gives the direction, uniform over
    all of them, so that the turned noise is exactly normal again; at `own`'s length, its norm stays the same.
    """
    right, down = COMPASS[turn.place]
    drawn = (noise.draw(stream, 2 * depth)[0], noise.draw(stream, 2 * depth + 1)[0])
    aside = (right * drawn[0] + down * drawn[1]) / math.hypot(right, down)
    if depth == 0 and first == "sum":
        angle = 0.5 * math.pi * turn.radius
        return own * math.cos(angle) + aside * math.sin(angle)
    a, b = own.double(), aside.double()
    b = b - float((a * b).sum()) / float((a * a).sum()) * a
    length = math.sqrt(float((a * a).sum()) / float((b * b).sum()))
    return turned(own, (b * length).to(own.dtype), turn.radius)


def start_noise(request: ImageRequest, shape: tuple[int, ...]) -> Tensor:
    """(*shape) float32, unit normal, made on the CPU and so the same on any device. request: for one picture alone."""
    noise = Noise([request.seed], shape)
    eps = noise.draw("start", 0)[0]
    if request.variation is not None:
        other = Noise([request.variation.seed], shape).draw("start", 0)[0]
        eps = turned(eps, other, request.variation.strength)
    for depth, turn in enumerate(request.turns):
        eps = stepped_aside(noise, eps, turn, depth, first=request.first_turn)
    return eps


@torch.no_grad()
def _encoded(model: PictureModel, image: Tensor) -> Tensor:
    return model.codec.encode(image.to(model.device)).float()
