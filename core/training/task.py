"""`noisette train`: a training run as a job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

import torch

from core.jobs.event import Event, Notice, Preview, Progress
from core.models.loader import choose_device
from core.requests import TrainRequest
from core.training.loop import Budget, TrainStep, train_steps
from core.training.recipe import build_trainable, load_recipe


class JobContext(Protocol):
    """What a training job needs to know of its surroundings."""

    @property
    def job_id(self) -> str: ...

    def pause_point(self) -> None:
        """Waits while the engine is paused; raises once the job is cancelled."""
        ...


def train(request: TrainRequest, context: JobContext) -> Iterator[Event]:
    """Train a recipe: Progress each step (loss, items a second, ETA in `extras`), grids as Previews.

    Closing the generator stops the run and keeps its checkpoint; `request.resume` goes on from it.
    Raises RecipeError, CheckpointError, TrainingError, RequestError.
    """
    job, folder = context.job_id, Path(request.folder)
    recipe = load_recipe(request.recipe)
    device = choose_device(request.device)
    before = torch.get_num_threads()
    torch.set_num_threads(request.threads)
    try:
        trainable = build_trainable(recipe, folder)
        budget = Budget(request.minutes, request.anneal, request.steps)
        steps = train_steps(trainable, recipe, folder, device=device, budget=budget, resume=request.resume)
        with closing(steps):
            for step in steps:
                yield from _events(job, step)
                context.pause_point()
    finally:
        torch.set_num_threads(before)


def _events(job: str, step: TrainStep) -> Iterator[Event]:
    figures = step.report.figures() if step.report else {}
    yield Progress(job, step.step, step.steps, step.seconds, "training", figures)
    if step.grid is not None:
        yield Preview(job, step.step, step.steps, sigma=0.0, log_snr=float("inf"), clean=step.grid[None])
    for path in step.written:
        yield Notice(job, f"wrote {path}")
