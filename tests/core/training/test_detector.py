from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.evaluation import judge_accuracy
from core.models.card import read_card
from core.networks.weights import load_weights, sha256_of
from core.training import detector as training
from core.training.loop import train_steps
from core.training.recipe import Recipe, load_recipe
from core.worlds.tabletop import dataset


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """The shipped recipe over two small shards of small pictures."""
    monkeypatch.setattr(dataset, "SHARD", 16)
    options = {"size": 32, "pictures": 32, "data_seed": 4, "held_out": 12}
    return replace(load_recipe("detector"), steps=6, batch_size=8, report_steps=3, options=options)


def test_blobs_peak_at_centres_and_know_their_owners() -> None:
    centre = torch.tensor([[[2.4, 3.6], [6.0, 1.0], [0.0, 0.0]]])
    blob, owner = training.blobs(centre, torch.tensor([[True, True, False]]), 8)
    assert (blob >= 1.0).nonzero().tolist() == [[0, 2, 3], [0, 6, 1]]
    assert owner[0, 2, 3] == 0
    assert owner[0, 6, 2] == 1
    assert float(blob[0, 2, 4]) == pytest.approx(np.exp(-1 / (2 * training.SPREAD**2)), rel=1e-5)
    assert float(blob[0, 0, 0]) < 0.1


def test_the_centre_loss_is_the_papers_formula() -> None:
    logits = torch.tensor([[[0.3, -1.2]]])
    blob = torch.tensor([[[1.0, 0.5]]])
    p = torch.sigmoid(logits)[0, 0]
    expected = -((1 - p[0]) ** 2 * p[0].log() + 0.5**4 * p[1] ** 2 * (1 - p[1]).log())
    torch.testing.assert_close(training.centre_loss(logits, blob), expected)
    assert float(training.centre_loss(torch.tensor([[[9.0, -9.0]]]), torch.tensor([[[1.0, 0.0]]]))) < 1e-4


def test_it_trains_from_renders_to_a_card(recipe: Recipe, tmp_path: Path) -> None:
    trained = training.build(recipe, tmp_path / "run")
    for name, value in trained.batch(3).items():
        assert torch.equal(value, training.build(recipe, tmp_path / "run").batch(3)[name]), name
    steps = list(train_steps(trained, recipe, tmp_path / "run", device=torch.device("cpu")))
    reports = [step.report for step in steps if step.report]
    assert reports[-1].loss < reports[0].loss
    assert reports[0].parts.keys() == {"heat", "shape", "colour", "size", "material", "place"}
    weights, path = steps[-1].written
    card = read_card(path)
    assert card.kind == "detector"
    assert card.sha256["detector"] == sha256_of(weights)
    assert card.scores.keys() >= {"exact_one", "exact_two_to_four", "count"}
    assert {value.dtype for value in load_weights(weights).tensors.values()} == {torch.float16}


def test_the_judge_is_measured_on_renders_of_its_own(recipe: Recipe, tmp_path: Path) -> None:
    trained = training.build(recipe, tmp_path / "run")
    fresh = judge_accuracy.fresh_renders(32, 12)
    seen = {scene.to_json() for path in trained.shard_paths for scene in dataset.read_shard(path).scenes}
    assert not seen & {scene.to_json() for scene in fresh.scenes}
    scores = judge_accuracy.accuracy_on_renders(trained.module.eval(), fresh)
    assert scores["exact_two_to_four"] == 0.0
