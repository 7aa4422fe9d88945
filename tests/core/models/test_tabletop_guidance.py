"""The methods of guidance on the tabletop painter: one network call, prompts joined by AND, a weaker painter."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from core.conditioning.layout import CAMERA_CHANNELS, MAP_CHANNELS
from core.diffusion.guidance import Guess, GuidanceError
from core.diffusion.noise import Noise
from core.diffusion.prediction import Prediction
from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import time_grid
from core.errors import ModelError
from core.guidance_settings import METHOD_OPTIONS, GuidanceSettings, Method
from core.models.loader import load_model
from core.models.picture import Condition
from core.models.registry import SHIPPED, ModelRegistry
from core.models.tabletop import TabletopModel
from core.models.weakened import SPOILED, spoiled_network, weakened
from core.networks.painter import Painter
from core.networks.unet import UNetConfig
from core.networks.weights import save_weights
from core.worlds.tabletop.grammar import PAD, vocabulary
from tests.core.models.test_tabletop import model as model

GRID = time_grid("uniform", schedule_named("flow"), 4)


def start(model: TabletopModel, seeds: list[int]) -> torch.Tensor:
    return Noise(seeds, model.latent_shape(24, 24)).draw("start", 0)


def guess(model: TabletopModel, said: list[Condition], settings: GuidanceSettings, seeds: list[int]) -> Prediction:
    return model.denoiser(said, settings, GRID)(start(model, seeds), GRID[1])


@pytest.mark.parametrize("method", list(METHOD_OPTIONS))
def test_no_method_lets_items_see_one_another(model: TabletopModel, method: Method) -> None:
    texts = ["a cone", "a red cube AND a blue cone :0.5", "no"]
    said = [Condition(text, "a cube", model.plan(text, seed)) for seed, text in enumerate(texts)]
    settings = GuidanceSettings(3.0, method=method)
    together = guess(model, said, settings, [5, 6, 7])
    assert torch.isfinite(together.x0).all()
    for place, one in enumerate(said):
        assert torch.equal(guess(model, [one], settings, [5 + place]).x0[0], together.x0[place])
    plain = guess(model, said, GuidanceSettings(), [5, 6, 7])
    assert not torch.allclose(plain.x0, together.x0)


@pytest.mark.parametrize(
    ("method", "calls", "rows"), [("cfg", 1, 2), ("pag", 1, 2), ("perp_neg", 1, 3), ("auto", 2, 1)]
)
def test_guesses_share_a_network_call(
    model: TabletopModel, method: Method, calls: int, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = list[int]()
    paint = Painter.paint

    def counted(self: Painter, x: torch.Tensor, t: torch.Tensor, given: object, looks: object) -> torch.Tensor:
        seen.append(len(x))
        return paint(self, x, t, given, looks)  # pyright: ignore[reportArgumentType]

    denoiser = model.denoiser([Condition("a cube")], GuidanceSettings(2.0, (0.5, 1.0), method=method), GRID)
    monkeypatch.setattr(Painter, "paint", counted)
    denoiser(start(model, [1]), GRID[2])
    assert seen == [rows] * calls
    seen.clear()
    denoiser(start(model, [1]), GRID[1])
    assert seen == [1]


def test_putting_self_attention_out_is_the_identity_map(model: TabletopModel) -> None:
    words, camera = torch.full((2, 4), PAD), torch.zeros(2, CAMERA_CHANNELS)
    given = model.painter.conditions(words, camera, torch.zeros(2, MAP_CHANNELS, 12, 12))
    x, t = start(model, [1, 2]), torch.full((2,), 0.5)
    plain, out = model.painter.paint(x, t, given), model.painter.paint(x, t, given.put_out())
    assert not torch.allclose(plain, out)
    half = replace(given, alone=torch.tensor([False, True]))
    mixed = model.painter.paint(x, t, half)
    torch.testing.assert_close(mixed, torch.stack([plain[0], out[1]]))
    joined = type(given).joined([given, given.put_out()])
    assert joined.alone is not None
    assert joined.alone.tolist() == [False, False, True, True]


def test_a_network_without_self_attention_says_so(model: TabletopModel) -> None:
    shape = UNetConfig(6, 6, map_channels=MAP_CHANNELS, attention_levels=(), text_levels=())
    bare = replace(model, painter=Painter(shape, 40, CAMERA_CHANNELS))
    with pytest.raises(GuidanceError, match="has no self-attention to put out; choose another method of guidance"):
        bare.denoiser([], GuidanceSettings(2.0, method="pag"))
    bare.denoiser([], GuidanceSettings(1.0, method="pag"))


def test_prompts_joined_by_and_add_up(model: TabletopModel) -> None:
    layout = model.plan("a red cube and a blue cone", 1)

    def x0(text: str) -> torch.Tensor:
        return guess(model, [Condition(text, "", layout)], GuidanceSettings(), [3]).x0

    base, red, blue = x0(""), x0("a red cube"), x0("a blue cone")
    expected = base + (red - base) + 0.5 * (blue - base)
    torch.testing.assert_close(x0("a red cube AND a blue cone :0.5"), expected, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(x0("a red cube :0.5 AND a red cube :0.5"), red, rtol=1e-4, atol=1e-5)
    assert torch.equal(x0("a red cube AND "), red)


def test_and_is_planned_as_one_prompt(model: TabletopModel) -> None:
    assert model.plan("a red cube AND a blue cone :0.5", 4) == model.plan("a red cube and a blue cone", 4)
    assert model.unknown_words("a velvet cube AND a cone :0.5") == ("velvet",)


def test_a_weaker_painter_is_the_same_every_time_and_near(model: TabletopModel) -> None:
    spoiled_network.cache_clear()
    first = weakened(model.painter)
    spoiled_network.cache_clear()
    again = weakened(model.painter)
    pairs = zip(first.state_dict().values(), again.state_dict().values(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)
    weight, spoiled = model.painter.pooled.weight, first.pooled.weight
    off = (spoiled - weight).square().mean().sqrt() / weight.square().mean().sqrt()
    assert float(off) == pytest.approx(SPOILED, rel=0.1)
    assert torch.equal(first.pooled.bias, model.painter.pooled.bias)


def test_an_installed_weaker_painter_is_asked(model: TabletopModel, tmp_path: Path) -> None:
    said = [Condition("a cube")]
    asked = model.denoiser(said, GuidanceSettings(3.0, method="auto")).model.guesses(
        start(model, [1]), GRID[1], (Guess.PROMPTED, Guess.WEAK)
    )
    file = saved(model.painter, tmp_path / "weak.safetensors")
    served = model.served_by(replace(model.card, id="weak", kind="weak", serves="tabletop"), lambda: file)
    own = served.denoiser(said, GuidanceSettings(3.0, method="auto"))
    same = own.model.guesses(start(model, [1]), GRID[1], (Guess.PROMPTED, Guess.WEAK))
    torch.testing.assert_close(same[0].x0, same[1].x0, rtol=1e-5, atol=1e-5)
    assert float((asked[0].x0 - asked[1].x0).abs().max()) > 1e-3


def test_a_weaker_painter_of_other_latents_is_refused(model: TabletopModel, tmp_path: Path) -> None:
    other = Painter(replace(model.painter.config, in_channels=8, out_channels=8), len(vocabulary()), CAMERA_CHANNELS)
    file = saved(other, tmp_path / "weak.safetensors")
    served = model.served_by(replace(model.card, id="weak"), lambda: file)
    with pytest.raises(ModelError, match="weak can't serve tabletop: it paints in other latents"):
        served.denoiser([Condition("a cube")], GuidanceSettings(3.0, method="auto"))
    served.denoiser([Condition("a cube")], GuidanceSettings(3.0))


def test_the_shipped_painter_has_a_weaker_one() -> None:
    registry = ModelRegistry((SHIPPED,))
    card, model = registry.weaker("tabletop"), load_model(registry, "tabletop", "cpu")
    assert card is not None
    assert isinstance(model, TabletopModel)
    assert model.weaker == card
    said, guidance = [Condition("a cube", layout=model.plan("a cube", 1))], GuidanceSettings(2.0, method="auto")
    grid = time_grid("uniform", model.schedule, 4)
    x = Noise([1], model.latent_shape(96, 96)).draw("start", 0)
    one, other = model.denoiser(said, guidance).model.guesses(x, grid[1], (Guess.PROMPTED, Guess.WEAK))
    # both see the layout and words, so they guess alike, and one of them less well
    assert 0.0 < float((one.x0 - other.x0).square().mean() / one.x0.square().mean()) < 0.5
    assert registry.weights_used("tabletop", guidance) == {**model.card.sha256, "weak": card.sha256["painter"]}
    assert registry.weights_used("tabletop", GuidanceSettings(2.0)) == model.card.sha256


def saved(painter: Painter, file: Path) -> Path:
    config = asdict(painter.config) | {"vocabulary": len(vocabulary()), "size": 24}
    tensors = {f"painter.{name}": value for name, value in painter.state_dict().items()}
    save_weights(file, tensors, {"config": json.dumps(config)})
    return file
