"""A finished picture goes to disk: file, thumbnail, then its row in the history."""

from __future__ import annotations

from datetime import UTC, datetime

from core.artifacts.artifact import Artifact, artifact_id
from core.artifacts.image import PictureError, save_picture, save_thumbnail
from core.artifacts.kept_trajectory import TrajectoryCard
from core.artifacts.recipe import Recipe, pixels_sha256
from core.jobs.context import JobContext
from core.models.picture import PictureModel
from core.requests import ImageRequest
from core.tasks.environment import environment_of
from core.tasks.pictures import Finished
from core.tasks.recording import Recorder


def keep_picture(
    finished: Finished,
    request: ImageRequest,
    model: PictureModel,
    recorder: Recorder,
    parents: tuple[str, ...],
    context: JobContext,
) -> Artifact:
    """The picture, with its steps beside it where they are asked for.

    Raises PictureError where the disk refuses the picture, HistoryError where it refuses the row.
    """
    item, pixels = finished.item, finished.pixels
    used = context.registry.weights_used(request.model_id, request.guidance)
    recipe = recipe_of(finished, request, model, recorder, used)
    home, name = context.history.home, artifact_id(context.job_id, item.index)
    artifact = Artifact(name, "image", home.picture(name), home.thumbnail(name), recipe, parents, context.project)
    if request.keep_trajectory:
        card = TrajectoryCard(name, item.index, request, recipe.pixels_sha256, finished.levels, recipe.steps_sha256)
        recorder.save(card, home)
    try:
        # The row comes last: a kill before it leaves a whole file, which the next start adopts.
        save_thumbnail(home.thumbnail(name), pixels)
        save_picture(artifact.path, pixels, recipe, finished.alpha)
    except OSError as error:
        raise PictureError(f"{artifact.path} can't be saved ({error}); free some space or check its rights") from error
    context.history.add(artifact)
    return artifact


def recipe_of(
    finished: Finished, request: ImageRequest, model: PictureModel, recorder: Recorder, used: dict[str, str]
) -> Recipe:
    """request: with its branch's origin. used: the hashes of the model's files."""
    item, pixels = finished.item, finished.pixels
    height, width = pixels.shape[:2]
    return Recipe(
        request=request,
        item=item.index,
        seed=item.seed,
        layout=item.layout,
        width=width,
        height=height,
        model_title=model.card.title,
        model_sha256=used,
        environment=environment_of(model),
        pixels_sha256=pixels_sha256(pixels),
        made_at=datetime.now(UTC).isoformat(timespec="microseconds"),
        drawn_prompt="" if item.prompt == request.prompt else item.prompt,
        steps_sha256=recorder.hashes(item.index),
    )
