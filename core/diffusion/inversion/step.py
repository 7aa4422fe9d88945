"""The contract of inversions, and the way back that measures them."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import torch
from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.grids.grid import TimeGrid, check_grid
from core.diffusion.level import Level
from core.errors import NoisetteError


class InversionError(NoisetteError):
    """A picture can't be taken back along this grid."""


class Inversion(NamedTuple):
    """One step back, towards noise.

    index: 0 for the first of `total`. level: the noise that x now has. x: (B, *shape).
    left: (B,), how far the step's equation is from being met, as a root mean square; 0 where it was not solved.
    """

    index: int  # pyright: ignore[reportIncompatibleMethodOverride]
    total: int
    level: Level
    x: Tensor
    left: Tensor


def forward(denoiser: Denoiser, x: Tensor, here: Level, there: Level) -> Tensor:
    """Euler's step from much noise to little: what an inversion undoes."""
    guess = denoiser(x, here)
    if there.sigma == 0.0:
        return there.alpha * guess.x0
    return there.alpha * guess.x0 + there.sigma * guess.eps


def backward(denoiser: Denoiser, x: Tensor, here: Level, there: Level) -> Tensor:
    """DDIM's step from little noise to much, with the guess at the level that it leaves.

    Clean data has no noise to guess: its state as it stands is then the clean guess, and the noise is guessed at the
    level that the step goes to.
    """
    if here.sigma:
        guess = denoiser(x, here)
        return there.alpha * guess.x0 + there.sigma * guess.eps
    x0 = x / here.alpha
    return there.alpha * x0 + there.sigma * denoiser(there.alpha * x0, there).eps


@torch.no_grad()
def round_trip(denoiser: Denoiser, noise: Tensor, grid: TimeGrid) -> Tensor:
    """The picture that the noise at grid[0] makes by Euler's (DDIM's) steps. noise: (B, *shape)."""
    check_grid(grid)
    x = noise
    for here, there in itertools.pairwise(grid):
        x = forward(denoiser, x, here, there)
    return x


def check_way_back(x: Tensor, grid: TimeGrid) -> None:
    """Raises GridError for a grid that noise does not fall along, InversionError for a start in half precision."""
    check_grid(grid)
    if x.dtype not in (torch.float32, torch.float64):
        raise InversionError(f"the picture is {x.dtype}; begin from float32, whatever precision the network runs in")
