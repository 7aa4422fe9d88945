"""What a request comes to before any work: model, sampler, grid, and what each of its pictures is to show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from core.artifacts.trajectory import RunItem
from core.conditioning.prompt_draws import drawn
from core.conditioning.prompt_syntax import parse
from core.diffusion.run_levels import own_levels
from core.diffusion.time_grid import TimeGrid
from core.errors import RequestError
from core.jobs.context import JobContext
from core.jobs.event import Event, Notice
from core.models.card import ModelCard
from core.models.loader import Served, load_model
from core.models.picture import PictureModel, Remarks
from core.models.registry import ModelRegistry
from core.requests import ImageRequest
from core.samplers.cards import eta_of
from core.samplers.registry import sampler_named
from core.samplers.step import Sampler
from core.tasks.environment import settle_threads
from core.tasks.replanned import standing_as

LAYOUT = "layout"
"""Among what a model's card says that it reads."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the items of a request share. grid: of the whole run, but for a branch the request's own."""

    model: PictureModel
    sampler: Sampler
    grid: TimeGrid
    shape: tuple[int, ...]
    width: int
    height: int


def prepare(request: ImageRequest, context: JobContext) -> Plan:
    """Everything that can be wrong with a request is found here, before any work."""
    asked = partial(
        sampler_named,
        request.sampler,
        eta=eta_of(request),
        noise_scale=request.noise_scale,
        solver=request.solver,
    )
    asked()
    card = context.registry.card(request.model_id)
    check_style(card, request.style)
    if request.layout is not None and LAYOUT not in card.conditioning:
        raise RequestError(f"a layout is given, and {card.id} reads none: it draws from words alone; leave it out")
    context.pause_point()
    settle_threads(card.parameters)
    model = load_model(context.registry, request.model_id, request.device, request.precision)
    own_width, own_height = card.sizes[0]
    width, height = request.width or own_width, request.height or own_height
    grid = own_levels(request, model.schedule)
    return Plan(model, asked(schedule=model.schedule), grid, model.latent_shape(width, height), width, height)


def check_style(card: ModelCard, style: str) -> None:
    """Raises RequestError for a style that the model has not."""
    if not style or style in card.styles:
        return
    remedy = f"choose {', '.join(card.styles)}, or none" if card.styles else "it has none to choose from; leave it out"
    raise RequestError(f"{card.id} has no style {style!r}; {remedy}", "style")


def load_ahead(registry: ModelRegistry, model_id: str) -> None:
    """Have a model in memory before a request comes that needs it. "" loads none. Raises as `load_model` does."""
    if model_id:
        settle_threads(registry.card(model_id).parameters)
        load_model(registry, model_id)


def remarks(job: str, model: PictureModel, request: ImageRequest) -> Iterator[Event]:
    """What the prompts say that will not count: marks without a meaning, words that the model doesn't know; and whom
    autoguidance leads away from."""
    if request.guidance.on and request.guidance.method == "auto" and isinstance(model, Served):
        yield Notice(job, _who_guides(model))
    written = request.prompt, request.negative_prompt
    for problem in (problem for prompt in written for problem in parse(prompt).problems):
        yield Notice(job, f"{problem.sentence}; it is read as plain text")
    prompts = dict.fromkeys(drawn(prompt, seed) for prompt in written for seed in request.seeds)
    for word in dict.fromkeys(word for prompt in prompts for word in model.unknown_words(prompt)):
        yield Notice(job, f"{word!r} is not in this model's vocabulary; it will be ignored")
    for sentence in _too_long(model, prompts):
        yield Notice(job, sentence)


def _too_long(model: PictureModel, prompts: Iterable[str]) -> tuple[str, ...]:
    if not isinstance(model, Remarks):
        return ()
    return tuple(dict.fromkeys(sentence for prompt in prompts for sentence in model.remarks(prompt)))


def _who_guides(model: Served) -> str:
    if model.weaker is not None:
        return f"autoguidance leads away from {model.weaker.title}"
    return f"autoguidance leads away from {model.card.title} with its weights spoiled: no weaker painter is installed"


def item_of(
    index: int, request: ImageRequest, model: PictureModel, context: JobContext, parent: RunItem | None = None
) -> RunItem:
    """One picture's prompts and layout. parent: the picture that it branches from.

    A branch without a layout of its own keeps its parent's where the prompt is the same; else the new prompt is
    planned, and where it has as many objects they take the parent's places as far as the prompt allows.
    """
    seed = request.seeds[index]
    item = RunItem(index, seed, drawn(request.prompt, seed), drawn(request.negative_prompt, seed), request.layout)
    if request.layout is not None:
        return item
    if parent is not None and parent.prompt == item.prompt:
        return replace(item, layout=parent.layout)
    context.pause_point()
    layout = model.plan(item.prompt, seed)
    if layout is not None and parent is not None and parent.layout is not None:
        layout = standing_as(layout, parent.layout, item.prompt)
    return replace(item, layout=layout)


def check_same_size(plan: Plan, shape: tuple[int, ...]) -> None:
    """Raises RequestError where a parent's states don't fit the child's size."""
    if plan.shape != shape:
        raise RequestError(
            f"the branch is to be {plan.width}x{plan.height} pixels, of another size than its parent; "
            "keep the parent's size",
            "size",
        )
