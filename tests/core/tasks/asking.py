"""What the tests of tasks ask for, and what came of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.artifacts.artifact import Artifact
from core.artifacts.image import load_picture
from core.jobs.context import JobContext
from core.jobs.event import Event, Produced, Progress
from core.requests import GuidanceSettings, ImageRequest
from core.tasks.generate import generate


def ask(prompt: str = "a red cube", **fields: object) -> ImageRequest:
    return replace(ImageRequest(prompt, "mixture", steps=6, guidance=GuidanceSettings(2.0), seed=5), **fields)


def run(request: ImageRequest, context: JobContext) -> list[Event]:
    return list(generate(request, context))


def artifacts(events: list[Event]) -> list[Artifact]:
    return [event.artifact for event in events if isinstance(event, Produced)]


def made(request: ImageRequest, context: JobContext) -> Artifact:
    (artifact,) = artifacts(run(request, context))
    return artifact


def hashes(events: list[Event]) -> list[str]:
    return [artifact.recipe.pixels_sha256 for artifact in artifacts(events)]


def pixels(artifact: Artifact) -> np.ndarray:
    return load_picture(artifact.path).pixels


def steps_told(events: list[Event]) -> list[int]:
    """The numbers of the steps that were made, as progress counts them."""
    return [event.done for event in events if isinstance(event, Progress) and event.note.startswith("step")]


def break_off(request: ImageRequest, context: JobContext, step: int) -> None:
    """Run a job until it has told of this step, then stop it as a cancellation does."""
    begun = generate(request, context)
    for event in begun:
        if isinstance(event, Progress) and event.note == f"step {step} of {request.steps}":
            break
    begun.close()  # type: ignore[attr-defined]
