"""Noise scale and colour through a whole run: in the recipe, replayed to the bit, and without them all is as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from core.artifacts.image import load_picture, save_picture
from core.artifacts.recipe import Recipe
from core.colour import ColourSettings
from core.jobs.context import JobContext
from core.jobs.event import Compared, Preview
from core.requests import ReplayRequest
from core.tasks.replay import replay
from tests.core.tasks.asking import artifacts, ask, made, pixels, run

ContextMaker = Callable[[str], JobContext]
COLOUR = ColourSettings("fit", 0.5, 1.2, 0.6)


def verdict(artifact_id: str, context: JobContext) -> Compared:
    return next(event for event in replay(ReplayRequest(artifact_id), context) if isinstance(event, Compared))


@pytest.mark.parametrize("sampler", ["ddpm", "euler_ancestral"])
def test_noise_scale_and_colour_are_replayed(context: ContextMaker, sampler: str) -> None:
    job = context("first")
    artifact = made(ask("a cube", sampler=sampler, noise_scale=1.01, colour=COLOUR), job)
    read = load_picture(artifact.path).recipe.request
    assert (read.noise_scale, read.colour) == (1.01, COLOUR)
    found = verdict(artifact.id, context("again"))
    assert found.identical, found.sentence


def test_both_change_the_picture_and_colour_changes_no_step(context: ContextMaker) -> None:
    plain = made(ask("a cube", sampler="euler_ancestral"), context("plain"))
    coloured = made(ask("a cube", sampler="euler_ancestral", colour=COLOUR), context("coloured"))
    scaled = made(ask("a cube", sampler="euler_ancestral", noise_scale=1.2), context("scaled"))
    assert coloured.recipe.steps_sha256 == plain.recipe.steps_sha256 != scaled.recipe.steps_sha256
    assert not np.array_equal(pixels(coloured), pixels(plain))


def test_a_recipe_from_before_them_makes_the_same_pixels(context: ContextMaker) -> None:
    """As an earlier edition wrote it: schema 2, neither field."""
    job = context("first")
    artifact = made(ask("a cube", sampler="euler_ancestral"), job)
    older = json.loads(artifact.recipe.to_json()) | {"schema": 2}
    del older["request"]["noise_scale"], older["request"]["colour"]
    picture = load_picture(artifact.path)
    save_picture(artifact.path, picture.pixels, Recipe.from_json(json.dumps(older)))
    assert verdict(artifact.id, context("again")).identical


def test_the_clean_guess_is_seen_as_it_would_be_finished(context: ContextMaker) -> None:
    events = run(ask("a red cube", colour=ColourSettings(saturation=0.0)), context("grey"))
    look = next(event for event in reversed(events) if isinstance(event, Preview))
    assert np.ptp(look.clean.astype(int), axis=-1).max() <= 1
    assert look.noisy is not None
    assert np.ptp(look.noisy.astype(int), axis=-1).max() > 10
    (artifact,) = artifacts(events)
    assert np.ptp(pixels(artifact).astype(int), axis=-1).max() <= 1


def test_a_batch_with_colour_is_made_as_each_alone(context: ContextMaker) -> None:
    request = ask("a cube", count=2, colour=COLOUR)
    together = [pixels(artifact) for artifact in artifacts(run(request, context("both")))]
    for item in range(2):
        alone = made(replace(request, count=1, seed=request.seed + item), context(f"alone{item}"))
        np.testing.assert_array_equal(pixels(alone), together[item])
