"""Exact inversion: each step solved for the state that the run's own step leads from."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import cast

import torch
from torch import Tensor

from core.diffusion.denoiser import Denoiser
from core.diffusion.grids.grid import TimeGrid
from core.diffusion.guidance.methods import roots_of_squares, spread
from core.diffusion.inversion.step import Inversion, backward, check_way_back, forward
from core.diffusion.level import Level

MOST_TRIES = 50
MEMORY = 5
"""Earlier tries that a next one is mixed from."""


@torch.no_grad()
def fixed_point_inversion(
    denoiser: Denoiser, x: Tensor, grid: TimeGrid, *, tries: int = MOST_TRIES, tolerance: float = 1e-7
) -> Iterator[Inversion]:
    """The state y with forward(y) = x at every step, sought by Anderson's mixing of fixed-point iterations.

    x: (B, *shape), clean, at grid's last level; ends at grid[0]. tries: evaluations a step at most. tolerance: a step
    ends where the root mean square of forward(y) - x is below it for every item; `left` says what it came to.
    The iteration is y <- y + (sigma / sigma') * (x - forward(y)), which puts the miss back as the noise it grew from.
    Where the last step ends in clean data, only its x0 was kept of the state: its own equation is solved like the
    others, with a gain of 1.
    Source: Pan et al. 2023 (arXiv:2309.04907), AIDI, eqs. 9 to 11; of mixing: Walker and Ni 2011
    (doi:10.1137/10078356X).
    """
    check_way_back(x, grid)
    levels = list(reversed(grid))
    for index, (here, there) in enumerate(itertools.pairwise(levels)):
        x, left = _solved(denoiser, x, here, there, tries, tolerance)
        yield Inversion(index, len(levels) - 1, there, x, left)


def _solved(
    denoiser: Denoiser, x: Tensor, here: Level, there: Level, tries: int, tolerance: float
) -> tuple[Tensor, Tensor]:
    """From x at `here` to the best y found at `there`, which has more noise, with what is left of the miss."""
    y = backward(denoiser, x, here, there)
    gain = there.sigma / here.sigma if here.sigma else 1.0
    best, best_left = y, torch.full((len(y),), float("inf"), dtype=y.dtype, device=y.device)
    states, misses = list[Tensor](), list[Tensor]()
    for _ in range(tries):
        miss = x - forward(denoiser, y, there, here)
        left = roots_of_squares(miss)
        better = left < best_left
        best = torch.where(spread(better, y), y, best)
        best_left = torch.minimum(left, best_left)
        if bool((best_left <= tolerance).all()):
            break
        states, misses = [*states, y][-MEMORY:], [*misses, gain * miss][-MEMORY:]
        y = _mixed(states, misses)
    return best, best_left


def _mixed(states: list[Tensor], misses: list[Tensor]) -> Tensor:
    """The next try: from that blend of the tries, its weights summing to 1, whose miss is smallest; item by item."""
    if len(states) == 1:
        return states[0] + misses[0]
    # Apple's GPU has no float64.
    precise = torch.float32 if states[0].device.type == "mps" else torch.float64
    flat = torch.stack([miss.flatten(1) for miss in misses], dim=1).to(precise)
    steps = flat[:, 1:] - flat[:, :-1]
    system = steps @ steps.transpose(1, 2)
    size = system.diagonal(dim1=1, dim2=2).mean(1)
    ridge = (1e-12 * size).clamp_min(torch.finfo(precise).tiny)[:, None, None]
    system = system + ridge * torch.eye(system.shape[1], dtype=precise, device=system.device)
    weights = cast("Tensor", torch.linalg.solve(system, steps @ flat[:, -1, :, None]))[..., 0]  # pyright: ignore[reportUnknownMemberType]
    aims = torch.stack([state + miss for state, miss in zip(states, misses, strict=True)], dim=1)
    moves = aims[:, 1:] - aims[:, :-1]
    along = (weights.reshape(*weights.shape, *(1,) * (moves.dim() - 2)) * moves.to(precise)).sum(1)
    return (aims[:, -1].to(precise) - along).to(aims.dtype)
