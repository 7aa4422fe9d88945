"""`noisette evaluate`: a picture model measured on prompts it never saw, as a job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from core.diffusion.time_grid import time_grid
from core.errors import RequestError
from core.evaluation.command import command_of, hardware_of
from core.evaluation.distances import distances
from core.evaluation.painting import Order, painted
from core.evaluation.prompts import JUDGED, compiled_renderer, evaluation_prompts, real_pictures
from core.evaluation.report import Measured, Plans, Rates, Report
from core.evaluation.truth import JUDGE_ID, Judge, Look, judged
from core.jobs.event import Event, Notice, Progress
from core.models.loader import load_model
from core.models.picture import PictureModel
from core.models.registry import ModelRegistry
from core.requests import EvaluateRequest, GuidanceSettings
from core.samplers.registry import sampler_named
from core.worlds.tabletop.constraints import Observed, observed
from core.worlds.tabletop.grammar import HeldOut
from core.worlds.tabletop.scene import Scene

LEAST_PROMPTS = 10
"""Fewer than this leave nothing to compare as sets."""
RENDERED_AT_ONCE = 50


class JobContext(Protocol):
    """What an evaluation needs to know of its surroundings."""

    @property
    def job_id(self) -> str: ...

    @property
    def registry(self) -> ModelRegistry: ...

    @property
    def clock(self) -> Callable[[], float]: ...

    def pause_point(self) -> None: ...


def evaluate(request: EvaluateRequest, context: JobContext) -> Iterator[Event]:
    """Measure a model at each pair of steps and guidance scale; the judge's own scores on real renders stand beside.

    Progress counts pictures (real ones, plans, and painted ones); the last one's extras are all the report's figures.
    With a folder, report.json and report.md are written there. Raises RequestError, ModelError, SamplerError.
    """
    if request.prompts < LEAST_PROMPTS:
        raise RequestError(f"{request.prompts} prompts requested; an evaluation needs at least {LEAST_PROMPTS}")
    yield Progress(context.job_id, 0, 0, 0.0, "loading the model")
    run = _Run(request, context)
    if not compiled_renderer():
        yield Notice(
            context.job_id,
            f"{2 * len(run.prompts)} real pictures are rendered without numba, about a second each; "
            "install Noisette's extra 'train' to have them in seconds",
        )
    yield from run.report_on_reals()
    yield from run.plan()
    for steps in request.steps:
        for scale in request.guidance:
            yield from run.measure(steps, scale)
    report = run.report()
    if request.folder is not None:
        for path in report.save(Path(request.folder)):
            yield Notice(context.job_id, f"wrote {path}")
    yield run.progress("done", report.figures())


class _Run:
    def __init__(self, request: EvaluateRequest, context: JobContext) -> None:
        self.request, self.context = request, context
        self.started = context.clock()
        sampler_named(request.sampler)
        self.model: PictureModel = load_model(context.registry, request.model_id, request.device)
        self.sampler = sampler_named(request.sampler, schedule=self.model.schedule)
        self.grids = {steps: time_grid("uniform", self.model.schedule, steps) for steps in request.steps}
        self.judge_card = context.registry.card(JUDGE_ID).scores
        self.judge = Judge.load(context.registry.files(JUDGE_ID)["detector"])
        self.prompts = evaluation_prompts(request.prompts, request.seed)
        self.orders: list[Order] = []
        self.plans: Plans | None = None
        self.measured: list[Measured] = []
        self.done = 0
        self.total = len(self.prompts) * (3 + len(request.steps) * len(request.guidance))

    def progress(self, note: str, figures: dict[str, float] | None = None) -> Progress:
        seconds = self.context.clock() - self.started
        return Progress(self.context.job_id, self.done, self.total, seconds, note, figures or {})

    def report_on_reals(self) -> Generator[Event, None, None]:
        """Render the prompts' own scenes and judge them: what a perfect model would score."""
        looks: list[Look] = []
        yield from self._judge_renders([entry.scene for entry in self.prompts], looks, "judging real renders")
        self.real_features = np.concatenate([look.features for look in looks])
        self.real_rates = rates(self.prompts, _seen(looks))

    def plan(self) -> Generator[Event, None, None]:
        """One layout for each prompt, shared by all the settings."""
        began = self.context.clock()
        for index, entry in enumerate(self.prompts):
            self.context.pause_point()
            seed = self.request.seed + index
            self.orders.append(Order(entry.caption.text, seed, self.model.plan(entry.caption.text, seed)))
            self.done += 1
            yield self.progress("planning")
        seconds = (self.context.clock() - began) / len(self.prompts)
        scenes = [Scene.from_json(order.layout) for order in self.orders if order.layout is not None]
        if len(scenes) < len(self.orders):
            self.total -= len(self.prompts)
            return
        looks: list[Look] = []
        yield from self._judge_renders(scenes, looks, "judging rendered plans")
        self.plans = Plans(
            rates=rates(self.prompts, [observed(scene) for scene in scenes]),
            rendered=rates(self.prompts, _seen(looks)),
            distances=distances(np.concatenate([look.features for look in looks]), self.real_features),
            seconds=seconds,
        )

    def _judge_renders(self, scenes: Sequence[Scene], looks: list[Look], note: str) -> Generator[Event, None, None]:
        """Render the scenes exactly and append what the judge sees of them to `looks`."""
        size = self.model.card.sizes[0][0]
        for start in range(0, len(scenes), RENDERED_AT_ONCE):
            self.context.pause_point()
            some = scenes[start : start + RENDERED_AT_ONCE]
            looks.append(self.judge.look(real_pictures(some, size)))
            self.done += len(some)
            yield self.progress(note)

    def measure(self, steps: int, scale: float) -> Generator[Event, None, None]:
        """Paint and judge every prompt at one setting."""
        guidance = GuidanceSettings(scale, method=self.request.method)
        looks: list[Look] = []
        painting = 0.0
        pictures = painted(self.model, self.orders, self.sampler, self.grids[steps], guidance, self.context.pause_point)
        began = self.context.clock()
        for batch in pictures:
            painting += self.context.clock() - began
            looks.append(self.judge.look(batch))
            self.done += len(batch)
            yield self.progress(f"{steps} steps, guidance {scale:g}")
            began = self.context.clock()
        self.measured.append(
            Measured(
                steps=steps,
                guidance_scale=scale,
                rates=rates(self.prompts, _seen(looks)),
                distances=distances(np.concatenate([look.features for look in looks]), self.real_features),
                seconds_per_picture=painting / len(self.prompts),
            )
        )

    def report(self) -> Report:
        request = self.request
        return Report(
            model_id=request.model_id,
            sampler=request.sampler,
            prompts=dict(Counter(entry.caption.category for entry in self.prompts)),
            seed=request.seed,
            judge=self.real_rates,
            judge_card=self.judge_card,
            plans=self.plans,
            measured=tuple(self.measured),
            command=command_of(request),
            hardware=hardware_of(self.model.device),
        )


def _seen(looks: Sequence[Look]) -> list[tuple[Observed, ...]]:
    return [items for look in looks for items in look.objects]


def rates(prompts: Sequence[HeldOut], seen: Sequence[tuple[Observed, ...]]) -> Rates:
    """How many prompts these objects, one tuple each, meet in full, by category, and how many single constraints."""
    verdicts = [judged(items, entry.caption.text) for entry, items in zip(prompts, seen, strict=True)]
    held = [ok for verdict in verdicts for _, ok in verdict.held]
    by_category: dict[str, float] = {}
    for category in JUDGED:
        own = [v.exact for v, entry in zip(verdicts, prompts, strict=True) if entry.caption.category == category]
        if own:
            by_category[category] = sum(own) / len(own)
    return Rates(by_category, sum(v.exact for v in verdicts) / len(verdicts), sum(held) / max(len(held), 1))
