"""A look at what a sticker network draws so far."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from core.diffusion.denoiser import NetworkDenoiser
from core.diffusion.level import Level
from core.diffusion.noise import Noise
from core.diffusion.parameterization import Parameterization
from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import time_grid
from core.latents.codec import LatentCodec, to_uint8
from core.networks.captioned import CaptionedNetwork
from core.networks.painter import Conditions
from core.samplers.euler import euler

STEPS, SCALE = 12, 3.0


@torch.no_grad()
def sample_sheet(
    network: CaptionedNetwork, codec: LatentCodec, states: Tensor, mask: Tensor, size: tuple[int, int]
) -> np.ndarray:
    """(captions * height, styles * width, 3) uint8: a caption a row, a style a column; Euler steps, guided.

    states: (captions, T, text_width); mask: (captions, T). Each row has one noise.
    """
    device = next(network.parameters()).device
    styles, captions = network.config.styles, len(states)
    count = captions * styles
    style = torch.arange(1, styles + 1, device=device).repeat(captions)
    every_state, every_mask = (part.repeat_interleave(styles, dim=0).to(device) for part in (states, mask))
    told = network.conditions(every_state, every_mask, style)
    nothing = network.conditions(
        torch.zeros(count, *states.shape[1:], device=device),
        torch.zeros(count, mask.shape[1], dtype=torch.bool, device=device),
        torch.zeros_like(style),
    )
    both = Conditions.joined([told, nothing])

    def guided(state: Tensor, level: Level) -> Tensor:
        t = torch.full((2 * count,), level.t, device=device)
        asked, free = network.paint(torch.cat([state, state]), t, both).chunk(2)
        return torch.lerp(free, asked, SCALE)

    width, height = size
    shape = codec.channels, height // codec.factor, width // codec.factor
    noise = Noise([row for row in range(captions) for _ in range(styles)], shape, device)
    x = noise.draw("start", 0)
    grid = time_grid("uniform", schedule_named("flow"), STEPS)
    for step in euler(NetworkDenoiser(guided, Parameterization.VELOCITY), x, grid, noise):
        x = step.x
    drawn = to_uint8(torch.cat([codec.decode(each[None].float().cpu()) for each in x]))
    return np.ascontiguousarray(drawn.reshape(captions, styles, height, width, 3).transpose(0, 2, 1, 3, 4)).reshape(
        captions * height, styles * width, 3
    )
