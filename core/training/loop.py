"""The training loop: a generator of steps, resumable to the bit."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from core.errors import NoisetteError
from core.networks.ema import WeightAverage
from core.training.checkpoint import Progress, load_checkpoint, save_checkpoint
from core.training.journal import Journal
from core.training.meter import Meter, Report
from core.training.pace import Pace, learning_rate_factor
from core.training.recipe import Recipe
from core.training.trainable import Summary, Trainable


class TrainingError(NoisetteError):
    """Training went where it can't go on."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How long this call may train.

    minutes: of wall clock, after which the run stops and can be resumed; None runs the schedule to its end.
    anneal: bring the schedule, the learning rate's decay included, to its end within these minutes.
    steps: end the schedule at this step instead of the recipe's.
    """

    minutes: float | None = None
    anneal: bool = False
    steps: int | None = None


@dataclass(frozen=True, slots=True)
class TrainStep:
    """An update was made. step of steps; seconds of training over all calls.

    report: the newest one, None before the first. grid: samples, (H, W, 3) uint8, where this step drew some.
    written: what the run left when it ended, with its last step.
    """

    step: int
    steps: int
    seconds: float
    report: Report | None = None
    grid: np.ndarray | None = None
    written: tuple[Path, ...] = ()


def train_steps(
    trainable: Trainable,
    recipe: Recipe,
    folder: Path,
    *,
    device: torch.device,
    budget: Budget | None = None,
    resume: bool = False,
    clock: Callable[[], float] = time.monotonic,
) -> Generator[TrainStep, None, None]:
    """Train until the schedule or the call's budget ends; closing the generator ends it too, and keeps its work.

    folder: gets checkpoint.safetensors (every few minutes and at the end), loss.csv, samples-*.png and whatever
    `trainable.finish` writes. clock: seconds, monotonic.
    Raises TrainingError where the loss is not finite, CheckpointError where there is nothing to resume.
    """
    run = _Run(trainable, recipe, folder, device, budget or Budget(), resume, clock)
    try:
        while not run.over:
            run.update()
            yield run.moment(run.keep())
    except GeneratorExit:
        run.save()
        raise
    yield run.finish()


class _Run:
    def __init__(
        self,
        trainable: Trainable,
        recipe: Recipe,
        folder: Path,
        device: torch.device,
        budget: Budget,
        resume: bool,
        clock: Callable[[], float],
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.trainable, self.recipe, self.folder, self.device, self.clock = trainable, recipe, folder, device, clock
        self.module = trainable.module.to(device=device, memory_format=torch.channels_last).train()  # pyright: ignore[reportCallIssue, reportUnknownVariableType]
        self.average = WeightAverage(trainable.module, recipe.ema_decay)
        self.optimizer = _optimizer(trainable.module, recipe)
        self.generator = torch.Generator(device)
        self.quick_bf16 = multiplies_bf16(device)
        self.minutes = budget.minutes
        minutes = recipe.pace.minutes
        self.step, self.before = 0, 0.0
        self.pace = Pace(recipe.steps, None if minutes is None else 60.0 * minutes)
        restored = None
        if resume:
            restored = load_checkpoint(folder, recipe.name, trainable.module, self.average, self.optimizer)
            self.step, self.before, self.pace = restored.step, restored.seconds, restored.pace
        if budget.steps is not None and budget.steps != self.pace.steps:
            self.pace = self.pace.until_step(recipe.pace, self.step, self.before, budget.steps)
        if budget.anneal and budget.minutes is not None:
            last = self.before + 60.0 * budget.minutes
            self.pace = self.pace.until_seconds(recipe.pace, self.step, self.before, last)
        self.started = self.saved_at = self.drawn_at = clock()
        self.seconds = self.before
        self.rate = 0.0
        self.loss = math.nan if restored is None else restored.loss
        self.journal = Journal(folder, self.step)
        self.meter = Meter(recipe.batch_size, self.seconds, self.done)

    @property
    def done(self) -> float:
        return self.pace.done(self.step, self.seconds)

    @property
    def over(self) -> bool:
        spent = self.minutes is not None and self.seconds - self.before >= 60.0 * self.minutes
        return spent or self.done >= 1.0

    @torch.enable_grad()
    def update(self) -> None:
        """One step of AdamW on one batch."""
        recipe, module = self.recipe, self.trainable.module
        self.rate = recipe.optimizer.learning_rate * learning_rate_factor(recipe.pace, self.step, self.done)
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate
        batch = {name: value.to(self.device) for name, value in self.trainable.batch(self.step).items()}
        self.generator.manual_seed(_step_seed(recipe.seed, self.step))
        with torch.autocast(self.device.type, torch.bfloat16, enabled=recipe.precision == "bf16" and self.quick_bf16):
            loss = self.trainable.loss(batch, self.generator)
        self.optimizer.zero_grad(set_to_none=True)
        loss.total.backward()
        norm = nn.utils.clip_grad_norm_(module.parameters(), recipe.optimizer.clip_norm or math.inf)
        self.optimizer.step()
        self.average.update(module)
        self.meter.add(loss.total, loss.parts, norm)
        self.step += 1
        self.seconds = self.before + self.clock() - self.started

    def keep(self) -> np.ndarray | None:
        """Write what is due after a step: a row of the log, a checkpoint, a grid of samples (which it returns)."""
        if self.step % self.recipe.report_steps and not self.over:
            return None
        self.report()
        if self.clock() - self.saved_at >= 60.0 * self.recipe.checkpoint_minutes:
            self.save()
        if self.clock() - self.drawn_at < 60.0 * self.recipe.grid_minutes:
            return None
        return self.draw()

    def report(self) -> None:
        report = self.meter.report(self.seconds, self.done, self.rate)
        if not math.isfinite(report.loss):
            raise TrainingError(
                f"the loss is {report.loss} at step {self.step}; it must stay finite: resume from the last checkpoint "
                f"with a learning rate below {self.recipe.optimizer.learning_rate:g}"
            )
        self.loss = report.loss
        self.journal.record(self.step, {"seconds": self.seconds, **report.figures()})

    def draw(self) -> np.ndarray | None:
        grid = self.trainable.sample_grid(self.average.module)
        self.drawn_at = self.clock()
        if grid is not None:
            self.journal.picture(self.step, grid)
        return grid

    def save(self) -> None:
        progress = Progress(self.recipe.name, self.step, self.seconds, self.pace, self.loss)
        save_checkpoint(self.folder, progress, self.trainable.module, self.average, self.optimizer)
        self.saved_at = self.clock()

    def moment(self, grid: np.ndarray | None = None, written: tuple[Path, ...] = ()) -> TrainStep:
        return TrainStep(self.step, self.pace.steps, self.seconds, self.meter.newest, grid, written)

    def finish(self) -> TrainStep:
        self.save()
        grid = self.draw()
        summary = Summary(
            recipe=self.recipe.name,
            step=self.step,
            items=self.step * self.recipe.batch_size,
            seconds=self.seconds,
            loss=self.loss,
            finished=self.done >= 1.0,
            device=self.device.type,
            threads=torch.get_num_threads(),
        )
        return self.moment(grid, tuple(self.trainable.finish(self.average.module, summary)))


def multiplies_bf16(device: torch.device) -> bool:
    """Whether bf16 is quicker than float32 there: on a GPU, and on a CPU that has units for it (Intel's AMX)."""
    if device.type == "cpu":
        return bool(torch.cpu.get_capabilities().get("amx_bf16", False))
    return device.type == "cuda"


def _optimizer(module: nn.Module, recipe: Recipe) -> torch.optim.AdamW:
    """Matrices and kernels decay, vectors (biases, norms) don't."""
    trained = [value for value in module.parameters() if value.requires_grad]
    groups = [
        {"params": [value for value in trained if value.ndim > 1], "weight_decay": recipe.optimizer.weight_decay},
        {"params": [value for value in trained if value.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.optimizer.learning_rate, betas=recipe.optimizer.betas)


def _step_seed(seed: int, step: int) -> int:
    """A well-mixed 63-bit seed of (seed, step)."""
    return int(np.random.SeedSequence((seed, step)).generate_state(1, np.uint64)[0] >> 1)
