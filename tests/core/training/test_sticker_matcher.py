from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from core.errors import ModelError
from core.evaluation.stickers.asked import kept_from_matcher
from core.models.card import read_card
from core.networks.weights import load_weights, save_weights, sha256_of
from core.training import sticker_matcher as training
from core.training.loop import train_steps
from core.training.recipe import Recipe, load_recipe
from core.training.sticker_changes import changed
from tests.made_stickers import write_stickers


def letters(texts: list[str]) -> torch.Tensor:
    """A text's letters counted: an encoder that needs no file."""
    return torch.tensor([[float(text.count(chr(97 + place))) for place in range(26)] for text in texts])


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Recipe:
    """The shipped recipe over the small set, its captions read as letters."""
    monkeypatch.setenv("NOISETTE_CACHE", str(tmp_path))
    write_stickers(tmp_path / "stickers")
    monkeypatch.setattr(training, "load_minilm", lambda: None)
    monkeypatch.setattr(training, "pooled_captions", lambda _, texts: letters(texts))
    return replace(load_recipe("sticker_matcher"), steps=6, batch_size=16, report_steps=3, precision="float32")


def test_it_trains_from_pictures_to_a_card(recipe: Recipe, tmp_path: Path) -> None:
    trained = training.build(recipe, tmp_path / "run")
    for name, value in trained.batch(3).items():
        assert torch.equal(value, training.build(recipe, tmp_path / "run").batch(3)[name]), name
    steps = list(train_steps(trained, recipe, tmp_path / "run", device=torch.device("cpu")))
    reports = [step.report for step in steps if step.report]
    assert reports[-1].loss < reports[0].loss
    assert reports[0].parts.keys() == {"to_captions", "to_pictures", "style"}
    weights, path = steps[-1].written
    card = read_card(path)
    assert card.kind == "matcher"
    assert card.sha256["matcher"] == sha256_of(weights)
    assert card.scores["caption_pool"] == 11.0
    tensors = load_weights(weights).tensors
    assert {value.dtype for value in tensors.values() if value.is_floating_point()} == {torch.float16}


def test_the_head_for_styles_can_be_fitted_alone(recipe: Recipe, tmp_path: Path) -> None:
    first = training.build(recipe, tmp_path / "first")
    *_, step = train_steps(first, replace(recipe, steps=1), tmp_path / "first", device=torch.device("cpu"))
    before = load_weights(step.written[0]).tensors
    second = replace(load_recipe("sticker_matcher_styles"), steps=3, batch_size=16, precision="float32")
    second = replace(second, options={"trunk": str(step.written[0])})
    trained = training.build(second, tmp_path / "run")
    *_, last = train_steps(trained, second, tmp_path / "run", device=torch.device("cpu"))
    after = load_weights(last.written[0]).tensors
    for name, value in before.items():
        assert torch.equal(after[name], value) == (not name.startswith("style.")), name
    card = read_card(last.written[1])
    assert (card.training["trunk_step"], card.training["step"]) == (1, 3)
    save_weights(tmp_path / "other.safetensors", {"stem.weight": torch.zeros(1)})
    with pytest.raises(ModelError, match="option trunk"):
        training.build(replace(recipe, options={"trunk": str(tmp_path / "other.safetensors")}), tmp_path / "run")


def test_what_is_kept_for_the_examination_is_never_trained_on(recipe: Recipe, tmp_path: Path) -> None:
    trained = training.build(recipe, tmp_path / "run")
    kept = kept_from_matcher(trained.stickers.entries)
    rng = np.random.default_rng(0)
    words = trained.words
    rows = {words.row(concept, rng) for concept in range(len(words.concepts)) for _ in range(60)}
    assert rows == set(range(48)) - kept
    assert not any("in" in text.split() for text in words.texts), "a caption held back"
    assert "pink bar" not in words.concepts


def test_the_contrast_is_infonce_without_what_would_fit_as_well(recipe: Recipe, tmp_path: Path) -> None:
    trained = training.build(recipe, tmp_path / "run")
    generator = torch.Generator().manual_seed(0)
    batch = trained.batch(0)
    pictures, own, spoken = (F.normalize(torch.randn(count, 8, generator=generator), dim=1) for count in (16, 16, 11))
    parts = trained._contrasts(pictures, own, spoken, batch)
    scale = float(trained.module.scale.detach())
    to_captions, to_pictures = 0.0, 0.0
    for b in range(16):
        concept = int(batch["concept"][b])
        right = scale * float(pictures[b] @ own[b])
        others = [
            scale * float(pictures[b] @ spoken[j]) for j in range(11) if j != concept and not batch["spoken_fits"][b, j]
        ]
        to_captions += float(np.log(np.exp([right, *others]).sum()) - right) / 16
        rivals = [scale * float(own[b] @ pictures[j]) for j in range(16) if j != b and not batch["own_fits"][b, j]]
        to_pictures += float(np.log(np.exp([right, *rivals]).sum()) - right) / 16
    assert float(parts["to_captions"].detach()) == pytest.approx(to_captions, rel=1e-4)
    assert float(parts["to_pictures"].detach()) == pytest.approx(to_pictures, rel=1e-4)


def test_captions_that_others_share_are_known(recipe: Recipe, tmp_path: Path) -> None:
    words = training.build(recipe, tmp_path / "run").words
    fits = {words.concepts[place] for place in np.flatnonzero(words.fits[words.texts.index("red thing")])}
    assert fits == {"red disc", "red bar"}


def test_changes_keep_white_white_and_sides_where_they_are() -> None:
    generator = torch.Generator().manual_seed(1)
    image = torch.ones(64, 3, 32, 32)
    image[:, :, 8:24, 4:12] = -1.0
    sided = torch.arange(64) < 32
    out = changed(image, sided, generator)
    assert float(out[..., 0].mean()) > 0.95
    on_left = out[..., :16].mean(dim=(1, 2, 3)) < out[..., 16:].mean(dim=(1, 2, 3))
    assert bool(on_left[:32].all())
    assert 6 <= int(on_left[32:].sum()) <= 26
