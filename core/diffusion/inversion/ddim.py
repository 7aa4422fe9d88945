"""DDIM inversion: the run's own steps taken backwards, each with the guess from the wrong end."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import torch
from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.grids.grid import TimeGrid
from core.diffusion.inversion.step import Inversion, backward, check_way_back


@torch.no_grad()
def ddim_inversion(denoiser: Denoiser, x: Tensor, grid: TimeGrid) -> Iterator[Inversion]:
    """One evaluation a step. x: (B, *shape) float32 or float64, clean, at grid's last level; ends at grid[0].

    Each step takes its noise guess at the level that it leaves, where the run took it at the level that it comes
    from: the error of the way there and back falls as the steps do, and guidance makes it large.
    Source: Song et al. 2021 (arXiv:2010.02502), section 4.3; Dhariwal and Nichol 2021 (arXiv:2105.05233), section F.
    """
    check_way_back(x, grid)
    levels = list(reversed(grid))
    still = x.new_zeros(len(x))
    for index, (here, there) in enumerate(itertools.pairwise(levels)):
        x = backward(denoiser, x, here, there)
        yield Inversion(index, len(levels) - 1, there, x, still)
