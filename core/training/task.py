"""`noisette train`: a training run as a job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol, runtime_checkable

import torch

from core.jobs.event import Event, Notice, Preview, Progress, Sketched
from core.models.loader import choose_device
from core.requests import TrainRequest
from core.toy import ToyField
from core.training.loop import Budget, TrainStep, train_steps
from core.training.recipe import build_trainable, load_recipe


class JobContext(Protocol):
    """What a training job needs to know of its surroundings."""

    @property
    def job_id(self) -> str: ...

    def pause_point(self) -> None:
        """Waits while the engine is paused; raises once the job is cancelled."""
        ...


@runtime_checkable
class Sketches(Protocol):
    """A Trainable that can show what its model does to the plane."""

    def sketch(self, step: int, steps: int) -> ToyField | None:
        """The model after `step` of `steps`; None where it is not worth a look yet."""
        ...


def train(request: TrainRequest, context: JobContext) -> Iterator[Event]:
    """Train a recipe: Progress each step (loss, items a second, ETA in `extras`), grids as Previews.

    Closing the generator stops the run and keeps its checkpoint; `request.resume` goes on from it.
    A `watched` run of what can be sketched sends Sketched events as well.
    Raises RecipeError, CheckpointError, TrainingError, RequestError.
    """
    job, folder = context.job_id, Path(request.folder)
    recipe = load_recipe(request.recipe)
    if request.options:
        recipe = recipe.with_options(request.options)
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
                if request.watched and isinstance(trainable, Sketches):
                    field = trainable.sketch(step.step, step.steps)
                    if field is not None:
                        yield Sketched(job, step.step, step.steps, field)
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
