"""Pictures from a prompt: plan, then paint, then keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.artifacts.artifact import artifact_id
from core.conditioning.prompt_syntax import drawn, parse
from core.diffusion.denoiser import Denoiser
from core.diffusion.level import Level
from core.diffusion.noise import Noise, pure_noise
from core.diffusion.prediction import Prediction
from core.diffusion.time_grid import TimeGrid, time_grid
from core.errors import GenerationError
from core.jobs.context import JobContext
from core.jobs.event import Event, Notice, Planned, Preview, Produced, Progress
from core.latents.codec import LatentCodec, to_uint8
from core.models.loader import load_model
from core.models.picture import Condition, PictureModel
from core.requests import MOST_AT_ONCE, ImageRequest
from core.samplers.registry import sampler_named
from core.samplers.step import Sampler, Step
from core.tasks.environment import settle_threads
from core.tasks.keep import keep_picture
from core.tasks.preview_pace import PreviewPace

BATCH = MOST_AT_ONCE
"""Pictures denoised at once: more would only make each step, and so each cancellation, take longer."""


@dataclass(frozen=True, slots=True)
class _Item:
    """prompt, negative_prompt: their choices drawn by the seed."""

    index: int
    seed: int
    prompt: str
    negative_prompt: str
    layout: str | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """All that the items of a request share."""

    model: PictureModel
    sampler: Sampler
    grid: TimeGrid
    shape: tuple[int, ...]
    width: int
    height: int


def generate(request: ImageRequest, context: JobContext) -> Iterator[Event]:
    """Progress counts sampler steps, over all batches; Previews show the batch at work; Produced comes per picture.

    A picture depends on the request and its own seed alone, not on the others made with it. A job that ran before
    (and was killed) makes only what is missing. A sketch (not `kept`) ends with the Preview of its last step.
    Raises NoisetteError kinds: value, rule, remedy.
    """
    started = context.clock()
    job, batches = context.job_id, -(-request.count // BATCH)
    total = request.steps * batches
    yield Progress(job, 0, total, 0.0, "loading the model")
    plan = _prepare(request, context)
    yield from _remarks(job, plan.model, request)

    kept = {artifact.id: artifact for artifact in context.history.of_job(job)}
    for artifact in kept.values():
        yield Produced(job, artifact)
    missing = [index for index in range(request.count) if artifact_id(job, index) not in kept]
    total = request.steps * -(-len(missing) // BATCH)

    for first in range(0, len(missing), BATCH):
        done = request.steps * (first // BATCH)
        items = list[_Item]()
        for index in missing[first : first + BATCH]:
            yield Progress(job, done, total, context.clock() - started, "planning")
            item = _item(index, request, plan.model, context)
            items.append(item)
            if item.layout is not None:
                yield Planned(job, index, item.layout)
        yield from _paint(items, request, plan, context, started, done, total)


def _prepare(request: ImageRequest, context: JobContext) -> _Plan:
    """Everything that can be wrong with a request is found here, before any work."""
    sampler = sampler_named(request.sampler, eta=request.eta)
    card = context.registry.card(request.model_id)
    context.pause_point()
    settle_threads(card.parameters)
    model = load_model(context.registry, request.model_id, request.device)
    own_width, own_height = card.sizes[0]
    width, height = request.width or own_width, request.height or own_height
    grid = time_grid(request.time_grid, model.schedule, request.steps, settings=request.grid)
    return _Plan(model, sampler, grid, model.latent_shape(width, height), width, height)


def _remarks(job: str, model: PictureModel, request: ImageRequest) -> Iterator[Event]:
    """What the prompts say that will not count: marks without a meaning, words that the model doesn't know."""
    written = request.prompt, request.negative_prompt
    for problem in (problem for prompt in written for problem in parse(prompt).problems):
        yield Notice(job, f"{problem.sentence}; it is read as plain text")
    prompts = dict.fromkeys(drawn(prompt, seed) for prompt in written for seed in request.seeds)
    for word in dict.fromkeys(word for prompt in prompts for word in model.unknown_words(prompt)):
        yield Notice(job, f"{word!r} is not in this model's vocabulary; it will be ignored")


def _item(index: int, request: ImageRequest, model: PictureModel, context: JobContext) -> _Item:
    seed = request.seed + index
    prompt, negative_prompt = drawn(request.prompt, seed), drawn(request.negative_prompt, seed)
    if request.layout is not None:
        return _Item(index, seed, prompt, negative_prompt, request.layout)
    context.pause_point()
    return _Item(index, seed, prompt, negative_prompt, model.plan(prompt, seed))


def _paint(
    items: Sequence[_Item],
    request: ImageRequest,
    plan: _Plan,
    context: JobContext,
    started: float,
    done: int,
    total: int,
) -> Iterator[Event]:
    """One batch, from noise to kept files. done, total: steps of the whole job before this batch, and in all."""
    job, model = context.job_id, plan.model
    conditions = [Condition(item.prompt, item.negative_prompt, item.layout) for item in items]
    denoiser = PausingDenoiser(model.denoiser(conditions, request.guidance), context.pause_point)
    noise = Noise([item.seed for item in items], plan.shape, model.device)
    pace = PreviewPace(context.clock)
    latent = pure_noise(noise, plan.grid[0])
    for step in plan.sampler(denoiser, latent, plan.grid, noise):
        _check_finite(step)
        latent = step.x
        made = done + step.index + 1
        yield Progress(job, made, total, context.clock() - started, f"step {step.index + 1} of {step.total}")
        if pace.due(step.index, step.total):
            look_began = context.clock()
            preview = _look(job, step, model.codec)
            pace.measure(look_began)
            yield preview
    for place, item in enumerate(items if request.kept else ()):
        context.pause_point()
        # One picture at a time, so that its decoding does not depend on the batch either.
        pixels = to_uint8(_decoded(model.codec, latent[place : place + 1]))[0]
        yield Produced(
            job, keep_picture(pixels, request, item.index, item.seed, item.prompt, item.layout, model, context)
        )


@dataclass(frozen=True, slots=True)
class PausingDenoiser:
    """Passes a pause point before each network evaluation, so that no sampler keeps a cancellation waiting longer."""

    denoiser: Denoiser
    pause_point: Callable[[], None]

    def __call__(self, x: Tensor, level: Level) -> Prediction:
        self.pause_point()
        return self.denoiser(x, level)


@torch.no_grad()
def _decoded(codec: LatentCodec, latent: Tensor) -> Tensor:
    return codec.decode(latent)


@torch.no_grad()
def _look(job: str, step: Step, codec: LatentCodec) -> Preview:
    """The noisy state is brought to unit variance, or noise of any schedule would look like mere clipping."""
    level = step.level
    norm = (level.alpha**2 + level.sigma**2) ** 0.5
    both = codec.preview(torch.cat((step.x0, step.x / norm)))
    clean, noisy = both[: len(step.x)], both[len(step.x) :]
    return Preview(job, step.index, step.total, level.sigma, level.log_snr, clean, noisy)


def _check_finite(step: Step) -> None:
    if not bool(torch.isfinite(step.x).all()):
        raise GenerationError(
            f"the picture broke up at step {step.index + 1} of {step.total} (its state is no longer finite); "
            "lower the guidance scale, or choose another sampler or more steps"
        )
