"""The shipped model paints an edited plan: what was moved, recoloured and added is seen there by the detector."""

from __future__ import annotations

import math

import pytest

from core.diffusion.time_grid import time_grid
from core.evaluation.painting import Order, painted
from core.evaluation.truth import Judge
from core.models.loader import load_model
from core.models.picture import PictureModel
from core.models.registry import SHIPPED, ModelRegistry
from core.requests import GuidanceSettings
from core.samplers.registry import sampler_named
from core.worlds.tabletop.arrangement import added, moved, recoloured, removed, reshaped
from core.worlds.tabletop.constraints import Observed, observed
from core.worlds.tabletop.scene import Scene

PROMPT, SEED, STEPS = "a large red cube and a small blue sphere, a green cylinder", 3, 8
NEAR = 0.25
"""Table units by which the detector may miss a place; a small object is 0.84 wide."""


@pytest.fixture(scope="module")
def model() -> PictureModel:
    return load_model(ModelRegistry((SHIPPED,)), "tabletop", "cpu")


def seen(model: PictureModel, scene: Scene) -> tuple[Observed, ...]:
    """What the detector finds in the picture that is painted under a scene."""
    grid = time_grid("uniform", model.schedule, STEPS)
    order = Order(PROMPT, SEED, scene.to_json())
    (pictures,) = painted(model, [order], sampler_named("euler"), grid, GuidanceSettings(3.0), lambda: None)
    judge = Judge.load(ModelRegistry((SHIPPED,)).files("tabletop-detector")["detector"])
    return judge.observe(pictures[0])


def test_what_was_edited_is_painted_where_it_was_put(model: PictureModel) -> None:
    plan = Scene.from_json(str(model.plan(PROMPT, SEED)))
    cos, sin = math.cos(plan.camera.azimuth_rad), math.sin(plan.camera.azimuth_rad)
    # The cube goes to the right, purple; the cylinder goes away; a yellow torus comes.
    edited = recoloured(moved(removed(plan, 2), 0, 0.9 * cos, 0.9 * sin), 0, "purple")
    edited = recoloured(reshaped(added(edited), 2, "torus"), 2, "yellow")
    found = sorted(seen(model, edited), key=lambda item: item.colour)
    wanted = sorted(observed(edited), key=lambda item: item.colour)
    assert [(item.shape, item.colour, item.size) for item in found] == [
        ("sphere", "blue", "small"),
        ("cube", "purple", "large"),
        ("torus", "yellow", "small"),
    ]
    for there, meant in zip(found, wanted, strict=True):
        assert math.dist((there.right, there.away), (meant.right, meant.away)) < NEAR
