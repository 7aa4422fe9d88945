"""What a run that goes on in the middle keeps of the steps behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from torch import Tensor

from core.diffusion.time_grid import TimeGrid
from core.jobs.context import JobContext
from core.requests import ImageRequest
from core.samplers.step import HISTORY, Past
from core.tasks.beginning import beginning
from core.tasks.preparing import Plan


def past_of_kept(
    made: int, first: int, kept: Callable[[int], tuple[Tensor, Tensor]], begun: Callable[[], Tensor]
) -> Past:
    """The past after `made` steps. first: no guess of this step or one before it serves.

    kept: (x, x0) after a step, from 1. begun: the state before the first step; asked for only where it is needed.
    """
    steps = range(max(first, made - HISTORY) + 1, made + 1)
    guesses = tuple(kept(step)[1] for step in steps)
    states = tuple(kept(step - 1)[0] if step > 1 else begun() for step in steps)
    return Past(made, guesses, states)


def root_beginning(origin: ImageRequest, levels: TimeGrid, count: int, plan: Plan, context: JobContext) -> Tensor:
    """(count, *shape): the state that the first of a branch's parents began from. levels: of the whole run."""
    root = origin
    while root.branch is not None and root.branch.origin is not None:
        root = root.branch.origin
    start = beginning(root, [0], replace(plan, grid=levels), context)
    return start.expand(count, *start.shape[1:]).contiguous()
