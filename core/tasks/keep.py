"""A finished picture goes to disk: file, thumbnail, then its row in the history."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from core.artifacts.artifact import Artifact, artifact_id
from core.artifacts.image import PictureError, save_picture, save_thumbnail
from core.artifacts.recipe import Recipe, pixels_sha256
from core.jobs.context import JobContext
from core.models.picture import PictureModel
from core.requests import ImageRequest
from core.tasks.environment import environment_of


def keep_picture(
    pixels: np.ndarray,
    request: ImageRequest,
    item: int,
    seed: int,
    prompt: str,
    layout: str | None,
    model: PictureModel,
    context: JobContext,
) -> Artifact:
    """pixels: (H, W, 3) uint8 sRGB. prompt: with its choices drawn.

    Raises PictureError where the disk refuses, HistoryError where the row does.
    """
    height, width = pixels.shape[:2]
    recipe = Recipe(
        request=request,
        item=item,
        seed=seed,
        layout=layout,
        width=width,
        height=height,
        model_title=model.card.title,
        model_sha256=model.card.sha256,
        environment=environment_of(model),
        pixels_sha256=pixels_sha256(pixels),
        made_at=datetime.now(UTC).isoformat(timespec="microseconds"),
        drawn_prompt="" if prompt == request.prompt else prompt,
    )
    home, name = context.history.home, artifact_id(context.job_id, item)
    artifact = Artifact(name, "image", home.picture(name), home.thumbnail(name), recipe)
    try:
        # The row comes last: a kill before it leaves a whole file, which the next start adopts.
        save_thumbnail(home.thumbnail(name), pixels)
        save_picture(artifact.path, pixels, recipe)
    except OSError as error:
        raise PictureError(f"{artifact.path} can't be saved ({error}); free some space or check its rights") from error
    context.history.add(artifact)
    return artifact
