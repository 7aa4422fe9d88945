from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from core.errors import ModelError
from core.latents.kl_codec import load_codec
from core.latents.transparency import on_white
from core.latents.vq_codec import load_vq_codec
from core.models.card import read_card
from core.networks.patch_critic import PatchCritic, hinge_loss
from core.networks.residual_codec import ResidualCodecConfig
from core.networks.weights import load_weights, sha256_of
from core.training.codec_losses import adaptive_weight, feature_distance, steered
from core.training.loop import Budget, TrainStep, train_steps
from core.training.recipe import Recipe, RecipeError, load_recipe
from core.training.sticker_codec import StickerCodecTraining, shipped_codec

COUNT = 12
CPU = torch.device("cpu")
SMALL = {"coarse": 16, "fine": 8, "encoder": [1, 1], "decoder": [1, 1], "tiny": 4, "critic": 8, "perceptual": 0.0}


@dataclass(frozen=True)
class Entry:
    split: str


class Blots:
    """Discs on nothing."""

    digest = "0" * 64
    entries: Sequence[Entry] = [Entry("held_out" if index % 5 == 0 else "train") for index in range(COUNT)]

    def pictures(self, size: int) -> np.ndarray:
        rng = np.random.default_rng(3)
        axis = (np.arange(size) + 0.5) / size
        centre, radius = rng.uniform(0.3, 0.7, (COUNT, 2)), rng.uniform(0.1, 0.3, COUNT)
        across, down = axis[None, None, :] - centre[:, 0, None, None], axis[None, :, None] - centre[:, 1, None, None]
        alpha = np.clip((radius[:, None, None] - np.hypot(across, down)) * size + 0.5, 0, 1)
        shade = 0.5 + 0.5 * np.sin(6 * across + 5 * down + rng.uniform(0, 6, COUNT)[:, None, None])
        colour = shade[..., None] * rng.uniform(0.2, 1.0, (COUNT, 1, 1, 3))
        return (np.concatenate([colour, alpha[..., None]], axis=-1) * 255).astype(np.uint8)


def recipe_of(name: str, **options: object) -> Recipe:
    shipped = load_recipe(name)
    pace = replace(shipped.pace, warmup_steps=2)
    changed = {**shipped.options, **SMALL, "start": "", "adversarial_from": 3, "adversarial_ramp": 2, **options}
    return replace(shipped, steps=8, batch_size=4, report_steps=2, precision="float32", pace=pace, options=changed)


def run(recipe: Recipe, folder: Path, *, steps: int | None = None, resume: bool = False) -> list[TrainStep]:
    trained = StickerCodecTraining(recipe, folder, Blots())
    going = train_steps(trained, recipe, folder, device=CPU, budget=Budget(), resume=resume)
    found: list[TrainStep] = []
    for step in going:
        found.append(step)
        if steps is not None and step.step == steps:
            going.close()
            break
    return found


def test_it_trains_from_stickers_to_a_card(tmp_path: Path) -> None:
    steps = run(recipe_of("sticker_codec"), tmp_path)
    reports = {step.step: step.report for step in steps if step.report}
    assert reports[8].parts["pixels"] < reports[2].parts["pixels"] + 0.01
    assert "critic" not in reports[2].parts
    assert reports[8].parts["weight"] > 0.0
    weights, path = steps[-1].written
    card = read_card(path)
    assert card.kind == "codec"
    assert card.sha256["codec"] == sha256_of(weights)
    assert card.scores.keys() >= {"psnr_rgb_64", "psnr_edges_128", "psnr_alpha_64", "psnr_rgb_64_linear"}
    assert {value.dtype for value in load_weights(weights).tensors.values()} == {torch.float16}
    codec = load_codec(card, tmp_path, CPU)
    latent = codec.encode(on_white(Blots().pictures(64)))
    assert latent.shape == (COUNT, 8, 16, 16)
    assert codec.decode(latent[:2]).shape == (2, 3, 64, 64)
    assert codec.preview(latent[:2]).shape == (2, 64, 64, 3)
    assert codec.look(latent[:2]).shape == (2, 16, 16, 3)
    alpha = codec.decode_alpha(latent[:2])
    assert alpha.shape == (2, 1, 64, 64)
    assert 0.0 <= float(alpha.min()) <= float(alpha.max()) <= 1.0


def test_the_codebook_kind_tells_its_use(tmp_path: Path) -> None:
    steps = run(recipe_of("sticker_vq", entries=64), tmp_path)
    card = read_card(steps[-1].written[1])
    assert card.network == "vq_codec"
    assert 0.0 < card.scores["codebook_share"] <= 1.0
    assert 1.0 <= card.scores["codebook_perplexity"] <= 64.0
    codec = load_vq_codec(card, tmp_path, CPU)
    image = on_white(Blots().pictures(64))[:3]
    tokens = codec.tokens(image)
    assert tokens.shape == (3, 16, 16)
    torch.testing.assert_close(codec.from_tokens(tokens), codec.encode(image))


@pytest.mark.parametrize("name", ["sticker_codec", "sticker_vq"])
def test_both_players_resume_to_the_bit(name: str, tmp_path: Path) -> None:
    recipe = recipe_of(name, entries=32) if name == "sticker_vq" else recipe_of(name)
    run(recipe, tmp_path / "whole")
    run(recipe, tmp_path / "parts", steps=5)
    run(recipe, tmp_path / "parts", resume=True)
    whole, parts = (load_weights(tmp_path / kind / "checkpoint.safetensors").tensors for kind in ("whole", "parts"))
    assert whole.keys() == parts.keys()
    assert any(".critic." in key for key in whole)
    for key, value in whole.items():
        assert torch.equal(value, parts[key]), key


def test_stickers_without_a_held_out_part_are_refused(tmp_path: Path) -> None:
    class Seen(Blots):
        entries = [Entry("train")] * COUNT

    with pytest.raises(RecipeError, match="12 pictures to train on and 0 held out"):
        StickerCodecTraining(recipe_of("sticker_codec"), tmp_path, Seen())


def test_a_start_of_another_shape_is_refused() -> None:
    with pytest.raises(ModelError, match="none-such"):
        shipped_codec("none-such", ResidualCodecConfig())
    with pytest.raises(RecipeError, match="give the recipe its shape"):
        shipped_codec("sticker-codec", ResidualCodecConfig(coarse=16))


def test_one_pass_gives_both_players_their_own_gradients() -> None:
    """Against two passes with two losses: the maker's with eq. 7's weight, the critic's hinge."""
    torch.manual_seed(0)
    maker, critic = nn.Conv2d(4, 4, 3, padding=1), PatchCritic(4, 8)
    real, source = torch.randn(2, 4, 16, 16), torch.randn(2, 4, 16, 16)

    made = maker(source)
    likeness, verdict = (made - real).square().mean(), -critic(made).mean()
    pixels = torch.autograd.grad(likeness, maker.weight, retain_graph=True)[0]
    adverse = torch.autograd.grad(verdict, maker.weight, retain_graph=True)[0]
    weight = pixels.norm() / (adverse.norm() + 1e-4)
    wanted = torch.autograd.grad(likeness + weight * verdict, list(maker.parameters()))
    judged = torch.autograd.grad(hinge_loss(critic(real), critic(made.detach())), list(critic.parameters()))

    made = maker(source)
    likeness, verdict = (made - real).square().mean(), -critic.frozen(made).mean()
    pull = torch.autograd.grad(likeness, made, retain_graph=True)[0]
    push = torch.autograd.grad(verdict, made, retain_graph=True)[0]
    found = adaptive_weight(pull, push, made, maker.weight)
    torch.testing.assert_close(found, weight.detach())
    (steered(made, pull + found * push) + hinge_loss(critic(real), critic(made.detach()))).backward()
    for mine, peer in zip([*maker.parameters(), *critic.parameters()], [*wanted, *judged], strict=True):
        torch.testing.assert_close(mine.grad, peer)


def test_features_are_compared_by_direction() -> None:
    ours = [torch.tensor([3.0, 4.0]).view(1, 2, 1, 1), torch.tensor([0.0, 2.0]).view(1, 2, 1, 1)]
    assert float(feature_distance(ours, [2.0 * part for part in ours])) == pytest.approx(0.0, abs=1e-12)
    turned = [ours[0], torch.tensor([5.0, 0.0]).view(1, 2, 1, 1)]
    assert float(feature_distance(ours, turned)) == pytest.approx(2.0)
