"""A kept picture made again from its recipe, and compared; nothing is kept of the repetition."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from core.artifacts.artifact import Artifact
from core.artifacts.comparison import compare, describe
from core.artifacts.image import Picture, load_picture
from core.artifacts.recipe import pixels_sha256
from core.artifacts.trajectory_store import TrajectoryStore
from core.history.home import HomeFolder
from core.history.steps import find_glance
from core.jobs.context import JobContext
from core.jobs.event import Compared, Event, Measured, Notice, Progress
from core.models.picture import PictureModel
from core.requests import ImageRequest, ReplayRequest
from core.tasks.keep import recipe_of
from core.tasks.pictures import Finished, pictures
from core.tasks.preparing import prepare
from core.tasks.recording import Recorder, head_of, steps_kept


def replay(request: ReplayRequest, context: JobContext) -> Iterator[Event]:
    """Progress and Previews as of any picture, then one Compared. Files and rows stay as they are.

    A branch makes its parent's steps again too. Raises HistoryError for an id that isn't in the history, PictureError
    where its file is gone, and what `generate` raises.
    """
    started = context.clock()
    artifact = context.history.get(request.artifact_id)
    original = load_picture(artifact.path)
    again = original.recipe.again()
    yield Progress(context.job_id, 0, again.steps, 0.0, "loading the model")
    yield from _remarks(original, artifact, context)
    plan = prepare(again, context)
    with tempfile.TemporaryDirectory(prefix="noisette-replay-") as folder:
        store = TrajectoryStore(Path(folder))
        recorder = Recorder(store, head_of(context, again, plan))
        recorder.start()
        try:
            for event in pictures(again, plan, [0], recorder, context, started, afresh=True):
                if isinstance(event, Measured):
                    # Nothing is kept here, so it would tell less than a job takes.
                    continue
                if isinstance(event, Finished):
                    event = _compared(event, artifact, original, again, plan.model, recorder, context)
                yield event
        finally:
            recorder.close(ended=True)


def _remarks(original: Picture, artifact: Artifact, context: JobContext) -> Iterator[Event]:
    recipe = original.recipe
    if pixels_sha256(original.pixels) != recipe.pixels_sha256:
        yield Notice(context.job_id, f"{artifact.path} was changed after it was made: its recipe names other pixels")
    card = context.registry.card(recipe.request.model_id)
    if context.registry.weights_used(card.id, recipe.request.guidance) != recipe.model_sha256:
        yield Notice(context.job_id, f"model {card.id} is not the one that made this: its files have other hashes now")


def _compared(
    finished: Finished,
    artifact: Artifact,
    original: Picture,
    again: ImageRequest,
    model: PictureModel,
    recorder: Recorder,
    context: JobContext,
) -> Compared:
    home = HomeFolder(context.home)
    job_id, _, number = artifact.id.rpartition("-")
    found = compare(
        original.pixels,
        finished.pixels,
        original.recipe,
        recipe_of(finished, again, model, recorder, context.registry.weights_used(again.model_id, again.guidance)),
        first_run=lambda step: find_glance(job_id, int(number) - 1, step, steps_kept(context), home),
        second_run=lambda step: recorder.glance(0, step),
    )
    return Compared(
        context.job_id,
        artifact.id,
        found.identical,
        found.within_tolerance,
        found.different_pixels,
        found.largest_difference,
        describe(found),
        found.first_step,
        found.step_difference,
    )
