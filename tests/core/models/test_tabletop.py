"""The tabletop model as a PictureModel: guidance, absence, and independence of the batch to the bit."""

from pathlib import Path

import pytest
import torch

from core.conditioning.layout import CAMERA_CHANNELS, MAP_CHANNELS, camera_vector, cast_cells, layout_map
from core.conditioning.prompt_draws import drawn
from core.conditioning.prompt_phases import phases
from core.diffusion.noise import Noise
from core.diffusion.time_grid import time_grid
from core.errors import LayoutError, ModelError, RequestError
from core.models.card import ModelCard
from core.models.picture import Condition
from core.models.tabletop import TabletopModel, load, weighted_tokens
from core.networks.painter import Painter
from core.networks.pca_codec import PcaCodec
from core.networks.unet import UNetConfig
from core.networks.weights import save_weights
from core.planning.network import PlannerNetwork
from core.planning.planner import Planner
from core.planning.slot_model import SlotModelConfig
from core.requests import GuidanceSettings
from core.samplers.dpmpp import dpmpp_2m
from core.worlds.tabletop.grammar import MAX_TOKENS, PAD, tokenize, vocabulary
from core.worlds.tabletop.scene import Scene

CARD = ModelCard(
    id="tabletop",
    title="Tabletop",
    summary="",
    network="tabletop",
    parameterization="edm",
    schedule="flow",
    codec="pca",
    conditioning=("text", "layout", "camera"),
    sizes=((24, 24),),
    parameters=1,
    license="Apache-2.0",
    source="",
    files={"painter": "painter.safetensors", "planner": "planner.safetensors"},
)


@pytest.fixture(scope="module")
def model() -> TabletopModel:
    """A small one with random weights in every layer, the zero-initialised ones too."""
    torch.manual_seed(0)
    shape = UNetConfig(
        in_channels=6, out_channels=6, map_channels=MAP_CHANNELS, map_factor=2, widths=(16, 32), condition_width=32
    )
    painter = Painter(shape, len(vocabulary()), CAMERA_CHANNELS).eval().requires_grad_(False)
    for weight in painter.parameters():
        if not weight.any():
            weight.normal_(std=0.2)
    codec = PcaCodec.fit(torch.rand(8, 3, 24, 24) * 2 - 1, 6, 4)
    return TabletopModel(
        CARD,
        torch.device("cpu"),
        painter,
        codec,
        Planner(PlannerNetwork(SlotModelConfig(len(vocabulary()), 32, 1))),
        24,
        12,
    )


def sample(model: TabletopModel, conditions: list[Condition], seeds: list[int], scale: float) -> torch.Tensor:
    denoiser = model.denoiser(conditions, GuidanceSettings(scale))
    grid = time_grid("uniform", model.schedule, 3)
    noise = Noise(seeds, model.latent_shape(24, 24))
    *_, last = dpmpp_2m(denoiser, noise.draw("start", 0), grid, noise)
    return last.x


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_a_picture_does_not_depend_on_its_batch(model: TabletopModel, scale: float) -> None:
    conditions = [Condition(text, "a cube", model.plan(text, seed)) for seed, text in enumerate(["a cone", "a", "no"])]
    together = sample(model, conditions, [5, 6, 7], scale)
    for place, condition in enumerate(conditions):
        alone = sample(model, [condition], [5 + place], scale)
        assert torch.equal(alone[0], together[place])
    turned = sample(model, conditions[::-1], [7, 6, 5], scale)
    assert torch.equal(turned.flip(0), together)


def test_each_condition_counts_and_may_be_absent(model: TabletopModel) -> None:
    layout = model.plan("a red cube", 1)
    said = [
        Condition("a red cube", "", layout),
        Condition("a red cube"),
        Condition("", "", layout),
        Condition(""),
    ]
    pictures = [sample(model, [one], [1], 1.0) for one in said]
    for index, picture in enumerate(pictures):
        assert torch.isfinite(picture).all()
        assert all(not torch.equal(picture, other) for other in pictures[:index])


def test_guidance_moves_away_from_what_is_left_out(model: TabletopModel) -> None:
    layout = model.plan("a red cube", 1)
    grid = time_grid("uniform", model.schedule, 2)
    x = Noise([3], model.latent_shape(24, 24)).draw("start", 0)

    def guess(scale: float) -> torch.Tensor:
        return model.denoiser([Condition("a red cube", "a cone", layout)], GuidanceSettings(scale))(x, grid[0]).x0

    torch.testing.assert_close(guess(2.0) - guess(1.0), guess(1.0) - guess(0.0), rtol=1e-4, atol=1e-4)


def test_a_plan_is_a_function_of_prompt_and_seed(model: TabletopModel) -> None:
    assert model.plan("two cubes", 4) == model.plan("two cubes", 4)
    assert model.plan("two cubes", 4) != model.plan("two cubes", 5)


def test_bad_requests_are_refused(model: TabletopModel) -> None:
    with pytest.raises(RequestError, match="can't paint 32x24"):
        model.latent_shape(32, 24)
    with pytest.raises(LayoutError, match="not JSON"):
        model.denoiser([Condition("a cube", "", "{")], GuidanceSettings())
    assert model.unknown_words("a velvet cube") == ("velvet",)


@pytest.mark.parametrize("prompt", ["a red cube", "a ball (shiny), to the left of [a] cone", ""])
def test_without_marks_the_painter_is_told_what_it_always_was(model: TabletopModel, prompt: str) -> None:
    layout = model.plan("a red cube", 1)
    assert model.plan(prompt, 3) == model.planner.plan(prompt, 3).to_json()
    words = tokenize(prompt)
    tokens = torch.tensor([words + [PAD] * (MAX_TOKENS - len(words))])
    scene = Scene.from_json(layout)
    features = layout_map([scene], cast_cells([scene], 12, model.device))
    told = model.painter.conditions(tokens, camera_vector([scene], model.device), features)
    (now,) = model._course(prompt, layout, model.painter).given
    assert now.mask.dtype == torch.bool
    for name in ("states", "mask", "vector", "mapped"):
        assert torch.equal(getattr(now, name), getattr(told, name)), name


def test_a_weight_of_one_changes_nothing_to_the_bit(model: TabletopModel) -> None:
    layout = model.plan("a red cube", 1)
    plain, marked = (
        sample(model, [Condition(text, "a cone", layout)], [1], 3.0) for text in ("a red cube", "a (red:1) cube")
    )
    assert torch.equal(plain, marked)


def test_a_weight_moves_the_picture_on_its_way(model: TabletopModel) -> None:
    """From the words left out, over their own place, to beyond it."""
    layout = model.plan("a red cube", 1)
    grid = time_grid("uniform", model.schedule, 2)
    x = Noise([3], model.latent_shape(24, 24)).draw("start", 0)

    def guess(prompt: str) -> torch.Tensor:
        return model.denoiser([Condition(prompt, "", layout)], GuidanceSettings())(x, grid[0]).x0

    plain = guess("a red cube")
    far = [float((guess(f"a (red:{weight}) cube") - plain).norm()) for weight in (0.25, 0.5, 1, 2, 4)]
    assert far[0] > far[1] > far[2] == 0.0 < far[3] < far[4]
    torch.testing.assert_close(guess("a (red:1.0001) cube"), plain, rtol=1e-3, atol=1e-3)
    assert torch.equal(guess("a (red:0) cube"), guess("a  cube"))


def test_a_word_of_weight_two_is_read_as_two_copies(model: TabletopModel) -> None:
    attention = next(module for module in model.painter.unet.modules() if type(module).__name__ == "CrossAttention")
    pixels, text = torch.randn(1, 5, attention.query.in_features), torch.randn(1, 3, 128)
    copies = torch.cat([text, text[:, 1:2]], dim=1)
    weights = torch.tensor([[1.0, 2.0, 1.0]]).log()
    twice = attention(pixels, copies, torch.ones(1, 4, dtype=torch.bool))
    torch.testing.assert_close(attention(pixels, text, weights), twice)


def test_a_phrase_has_its_furthest_weight_and_padding_has_none() -> None:
    (said,) = phases("a cube to the (left:2) of (velvet:0.5) balls")
    words = {vocabulary()[token]: weight for token, weight in zip(*weighted_tokens(said), strict=True)}
    assert words == {"a": 1.0, "cube": 1.0, "left-of": 2.0, "<unknown>": 0.5, "spheres": 1.0}


def test_a_change_switches_the_words_at_its_fraction_of_the_run(model: TabletopModel) -> None:
    layout = model.plan("a red cube", 1)
    grid = time_grid("uniform", model.schedule, 10)
    x = Noise([3], model.latent_shape(24, 24)).draw("start", 0)
    early, late, both = (
        model.denoiser([Condition(text, "", layout)], GuidanceSettings(2.0))
        for text in ("a red cube", "a blue cube", "a [red->blue:0.4] cube")
    )
    assert torch.equal(
        sample(model, [Condition("a [red->red:0.4]")], [1], 1.0), sample(model, [Condition("a red")], [1], 1.0)
    )
    for place, level in enumerate(grid[:-1]):
        expected = (early if place < 4 else late)(x, level).x0
        assert torch.equal(both(x, level).x0, expected), place


def test_the_plan_is_of_the_words_that_stand_longest(model: TabletopModel) -> None:
    assert model.plan("[two cubes->a red ball:0.4]", 4) == model.plan("a red ball", 4)
    assert model.plan("[two cubes->a red ball:0.6]", 4) == model.plan("two cubes", 4)
    assert model.plan("(two:3) cubes", 4) == model.plan("two cubes", 4)


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_marks_keep_a_picture_apart_from_its_batch(model: TabletopModel, scale: float) -> None:
    prompt = "a ({red|green}:1.7) [cube->ball:0.5]"
    conditions = [Condition(drawn(prompt, seed), "{a|no} (cone:0.5)") for seed in range(4)]
    conditions.append(Condition("a plain cube"))
    assert len({one.prompt for one in conditions}) == 3
    together = sample(model, conditions, [5, 6, 7, 8, 9], scale)
    for place, condition in enumerate(conditions):
        assert torch.equal(sample(model, [condition], [5 + place], scale)[0], together[place])


def test_unknown_words_are_words_not_marks(model: TabletopModel) -> None:
    assert model.unknown_words("a (velvet:1.3) cube on [fog->soft light:0.4] \\(cube") == (
        "velvet",
        "fog",
        "soft",
        "light",
    )


def test_files_that_are_not_a_painter_are_named(tmp_path: Path) -> None:
    save_weights(tmp_path / "painter.safetensors", {"x": torch.zeros(1)})
    with pytest.raises(ModelError, match=r"painter\.safetensors has no readable painter configuration"):
        load(CARD, tmp_path, torch.device("cpu"))
