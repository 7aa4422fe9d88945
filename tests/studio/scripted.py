"""A task that makes flat pictures step by step, each step when the test allows it."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from core.artifacts.artifact import Artifact, artifact_id
from core.artifacts.image import save_picture, save_thumbnail
from core.artifacts.recipe import Environment, Recipe, pixels_sha256
from core.engine import Engine
from core.errors import NoisetteError
from core.jobs.context import JobContext
from core.jobs.event import Compared, Event, Measured, Notice, Planned, Preview, Produced, Progress
from core.models.card import ModelCard, ModelDefaults, write_card
from core.request_kinds import Request
from core.requests import ImageRequest, ReplayRequest
from core.worlds.tabletop.scene import sample_scene

SIDE = 32
CARD = ModelCard(
    id="flat",
    title="Flat",
    summary="Flat colours, for tests",
    network="flat",
    parameterization="x0",
    schedule="flow",
    codec="pixels",
    conditioning=("text",),
    sizes=((SIDE, SIDE), (64, 64)),
    parameters=2_900_000,
    license="Apache-2.0",
    source="tests",
    defaults=ModelDefaults("dpmpp_2m", "uniform", 5, 3.0),
)


PLANNING = replace(CARD, id="planning", title="Planning", conditioning=("text", "layout"))
"""A model that plans, for tests."""


class PromptError(NoisetteError):
    """What a test's prompt asked for."""


def install_card(folder: Path) -> None:
    """Write the card where a registry finds it."""
    folder.mkdir(parents=True, exist_ok=True)
    for card in (CARD, PLANNING):
        write_card(card, folder / f"{card.id}.json")


def layout_of(request: ImageRequest, item: int) -> str | None:
    """The layout that is painted: the one given, else one by the seed, of two or three objects."""
    if request.model_id != PLANNING.id:
        return None
    seed = request.seed + item
    return request.layout or sample_scene(np.random.default_rng(seed), 2 + seed % 2).to_json()


class Script:
    """The words "velvet", "fail" and "crash" in a prompt make a notice, a refusal, and an exception."""

    def __init__(self) -> None:
        self._permits = threading.Semaphore(0)
        self.made: dict[str, tuple[ImageRequest, int]] = {}
        self.keeps = True
        self.repeats_steps = False

    def release(self, steps: int) -> None:
        """Let that many more steps be made."""
        self._permits.release(steps)

    def task(self, request: ImageRequest | ReplayRequest, context: JobContext) -> Iterator[Event]:
        if isinstance(request, ReplayRequest):
            again = context.history.get(request.artifact_id).recipe.again()
            for index in range(again.steps if self.repeats_steps else 0):
                while not self._permits.acquire(timeout=0.005):
                    context.pause_point()
                yield look(context.job_id, index, again.steps, again)
                yield Progress(context.job_id, index + 1, again.steps, 0.5, f"step {index + 1} of {again.steps}")
            yield Compared(context.job_id, request.artifact_id, True, True, 0, 0, "identical: all pixels")
            return
        job, total = context.job_id, request.steps
        if "velvet" in request.prompt:
            yield Notice(job, "'velvet' is not in this model's vocabulary; it will be ignored")
        for item in range(request.count):
            if layout := layout_of(request, item):
                yield Planned(job, item, layout)
        for index in range(total):
            context.pause_point()
            while not self._permits.acquire(timeout=0.005):
                context.pause_point()
            if "fail" in request.prompt:
                raise PromptError("the state is not finite; lower the guidance scale")
            if "crash" in request.prompt:
                raise ZeroDivisionError("scripted")
            self.made[job] = (request, index + 1)
            yield look(job, index, total, request)
            yield Progress(job, index + 1, total, 0.5 * (index + 1), f"step {index + 1} of {total}")
        for item in range(request.count if request.kept else 0):
            yield Produced(job, keep(request, item, context))
        if request.kept:
            # Half a second an evaluation, 3 MB a picture.
            width, height = request.width or SIDE, request.height or SIDE
            batch, octets = request.count, 3_000_000 * request.count
            yield Measured(job, request.model_id, width, height, "cpu", batch, True, 0.5, None, 0.0, octets)


def look(job: str, index: int, total: int, request: ImageRequest) -> Preview:
    """The preview of a step: the clean guess nears the picture, the noisy state loses its noise."""
    t = 1.0 - (index + 0.5) / total
    rng = np.random.default_rng(index)
    final = np.stack([picture(seed) for seed in request.seeds]).astype(np.float64)
    clean = (1.0 - t) * final + t * 128.0
    noisy = (1.0 - t) * final + t * rng.uniform(0, 255, final.shape)
    return Preview(job, index, total, t, 2 * math.log((1 - t) / t), clean.astype(np.uint8), noisy.astype(np.uint8))


def picture(seed: int) -> np.ndarray:
    """(SIDE, SIDE, 3): a colour by the seed, with a white square so that up and down differ."""
    pixels = np.empty((SIDE, SIDE, 3), np.uint8)
    pixels[:] = np.random.default_rng(seed).integers(0, 200, 3)
    pixels[4:12, 4:20] = 255
    return pixels


def keep(request: ImageRequest, item: int, context: JobContext) -> Artifact:
    """Write the picture as the real task does, and record it."""
    made = picture(request.seed + item)
    environment = Environment("0", "3.11", "0", "test", "test", "cpu", "float32", 1)
    at = f"2026-01-01T00:00:{item:02d}+00:00"
    recipe = Recipe(
        request,
        item,
        request.seed + item,
        layout_of(request, item),
        SIDE,
        SIDE,
        "Flat",
        {},
        environment,
        pixels_sha256(made),
        at,
    )
    name = artifact_id(context.job_id, item)
    path, thumbnail = context.history.home.picture(name), context.history.home.thumbnail(name)
    save_picture(path, made, recipe)
    save_thumbnail(thumbnail, made)
    artifact = Artifact(name, "image", path, thumbnail, recipe, project=context.project)
    context.history.add(artifact)
    return artifact


class ScriptedEngine(Engine):
    """An engine that can show every step its script has made, as the real one shows those that it kept.

    asked: (job, picture, steps) of each fetch. resumed: jobs that were taken up again.
    """

    def __init__(self, script: Script, **options: Any) -> None:
        super().__init__(find_task=lambda _request: script.task, **options)
        self._script = script
        self.asked: list[tuple[str, int, tuple[int, ...]]] = []
        self.resumed: list[str] = []

    def trajectory(self, job_id: str) -> Any:
        made = self._script.made.get(job_id)
        if made is None or not self._script.keeps:
            return None
        request, done = made
        looks = [look(job_id, index, request.steps, request) for index in range(request.steps)]
        return SimpleNamespace(
            steps=dict.fromkeys(range(request.count), done),
            sigma=tuple(each.sigma for each in looks),
            log_snr=tuple(each.log_snr for each in looks),
            exact=True,
        )

    def looks(self, job_id: str, item: int, steps: tuple[int, ...]) -> tuple[Preview, ...]:
        self.asked.append((job_id, item, tuple(steps)))
        request, _ = self._script.made[job_id]
        return tuple(look(job_id, number - 1, request.steps, request.alone(item)) for number in steps)

    def resume_job(self, job_id: str, request: Request | None = None, *, first: bool = True) -> bool:
        self.resumed.append(job_id)
        return super().resume_job(job_id, request, first=first)
