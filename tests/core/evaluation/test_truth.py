from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelError
from core.evaluation.detections import same_set
from core.evaluation.prompts import real_pictures
from core.evaluation.truth import JUDGE_ID, Judge, judged
from core.models.registry import SHIPPED
from core.networks.weights import save_weights
from core.worlds.tabletop.constraints import Exists, Observed, Relation, observed
from core.worlds.tabletop.scene import Camera, Item, Light, Scene

CUBE_AND_BALL = Scene(
    (
        Item("cube", "red", "large", "matte", -1.0, 0.0, 0.5),
        Item("sphere", "blue", "small", "metal", 0.9, -0.4),
    ),
    Camera(),
    Light(),
)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge.load(SHIPPED / f"{JUDGE_ID}.safetensors")


@pytest.mark.parametrize("size", [96, 128, 192])
def test_the_shipped_judge_reads_a_render_at_any_size(judge: Judge, size: int) -> None:
    seen = judge.observe(real_pictures([CUBE_AND_BALL], size)[0])
    real = observed(CUBE_AND_BALL)
    assert same_set(seen, real)
    for item in seen:
        match = next(other for other in real if other.shape == item.shape)
        assert abs(item.right - match.right) < 0.25
        assert abs(item.away - match.away) < 0.25


def test_a_verdict_names_each_constraint(judge: Judge) -> None:
    picture = real_pictures([CUBE_AND_BALL], 96)[0]
    assert judge.score(picture, "a red cube to the left of a small blue metal sphere").exact
    verdict = judge.score(picture, "a red cube to the right of a blue sphere")
    assert not verdict.exact
    assert all(ok for constraint, ok in verdict.held if isinstance(constraint, Exists))
    assert not any(ok for constraint, ok in verdict.held if isinstance(constraint, Relation))
    assert not judge.score(picture, "a red cube").exact
    assert not judge.score(picture, "a green cube and a blue sphere").exact


def test_an_empty_picture_shows_nothing(judge: Judge) -> None:
    verdict = judge.score(np.full((96, 96, 3), 200, np.uint8), "a red cube")
    assert verdict.seen == ()
    assert not verdict.exact


def test_features_do_not_depend_on_the_batch(judge: Judge) -> None:
    pictures = real_pictures([CUBE_AND_BALL, Scene(CUBE_AND_BALL.items[:1])], 96)
    both = judge.look(pictures)
    alone = judge.look(pictures[1:])
    np.testing.assert_allclose(both.features[1:], alone.features, rtol=1e-3, atol=1e-3)
    assert both.objects[1:] == alone.objects or same_set(both.objects[1], alone.objects[0])


def test_a_prompt_without_wishes_is_always_met() -> None:
    assert judged((Observed("cube", "red", "small", "matte", 0.0, 0.0),), "").exact


def test_other_weights_are_refused(tmp_path: Path) -> None:
    import torch

    save_weights(tmp_path / "other.safetensors", {"x": torch.zeros(1)})
    with pytest.raises(ModelError, match="not the tabletop's detector"):
        Judge.load(tmp_path / "other.safetensors")
