"""The contract of samplers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import NamedTuple, ParamSpec, Protocol

import torch
from torch import Tensor

from core.diffusion.combination import combined
from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.noise import NoiseSource
from core.diffusion.time_grid import TimeGrid, check_grid
from core.errors import NoisetteError


class SamplerError(NoisetteError):
    """A sampler has no such name, or was given what it can't work on."""


class Step(NamedTuple):
    """One step made.

    index: 0 for the first of `total`.
    level: the noise that x now has, grid[index + 1]; clean data after the last step.
    x: (B, *shape), the state after the step, in the precision the run began with.
    x0: (B, *shape), the clean guess the step was made from, at grid[index].
    evaluations: calls of the denoiser that the step took.
    Samplers never write to either tensor again, nor to one they were given.
    """

    index: int  # pyright: ignore[reportIncompatibleMethodOverride]
    total: int
    level: Level
    x: Tensor
    x0: Tensor
    evaluations: int = 1


HISTORY = 4
"""Guesses of earlier steps, and the states they were made from, that any sampler has use for."""


class Past(NamedTuple):
    """What a run that goes on in the middle keeps of its first steps.

    steps: how many were made; the next step's index, and so its fresh noise, counts on from there.
    guesses: the clean guesses (B, *shape) of those steps, the latest last. A multistep sampler takes as many as it has
        use for; without them it goes on as it begins, with a step of first order.
    states: (B, *shape), what those guesses were made from, each the state before its step, the latest last. Samplers
        that extrapolate the noise guess need them: it lies in the two together.
    """

    steps: int
    guesses: tuple[Tensor, ...] = ()
    states: tuple[Tensor, ...] = ()


AT_START = Past(0)


class Sampler(Protocol):
    """A generator of Steps, one for each interval of the grid that is not behind it.

    Its options are keyword-only, each with a default.
    """

    def __call__(
        self, denoiser: Denoiser, x: Tensor, grid: TimeGrid, noise: NoiseSource, *, past: Past = AT_START
    ) -> Iterator[Step]:
        """x: (B, *shape) float32 (float64 in proofs), at the noise of grid[past.steps].

        grid: of the whole run. A run that goes on from a state and guesses of its own makes the very steps that
        it would have made without a break, to the bit.
        Raises GridError unless noise strictly falls along the grid, SamplerError for a state in lower precision or
        a past that is not one of this grid.
        """
        ...


def past_of(x: Tensor, steps: Sequence[Step]) -> Past:
    """What a run keeps that began at x and made these steps, its first ones."""
    states = (x, *(step.x for step in steps))[:-1]
    return Past(len(steps), tuple(step.x0 for step in steps[-HISTORY:]), states[-HISTORY:])


P = ParamSpec("P")


def without_gradients(sampler: Callable[P, Iterator[Step]]) -> Callable[P, Iterator[Step]]:
    """What `@torch.no_grad()` does to a sampler, at less cost a step.

    Gradients are off while a step is made and as the consumer left them between steps.
    """

    @wraps(sampler)
    def steps(*args: P.args, **kwargs: P.kwargs) -> Iterator[Step]:
        running = sampler(*args, **kwargs)
        while True:
            recorded = torch.is_grad_enabled()
            if recorded:
                torch.set_grad_enabled(False)
            try:
                step = next(running, None)
            finally:
                if recorded:
                    torch.set_grad_enabled(True)
            if step is None:
                return
            yield step

    return steps


def begin(x: Tensor, grid: TimeGrid, past: Past) -> list[tuple[int, Level, Level]]:
    """What every sampler asks of its arguments, and what is left of the run: each step's index, start and end."""
    check_grid(grid)
    if not 0 <= past.steps < len(grid):
        raise SamplerError(f"{past.steps} steps are said to be made of {len(grid) - 1}; give 0 to {len(grid) - 1}")
    if x.dtype not in (torch.float32, torch.float64):
        raise SamplerError(f"the state is {x.dtype}; begin from float32, whatever precision the network runs in")
    return list(zip(range(past.steps, len(grid) - 1), grid[past.steps :], grid[past.steps + 1 :], strict=False))


def moved(x: Tensor, x0: Tensor, here: Level, there: Level, left: float | None = None) -> Tensor:
    """alpha' * x0 + left * eps with eps = (x - alpha * x0) / sigma: exact where the clean guess stays x0.

    left: how much of the noise stays, all of sigma' unless told. Written in x and x0 alone, so it is finite at pure
    noise (alpha = 0) and at clean data (sigma' = 0). This one line is DDIM, Euler on sigma / alpha, a flow's Euler
    and the first-order exponential integrator. Returns a new tensor.
    Source: Song et al. 2021 (arXiv:2010.02502), eq. 12; Lu et al. 2022 (arXiv:2211.01095), eq. 9.
    """
    kept = (there.sigma if left is None else left) / here.sigma
    gain = there.alpha - here.alpha * kept
    if abs(gain + kept - 1.0) < 1e-15:
        # On a flow, and where alpha stays 1.
        return torch.lerp(x0, x, kept)
    return combined(x, kept, x0, gain)


def noise_guess(x: Tensor, x0: Tensor, level: Level) -> Tensor:
    """(x - alpha * x0) / sigma: the noise that a clean guess leaves in x. A new tensor."""
    return torch.add(x, x0, alpha=-level.alpha).div_(level.sigma)


def weighed(x: Tensor, kept: float, parts: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
    """kept * x + the sum of each part times its weight. A new tensor."""
    result = combined(x, kept, parts[0], weights[0])
    for part, weight in zip(parts[1:], weights[1:], strict=True):
        result.add_(part, alpha=weight)
    return result
