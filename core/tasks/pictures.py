"""From a request to finished pixels: batches of pictures that begin, or go on from where a job was broken off."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from torch import Tensor

from core.artifacts.trajectory import RunItem, State
from core.diffusion.level import Level
from core.diffusion.noise import Noise
from core.jobs.context import JobContext
from core.jobs.event import Dissected, Event, Planned, Progress
from core.latents.grading import graded
from core.requests import MOST_AT_ONCE, ImageRequest
from core.samplers.cards import runs_alone
from core.samplers.step import AT_START, Past
from core.tasks.beginning import beginning
from core.tasks.behind import past_of_kept, root_beginning
from core.tasks.branching import Parent, goes_on_alike, levels_of, parent_of
from core.tasks.denoising import check_finite, decoded_with_alpha, denoiser_of, look_at
from core.tasks.dissecting import DissectingDenoiser
from core.tasks.measuring import Meter
from core.tasks.preparing import Plan, item_of
from core.tasks.preview_pace import PreviewPace
from core.tasks.recording import Recorder, stacked
from core.tasks.turning import state_turned

BATCH = MOST_AT_ONCE
"""Pictures denoised at once: more would only make each step, and so each cancellation, take longer."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A picture that is made and not yet kept. pixels: (H, W, 3) uint8 sRGB. levels: of its whole run. alpha: (H, W)
    uint8, of a model that draws on a clear ground."""

    item: RunItem
    pixels: np.ndarray
    levels: tuple[Level, ...]
    alpha: np.ndarray | None = None


@dataclass(slots=True)
class _Run:
    """What the batches of a job share. done: steps behind the batch at work; total: of the whole job."""

    request: ImageRequest
    plan: Plan
    context: JobContext
    recorder: Recorder
    parent: Parent | None
    levels: tuple[Level, ...]
    started: float
    done: int = 0
    total: int = 0

    @property
    def steps(self) -> int:
        return len(self.levels) - 1

    def progress(self, done: int, note: str) -> Progress:
        return Progress(self.context.job_id, done, self.total, self.context.clock() - self.started, note)


def pictures(
    request: ImageRequest,
    plan: Plan,
    missing: Sequence[int],
    recorder: Recorder,
    context: JobContext,
    started: float,
    *,
    afresh: bool = False,
) -> Iterator[Event | Finished]:
    """Make the missing items. Pictures that stand at the same kept step are denoised together, none twice.

    afresh: a branch makes its parent's steps again even where they are kept.
    """
    parent = None
    if request.branch is not None:
        parent = yield from parent_of(request, plan, context, afresh=afresh)
    levels = tuple(plan.grid) if parent is None else levels_of(request, plan, parent)
    run = _Run(request, plan, context, recorder, parent, levels, started)
    most = 1 if runs_alone(request.sampler) else request.batch or BATCH
    batches = _batches(run, missing, most)
    run.total = run.steps * len(batches)
    for made, alike, indices in batches:
        yield from _batch(run, indices, made, alike=alike)
        run.done += run.steps


def _batches(run: _Run, missing: Sequence[int], most: int) -> list[tuple[int, bool, list[int]]]:
    """(steps that are kept, whether a branch goes on alike, items), the furthest first."""
    parent, reached = run.parent, dict[tuple[int, bool], list[int]]()
    for index in missing:
        alike = parent is not None and goes_on_alike(run.request, index, parent)
        made = run.recorder.last(index)
        if parent is not None and made < parent.step:
            # Broken off before the parent's steps were written down, so before any of its own.
            made = 0
        reached.setdefault((made, alike), []).append(index)
    return [
        (made, alike, together[first : first + most])
        for (made, alike), together in sorted(reached.items(), reverse=True)
        for first in range(0, len(together), most)
    ]


def _batch(run: _Run, indices: list[int], made: int, *, alike: bool) -> Iterator[Event | Finished]:
    items, meter = list[RunItem](), Meter(run.request, run.plan, len(indices), run.context)
    for index in indices:
        yield run.progress(run.done, "planning")
        with meter.planning():
            item = item_of(index, run.request, run.plan.model, run.context, run.parent.item if run.parent else None)
        items.append(item)
        if item.layout is not None:
            yield Planned(run.context.job_id, index, item.layout)
    run.recorder.begin(items, run.levels, made)
    x, past = _standing(run, items, made, alike=alike)
    latent = yield from _steps(run, items, x, past, meter)
    if not run.request.kept:
        return
    for place, item in enumerate(items):
        run.context.pause_point()
        with meter.finishing():
            # One picture at a time, so that its decoding does not depend on the batch either.
            picture, alpha = decoded_with_alpha(run.plan.model.codec, latent[place : place + 1])
            pixels = graded(picture, run.request.colour)[0]
            yield Finished(item, pixels, run.levels, None if alpha is None else alpha[0])
    yield meter.result()


def _standing(run: _Run, items: list[RunItem], made: int, *, alike: bool) -> tuple[Tensor, Past]:
    """The state that the batch goes on from, and what is known of the steps before it."""
    device, parent = run.plan.model.device, run.parent
    if not made and parent is None:
        return beginning(run.request, [item.index for item in items], run.plan, run.context), AT_START
    inherited = dict[int, list[State]]()
    if not made:
        assert parent is not None, "a run begins, goes on, or branches"
        inherited, made = _inherited(run, items, parent), parent.step

    def kept(step: int) -> tuple[Tensor, Tensor]:
        states = inherited.get(step) or [run.recorder.state(item.index, step) for item in items]
        return stacked(states, device)

    def begun() -> Tensor:
        if parent is not None:
            return root_beginning(parent.origin, parent.levels, len(items), run.plan, run.context)
        return beginning(run.request, [item.index for item in items], run.plan, run.context)

    first = 0 if parent is None or alike else parent.step
    return kept(made)[0], past_of_kept(made, first, kept, begun)


def _inherited(run: _Run, items: list[RunItem], parent: Parent) -> dict[int, list[State]]:
    """Each item's states so far, by step: the parent's, the last as it was turned. They become its own record."""
    level = parent.levels[parent.step]
    states = {step: [state] * len(items) for step, state in enumerate(parent.states, 1)}
    states[parent.step] = [state_turned(run.request.alone(i.index), parent.states[-1], level) for i in items]
    for step, batch in states.items():
        run.recorder.step(step, *stacked(batch, run.plan.model.device))
    return states


def _steps(run: _Run, items: list[RunItem], x: Tensor, past: Past, meter: Meter) -> Generator[Event, None, Tensor]:
    """Denoise to the end; returns the last state."""
    context, plan = run.context, run.plan
    denoiser = denoiser_of(plan, items, run.request, context, run.levels)
    dissecting = DissectingDenoiser(denoiser.denoiser, context.dissects)
    denoiser = replace(denoiser, denoiser=dissecting)
    noise = Noise([item.seed for item in items], plan.shape, plan.model.device)
    pace = PreviewPace(context.clock)
    meter.begin_steps()
    for step in plan.sampler(denoiser, x, run.levels, noise, past=past):
        check_finite(step)
        x = step.x
        run.recorder.step(step.index + 1, step.x, step.x0)
        if (reading := dissecting.reading(step.index + 1, items)) is not None:
            run.recorder.dissected(reading)
            yield Dissected(context.job_id, run.recorder.readings())
        yield from run.recorder.notices()
        yield run.progress(run.done + step.index + 1, f"step {step.index + 1} of {step.total}")
        if pace.due(last=step.index == step.total - 1):
            look_began = context.clock()
            preview = look_at(context.job_id, step, plan.model.codec, run.request.colour)
            pace.measure(look_began)
            yield preview
        meter.step(run.levels[step.index], step.evaluations)
    return x
