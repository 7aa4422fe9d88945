"""The sticker model as a PictureModel: words, styles, guidance, and independence of the batch to the bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
import torch

from core.diffusion.guidance import GuidedDenoiser
from core.diffusion.noise import Noise
from core.diffusion.prediction import Prediction
from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import time_grid
from core.errors import ModelError, RequestError
from core.guidance_settings import METHOD_OPTIONS, GuidanceSettings, Method
from core.models.card import ModelCard
from core.models.picture import Condition
from core.models.stickers import StickersModel, painter_of
from core.networks.captioned import CaptionedConfig, CaptionedNetwork
from core.networks.minilm import load_minilm
from core.tasks.preparing import check_style
from tests.core.training.sticker_set import small_codec

GRID = time_grid("uniform", schedule_named("flow"), 4)
CARD = ModelCard(
    id="stickers",
    title="Stickers",
    summary="",
    network="stickers",
    parameterization="velocity",
    schedule="flow",
    codec="sticker-codec",
    conditioning=("text", "style", "size"),
    sizes=((32, 32), (48, 32)),
    parameters=1,
    license="Apache-2.0",
    source="",
    styles=("3d", "flat"),
)


@pytest.fixture(scope="module", params=["mmdit", "dit"])
def model(request: pytest.FixtureRequest) -> StickersModel:
    """A small one with random weights in every layer, the zero-initialised ones too."""
    torch.manual_seed(0)
    config = CaptionedConfig(request.param, styles=2, width=32, depth=2, heads=2, condition_width=32)
    painter = CaptionedNetwork(config).eval().requires_grad_(False)
    for weight in painter.parameters():
        if not weight.any():
            weight.normal_(std=0.2)
    return StickersModel(CARD, torch.device("cpu"), painter, small_codec(), load_minilm())


def guess(
    model: StickersModel, said: list[Condition], settings: GuidanceSettings, seeds: list[int], size: int = 32
) -> Prediction:
    x = Noise(seeds, model.latent_shape(size, 32)).draw("start", 0)
    return model.denoiser(said, settings, GRID)(x, GRID[1])


@pytest.mark.parametrize("method", list(METHOD_OPTIONS))
def test_no_method_lets_items_see_one_another(model: StickersModel, method: Method) -> None:
    said = [
        Condition("a fox", "a cube", style="3d"),
        Condition("a (red:1.5) cat AND a very long-winded [dog->sleepy bear:0.1] :0.5"),
        Condition("", "", style="flat"),
    ]
    settings = GuidanceSettings(3.0, method=method)
    together = guess(model, said, settings, [5, 6, 7])
    assert torch.isfinite(together.x0).all()
    for place, one in enumerate(said):
        assert torch.equal(guess(model, [one], settings, [5 + place]).x0[0], together.x0[place])


@pytest.mark.parametrize(
    "other",
    [Condition("a cat", style="3d"), Condition("a fox", style="flat"), Condition("a fox"), Condition("(fox:2)")],
)
def test_words_weights_and_style_count(model: StickersModel, other: Condition) -> None:
    one = guess(model, [Condition("a fox", style="3d")], GuidanceSettings(), [1])
    assert not torch.allclose(one.x0, guess(model, [other], GuidanceSettings(), [1]).x0)


def test_a_change_switches_the_words_at_its_fraction_of_the_run(model: StickersModel) -> None:
    changing = model.denoiser([Condition("a [fox->cat:0.5]")], GuidanceSettings(), GRID)
    x = Noise([1], model.latent_shape(32, 32)).draw("start", 0)
    for level, word in ((GRID[1], "fox"), (GRID[2], "cat")):
        plain = model.denoiser([Condition(f"a {word}")], GuidanceSettings(), GRID)
        assert torch.equal(changing(x, level).x0, plain(x, level).x0)


def test_it_draws_the_sizes_of_its_card(model: StickersModel) -> None:
    assert model.latent_shape(48, 32) == (8, 8, 12)
    wide = guess(model, [Condition("a fox")], GuidanceSettings(2.0), [1], size=48)
    assert wide.x0.shape == (1, 8, 8, 12)
    with pytest.raises(RequestError, match="choose one of 32x32, 48x32"):
        model.latent_shape(64, 64)


def test_every_word_has_a_map_and_a_cell_adds_up(model: StickersModel) -> None:
    said = [Condition("a sleepyheaded fox!", "a cube", style="3d"), Condition("an owl")]
    x = Noise([1, 2], model.latent_shape(32, 32)).draw("start", 0)
    denoiser = cast("GuidedDenoiser", model.denoiser(said, GuidanceSettings(3.0), GRID))
    plain = denoiser(x, GRID[1])
    parts = denoiser.taken_apart(x, GRID[1], words=True)
    assert torch.equal(parts.guided.x0, plain.x0)
    assert parts.words is not None
    assert parts.words.words == (("a", "sleepyheaded", "fox"), ("an", "owl"))
    for maps in parts.words.maps:
        assert maps.shape == (2, 4, 4, 4)
        torch.testing.assert_close(maps.float().sum(dim=1), torch.ones(2, 4, 4), atol=3e-3, rtol=0)
        assert not maps[1, 3].any()


def test_it_has_no_plan_and_knows_any_word(model: StickersModel) -> None:
    assert model.plan("a fox", 0) is None
    assert model.unknown_words("a flibbertigibbet") == ()
    assert model.remarks("fox " * 40)


def test_a_style_that_is_not_there_is_refused() -> None:
    check_style(CARD, "flat")
    with pytest.raises(RequestError, match="no style '4d'; choose 3d, flat, or none"):
        check_style(CARD, "4d")
    with pytest.raises(RequestError, match="none to choose from"):
        check_style(replace(CARD, styles=()), "flat")


def test_files_that_are_not_a_network_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        painter_of([tmp_path / "none.safetensors"])
    with pytest.raises(ModelError, match="no file can't be read"):
        painter_of([])
