"""The tabletop model as a PictureModel: guidance, absence, and independence of the batch to the bit."""

from pathlib import Path

import pytest
import torch

from core.conditioning.layout import CAMERA_CHANNELS, MAP_CHANNELS
from core.diffusion.noise import Noise
from core.diffusion.time_grid import time_grid
from core.errors import LayoutError, ModelError, RequestError
from core.models.card import ModelCard
from core.models.picture import Condition
from core.models.tabletop import TabletopModel, load
from core.networks.painter import Painter
from core.networks.pca_codec import PcaCodec
from core.networks.unet import UNetConfig
from core.networks.weights import save_weights
from core.planning.network import PlannerNetwork
from core.planning.planner import Planner
from core.planning.slot_model import SlotModelConfig
from core.requests import GuidanceSettings
from core.samplers.dpmpp import dpmpp_2m
from core.worlds.tabletop.grammar import vocabulary

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


def test_files_that_are_not_a_painter_are_named(tmp_path: Path) -> None:
    save_weights(tmp_path / "painter.safetensors", {"x": torch.zeros(1)})
    with pytest.raises(ModelError, match=r"painter\.safetensors has no readable painter configuration"):
        load(CARD, tmp_path, torch.device("cpu"))
