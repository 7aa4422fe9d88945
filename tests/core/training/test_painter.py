from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.models.registry import SHIPPED
from core.networks.pca_codec import PcaCodec
from core.networks.weights import load_weights
from core.training import painter as training
from core.training.loop import train_steps
from core.training.recipe import Recipe, RecipeError, load_recipe
from core.worlds.tabletop import dataset


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """The shipped recipe, small, over two small shards of small pictures."""
    monkeypatch.setattr(dataset, "SHARD", 16)
    whole = load_recipe("tabletop")
    options = whole.options | {"size": 24, "factor": 4, "channels": 8, "map_size": 12, "pictures": 32}
    small = options | {"widths": [16, 24], "condition_width": 32, "text_width": 16, "guess_width": 8}
    return replace(whole, steps=6, batch_size=8, report_steps=3, options=small)


def test_it_trains_from_renders_to_weights(recipe: Recipe, tmp_path: Path) -> None:
    trained = training.build(recipe, tmp_path / "run")
    for name, value in trained.batch(3).items():
        assert torch.equal(value, training.build(recipe, tmp_path / "run").batch(3)[name]), name
    steps = list(train_steps(trained, recipe, tmp_path / "run", device=torch.device("cpu")))
    reports = [step.report for step in steps if step.report]
    assert reports[-1].loss < reports[0].loss
    assert reports[-1].parts.keys() == {"plain", "items", "guess"}
    (path,) = steps[-1].written
    weights = load_weights(path)
    assert json.loads(weights.metadata["config"])["size"] == 24
    assert PcaCodec.from_tensors(weights.part("codec.")).channels == 8
    assert {value.dtype for value in weights.tensors.values()} == {torch.float16}


def test_the_guess_learns_whatever_the_trunk_does(recipe: Recipe, tmp_path: Path) -> None:
    trained = training.build(recipe, tmp_path / "run")
    loss = trained.loss(trained.batch(0), torch.Generator().manual_seed(1))
    loss.total.backward()
    # a fresh trunk says zero and passes nothing on, so what reaches the guess is its own regression
    assert trained.module.unet.guess is not None
    gradient = trained.module.unet.guess.out.weight.grad
    assert gradient is not None
    assert gradient.abs().max() > 0


def test_dropped_conditions_are_zeros(recipe: Recipe, tmp_path: Path) -> None:
    always = replace(recipe, options=recipe.options | {"drop_both": 1.0})
    batch = training.build(always, tmp_path / "run").batch(0)
    assert not batch["layout"].any()
    assert not batch["tokens"].any()
    assert not batch["camera"].any()
    never = {"drop_both": 0.0, "drop_layout": 0.0, "drop_text": 0.0, "drop_camera": 0.0}
    batch = training.build(replace(recipe, options=recipe.options | never), tmp_path / "run").batch(0)
    for name in ("layout", "tokens", "camera"):
        assert batch[name].flatten(1).any(dim=1).all(), name


def test_a_sample_grid_pairs_real_pictures_with_painted_ones(recipe: Recipe, tmp_path: Path) -> None:
    trained = training.build(recipe, tmp_path / "run")
    grid = trained.sample_grid(trained.module)
    assert grid.shape == (4 * 24, 8 * 24, 3)
    real = training.to_uint8(trained.images([recipe.options["pictures"] - training.GRID]))[0]
    assert (grid[:24, :24] == real).all()


def test_a_painter_that_serves_another_has_that_one_s_codec() -> None:
    weights = load_weights(SHIPPED / "tabletop.safetensors").part("codec.")
    codec = training.codec_of("tabletop", 32, 6)
    for name, value in codec.state_dict().items():
        assert torch.equal(value, weights[name].float()), name
    with pytest.raises(RecipeError, match=r"tabletop's codec has 32 channels and factor 6, the recipe 16 and 6"):
        training.codec_of("tabletop", 16, 6)
    served = load_recipe("tabletop_weak")
    assert {
        "size": 96,
        "factor": 6,
        "channels": 32,
        "map_size": 48,
        "serves": "tabletop",
    }.items() <= served.options.items()
