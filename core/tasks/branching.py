"""Where a branch leaves its parent: the parent's first steps, kept or made again, and how the child goes on."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

from core.artifacts.artifact import artifact_id
from core.artifacts.recipe import state_hash
from core.artifacts.trajectory import RunItem, State
from core.conditioning.prompt_draws import drawn
from core.diffusion.level import Level
from core.diffusion.noise import Noise
from core.diffusion.run_levels import joined, same_grid
from core.errors import NoisetteError, RequestError
from core.jobs.context import JobContext
from core.jobs.event import Event, Progress
from core.requests import Branch, ImageRequest
from core.samplers.cards import eta_of
from core.samplers.step import AT_START
from core.tasks.beginning import beginning
from core.tasks.behind import past_of_kept, root_beginning
from core.tasks.denoising import check_finite, denoiser_of
from core.tasks.preparing import Plan, check_same_size, item_of, prepare
from core.tasks.recording import stacked, steps_kept
from core.tasks.turning import state_turned


@dataclass(frozen=True, slots=True)
class Parent:
    """The start of another picture's path. origin: the request that makes it alone. levels: of its whole run.

    states: after each step up to the branch's.
    """

    origin: ImageRequest
    item: RunItem
    levels: tuple[Level, ...]
    states: tuple[State, ...]

    @property
    def step(self) -> int:
        return len(self.states)


def with_origin(request: ImageRequest, context: JobContext) -> ImageRequest:
    """The request with what its branch needs to be made again without the parent's steps.

    Raises RequestError where neither steps nor picture of the parent are left.
    """
    branch = request.branch
    if branch is None or branch.origin is not None:
        return request
    origin = _own_origin(request, context) or _origin_of_steps(branch, context) or _origin_of_picture(branch, context)
    if origin is None:
        raise RequestError(
            f"picture {branch.item + 1} of job {branch.job_id} has neither steps nor a file left; "
            "make it again before you branch from it"
        )
    if origin.model_id != request.model_id:
        raise RequestError(f"the branch asks for model {request.model_id!r}; keep the parent's, {origin.model_id!r}")
    return replace(request, branch=replace(branch, origin=origin))


def parent_of(
    request: ImageRequest, plan: Plan, context: JobContext, *, afresh: bool
) -> Generator[Event, None, Parent]:
    """Find the parent's first steps, or make them again; returns the Parent. request: `with_origin`.

    afresh: make them even where they are kept, as a replay does.
    """
    branch = request.branch
    assert branch is not None, "not a branch"
    assert branch.origin is not None, "with_origin comes first"
    parent = None if afresh else _kept(branch, branch.origin, context)
    if parent is None:
        parent = yield from _made_again(branch.origin, branch.step, context, request)
    check_same_size(plan, parent.states[0].x.shape)
    steps = len(parent.levels) - 1
    if not parent.levels[parent.step].sigma:
        raise RequestError(
            f"step {parent.step} of {steps} is the finished picture; branch from step 1 to {steps - 1}, or start from "
            "the picture"
        )
    return parent


def levels_of(request: ImageRequest, plan: Plan, parent: Parent) -> tuple[Level, ...]:
    """The child's whole run: the parent's levels up to the branch, then its own that have less noise."""
    return tuple(joined(request, plan.grid, parent.origin, parent.levels, parent.step))


def goes_on_alike(request: ImageRequest, index: int, parent: Parent) -> bool:
    """Whether the parent's guesses serve the child's multistep sampler: nothing that shapes the path was changed.

    A guess made under another prompt or guidance is no earlier point of this one's curve.
    """
    one, origin, seed = request, parent.origin, request.seeds[index]
    same_way = (one.sampler, eta_of(one), one.noise_scale, one.solver, one.guidance, one.precision) == (
        origin.sampler,
        eta_of(origin),
        origin.noise_scale,
        origin.solver,
        origin.guidance,
        origin.precision,
    )
    said = drawn(one.prompt, seed), drawn(one.negative_prompt, seed), one.style
    same_words = said == (parent.item.prompt, parent.item.negative_prompt, origin.style)
    return same_way and same_words and same_grid(one, origin) and one.layout in (None, parent.item.layout)


def parent_artifacts(request: ImageRequest, context: JobContext) -> tuple[str, ...]:
    """The id of what a picture lies around, else of what it goes on from, as far as the history has it."""
    named = [request.around] if request.around else []
    if request.branch is not None:
        named.append(artifact_id(request.branch.job_id, request.branch.item))
    known = [artifact.id for name in named for artifact in context.history.of_job(name.rpartition("-")[0])]
    return tuple(name for name in named if name in known)[:1]


def _own_origin(request: ImageRequest, context: JobContext) -> ImageRequest | None:
    """Of a job that goes on: what it found when it began."""
    log = steps_kept(context).log(context.job_id)
    begun = log.head.request if log and log.head else None
    if begun is None or begun.branch is None or request.branch is None:
        return None
    origin = begun.branch.origin
    return origin if replace(request, branch=replace(request.branch, origin=origin)) == begun else None


def _origin_of_steps(branch: Branch, context: JobContext) -> ImageRequest | None:
    log = steps_kept(context).log(branch.job_id)
    if log is None or log.head is None or log.steps().get(branch.item, 0) < branch.step:
        return None
    item = log.item(branch.item)
    return replace(log.head.request.alone(branch.item), layout=item.layout) if item else None


def _origin_of_picture(branch: Branch, context: JobContext) -> ImageRequest | None:
    try:
        return context.history.get(artifact_id(branch.job_id, branch.item)).recipe.again()
    except NoisetteError:
        return None


def _kept(branch: Branch, origin: ImageRequest, context: JobContext) -> Parent | None:
    log = steps_kept(context).log(branch.job_id)
    item = log.item(branch.item) if log else None
    if log is None or item is None or log.steps().get(branch.item, 0) < branch.step:
        return None
    try:
        states = tuple(log.state(branch.item, step) for step in range(1, branch.step + 1))
    except NoisetteError:
        return None
    return Parent(origin, item, log.levels(branch.item), states)


def _made_again(
    origin: ImageRequest, steps: int, context: JobContext, child: ImageRequest
) -> Generator[Event, None, Parent]:
    """The origin's first steps; returns the Parent. A branch of a branch goes back as far as it must."""
    request = replace(origin, device=child.device)
    plan = prepare(request, context)
    levels, states, past = tuple(plan.grid), list[State](), AT_START
    parent: Parent | None = None
    if request.branch is not None:
        parent = yield from parent_of(request, plan, context, afresh=True)
        begun = state_turned(request, parent.states[-1], parent.levels[parent.step])
        levels, states = levels_of(request, plan, parent), [*parent.states[:-1], begun]
    item = item_of(0, request, plan.model, context, parent.item if parent else None)
    if steps >= len(levels):
        raise RequestError(f"step {steps} to branch from is past the parent's last, {len(levels) - 1}; lower it")
    if len(states) >= steps:
        return Parent(origin, item, levels, tuple(states[:steps]))
    if parent is None:
        x = beginning(request, [0], plan, context)
    else:
        x, _ = stacked([states[-1]], plan.model.device)
        first = 0 if goes_on_alike(request, 0, parent) else parent.step
        past = past_of_kept(
            parent.step,
            first,
            lambda step: stacked([states[step - 1]], plan.model.device),
            lambda: root_beginning(request, levels, 1, plan, context),
        )
    denoiser = denoiser_of(plan, [item], request, context, levels)
    noise = Noise([item.seed], plan.shape, plan.model.device)
    for step in plan.sampler(denoiser, x, levels, noise, past=past):
        check_finite(step)
        x = step.x.float().cpu().numpy()[0]
        states.append(State(x, step.x0.float().cpu().numpy()[0], state_hash(x.tobytes())))
        yield Progress(context.job_id, 0, 0, 0.0, f"making step {step.index + 1} of {steps} of the parent again")
        if step.index + 1 == steps:
            break
    return Parent(origin, item, levels, tuple(states))
