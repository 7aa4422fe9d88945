from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.datasets.stickers.cache import STYLES
from core.models.card import read_card
from core.models.stickers import painter_of
from core.networks.minilm import MiniLm, load_minilm
from core.training import stickers_card
from core.training.loop import Budget, train_steps
from core.training.recipe import Recipe, RecipeError, load_recipe
from core.training.sticker_latents import placed
from core.training.sticker_words import mirrors, text_bank, with_style
from core.training.stickers import StickerTraining
from core.training.stickers_card import ShippedCodec, shards_of
from tests.core.training.sticker_set import small_codec, small_stickers

CPU = torch.device("cpu")
SMALL: dict[str, Any] = {"width": 16, "depth": 1, "heads": 2, "condition_width": 16, "sizes": ["16x16", "24x16"]}


@pytest.fixture(scope="module")
def encoder() -> MiniLm:
    return load_minilm()


@pytest.fixture
def recipe() -> Recipe:
    whole = load_recipe("stickers")
    options = whole.options | SMALL | {"shares": [1, 1]}
    return replace(whole, steps=6, batch_size=8, report_steps=3, precision="float32", options=options)


def training(recipe: Recipe, folder: Path, encoder: MiniLm) -> StickerTraining:
    shipped = ShippedCodec(small_codec(), "c", "a" * 64, "c.safetensors")
    return StickerTraining(recipe, folder / "run", small_stickers(folder / "stickers"), encoder, shipped)


@pytest.mark.parametrize("network", ["mmdit", "dit"])
def test_it_trains_from_stickers_to_a_card(network: str, recipe: Recipe, encoder: MiniLm, tmp_path: Path) -> None:
    recipe = replace(recipe, options=recipe.options | {"network": network})
    trained = training(recipe, tmp_path, encoder)
    again = training(recipe, tmp_path, encoder)
    for step in range(3):
        for name, value in trained.batch(step).items():
            assert torch.equal(value, again.batch(step)[name]), name
    assert {trained.batch(step)["latent"].shape[2:] for step in range(8)} == {(4, 4), (4, 6)}
    *_, last = train_steps(trained, recipe, tmp_path / "run", device=CPU)
    assert last.grid is not None
    assert last.grid.shape == (8 * 16, len(STYLES) * 16, 3)
    weights, path = last.written
    card = read_card(path)
    assert card.styles == STYLES
    assert card.sizes == ((16, 16), (24, 16))
    assert card.training["network"] == network
    assert "Early" not in card.summary, "the whole of its recipe was run"
    assert painter_of([weights]).config.network == network


def test_a_run_goes_on_to_the_bit(recipe: Recipe, encoder: MiniLm, tmp_path: Path) -> None:
    whole = training(recipe, tmp_path, encoder)
    list(train_steps(whole, recipe, tmp_path / "whole", device=CPU))
    first = training(recipe, tmp_path, encoder)
    list(train_steps(first, recipe, tmp_path / "parts", device=CPU, budget=Budget(steps=6, minutes=1e-6)))
    second = training(recipe, tmp_path, encoder)
    list(train_steps(second, recipe, tmp_path / "parts", device=CPU, budget=Budget(steps=6), resume=True))
    for name, value in whole.module.state_dict().items():
        assert torch.equal(value, second.module.state_dict()[name]), name


def test_a_run_starts_from_kept_weights(recipe: Recipe, encoder: MiniLm, tmp_path: Path) -> None:
    made = training(recipe, tmp_path, encoder)
    *_, last = train_steps(made, recipe, tmp_path / "run", device=CPU, budget=Budget(steps=2))
    start = replace(recipe, options=recipe.options | {"start_from": str(last.written[0])})
    kept = painter_of([last.written[0]]).state_dict()
    for name, value in training(start, tmp_path, encoder).module.state_dict().items():
        assert torch.equal(value, kept[name]), name
    with pytest.raises(RecipeError, match="another network"):
        training(replace(start, options=start.options | {"depth": 2}), tmp_path, encoder)


def test_texts_and_styles_are_left_out_as_told(recipe: Recipe, encoder: MiniLm, tmp_path: Path) -> None:
    without = replace(recipe, options=recipe.options | {"drop_text": 1.0})
    batch = training(without, tmp_path, encoder).batch(0)
    assert not batch["mask"].any()
    only_words = replace(recipe, options=recipe.options | {"drop_text": 0.0, "drop_style": 1.0})
    batch = training(only_words, tmp_path, encoder).batch(0)
    assert not batch["style"].any()
    assert batch["mask"].any(dim=1).all()
    both = replace(recipe, options=recipe.options | {"drop_text": 0.0, "drop_style": 0.0})
    assert training(both, tmp_path, encoder).batch(0)["style"].min() > 0


def test_things_with_sides_are_not_mirrored() -> None:
    assert mirrors("fox")
    assert not mirrors("left arrow")
    assert not mirrors("three o'clock")


def test_a_style_is_told_in_the_same_words_every_time() -> None:
    told = [with_style(f"thing {number}", "flat") for number in range(40)]
    assert told == [with_style(f"thing {number}", "flat") for number in range(40)]
    assert all("flat" in caption for caption in told)
    assert len({caption.replace(str(number), "") for number, caption in enumerate(told)}) == 4


def test_a_sticker_stands_in_the_middle_of_a_clear_ground() -> None:
    picture = np.full((1, 32, 32, 4), 255, np.uint8)
    picture[..., 1:3] = 0
    wide = placed(picture, (24, 16))
    assert wide.shape == (1, 4, 16, 24)
    red, clear = (torch.tensor(values)[:, None, None] for values in ([1.0, -1.0, -1.0, 1.0], [1.0, 1.0, 1.0, -1.0]))
    torch.testing.assert_close(wide[0, :, :, 4:20], red.expand(-1, 16, 16))
    assert torch.equal(wide[0, :, :, :4], clear.expand(-1, 16, 4))


def test_kept_states_are_the_encoders(encoder: MiniLm, tmp_path: Path) -> None:
    texts = ["a fox", "a sleepy fox in the snow", "ox"]
    text_bank(encoder, texts, tmp_path)
    states, mask = text_bank(encoder, texts, tmp_path).batch([texts[1], None, texts[0]])
    own = encoder.states([texts[1], "", texts[0]])
    length = int(own.mask[0].sum())
    assert mask.sum(dim=1).tolist() == [length, 0, int(own.mask[2].sum())]
    torch.testing.assert_close(states[0], own.states[0, :length], atol=2e-3, rtol=2e-3)


def test_weights_go_into_files_that_are_small_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stickers_card, "MOST_BYTES", 200)
    monkeypatch.setattr(stickers_card, "HEADER_BYTES", 0)
    parts = shards_of({name: torch.zeros(40) for name in "abcde"})
    assert [list(part) for part in parts] == [["a", "b"], ["c", "d"], ["e"]]


def test_wrong_options_are_refused(recipe: Recipe, encoder: MiniLm, tmp_path: Path) -> None:
    for options in ({"sizes": ["64"]}, {"sizes": ["20x20"]}, {"shares": [1.0]}, {"colour": 1}):
        with pytest.raises(RecipeError):
            training(replace(recipe, options=recipe.options | options), tmp_path, encoder)
