"""Training the sticker codecs: Gaussian latents, or a codebook's entries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

import numpy as np
import torch
from torch import Tensor, nn

from core.evaluation.codec_sheet import spread
from core.latents.codec import to_uint8
from core.latents.kl_codec import load_codec
from core.latents.transparency import on_white
from core.models.registry import SHIPPED, ModelRegistry
from core.networks.efficientnet_lite import EfficientNetLite, load_efficientnet_lite
from core.networks.patch_critic import PatchCritic, hinge_loss
from core.networks.quantiser import VectorQuantiser
from core.networks.residual_codec import ResidualCodec, ResidualCodecConfig
from core.training.codec_losses import adaptive_weight, feature_distance, pixel_loss, steered
from core.training.data import batch_indices
from core.training.recipe import Recipe, RecipeError
from core.training.sticker_codec_card import Material, write_codec
from core.training.trainable import Batch, Loss, Summary

SIDE = 64
"""Pixels of a training picture: whole ones at this size, or crops of those twice as large."""
SIDES = (SIDE, 2 * SIDE)
SHOWN = 8
START_PICTURES = 1024
CRITIC = 0.1
"""How much the critic's loss counts: to Adam all the same, but the gradient's clipping should be about the codec's."""
JUDGED = 300
"""Held-out pictures that a card's scores are of, the evenly spread; `noisette codecs` takes all."""
MEASURED = 1024
"""Training pictures on which a codec's latents are measured."""
FEATURE_STAGES = 3
"""Of EfficientNet-Lite0, whose cells are then 8 pixels wide."""


class Sticker(Protocol):
    @property
    def split(self) -> str: ...


class Stickers(Protocol):
    """The pictures, as `core.datasets.stickers` opens them."""

    @property
    def entries(self) -> Sequence[Sticker]: ...

    @property
    def digest(self) -> str:
        """Names the pictures: for the card."""
        ...

    def pictures(self, size: int) -> np.ndarray:
        """(N, size, size, 4) uint8, straight alpha, sRGB; row i is entries[i]."""
        ...


class CodecParts(nn.Module):
    """What trains together: the codec, its critic, and the codebook where there is one."""

    def __init__(self, config: ResidualCodecConfig, critic: int, entries: int) -> None:
        super().__init__()
        self.codec = ResidualCodec(config)
        self.critic = PatchCritic(config.pixels, critic)
        self.quantiser = VectorQuantiser(entries, config.channels) if entries else None


class StickerCodecTraining:
    """A Trainable. One backward pass serves both players, so that the loop's one optimiser, and its checkpoint, do.

    The generator's verdict comes from a critic whose weights are constants, the critic's loss from pictures that are:
    their gradients are those of two optimisers that step at once, rather than in turns.
    """

    def __init__(self, recipe: Recipe, folder: Path, stickers: Stickers) -> None:
        recipe.only_options(
            *("entries", "coarse", "fine", "encoder", "decoder", "tiny", "critic", "square", "kl"),
            *("start", "keep_encoder", "perceptual", "perceptual_share", "commitment", "crops"),
            *("adversarial", "adversarial_from", "adversarial_ramp"),
        )
        self.recipe, self.folder, self.stickers = recipe, folder, stickers
        self.entries = recipe.option("entries", 0)
        self.square = recipe.option("square", 1.0)
        self.perceptual = recipe.option("perceptual", 0.1)
        self.perceptual_share = recipe.option("perceptual_share", 0.5)
        self.kl = recipe.option("kl", 5e-4)
        self.commitment = recipe.option("commitment", 0.25)
        self.adversarial = recipe.option("adversarial", 0.3)
        self.adversarial_from = recipe.option("adversarial_from", 1500)
        self.adversarial_ramp = recipe.option("adversarial_ramp", 500)
        self.crops = recipe.option("crops", 0.5)
        config = ResidualCodecConfig(
            coarse=recipe.option("coarse", 128),
            fine=recipe.option("fine", 48),
            encoder=_blocks(recipe, "encoder", [2, 1]),
            decoder=_blocks(recipe, "decoder", [3, 2]),
            tiny=recipe.option("tiny", 32),
        )
        splits = np.array([entry.split for entry in stickers.entries])
        self.seen, self.unseen = np.flatnonzero(splits == "train"), np.flatnonzero(splits == "held_out")
        if not len(self.seen) or not len(self.unseen):
            raise RecipeError(
                f"the stickers have {len(self.seen)} pictures to train on and {len(self.unseen)} held out; "
                "both are needed: make them anew with noisette data stickers"
            )
        self.judged = spread(self.unseen.tolist(), JUDGED)
        self.small, self.large = (stickers.pictures(side) for side in SIDES)
        torch.manual_seed(recipe.seed)
        self.module = CodecParts(config, recipe.option("critic", 32), self.entries)
        self._start(recipe.option("start", ""))
        if recipe.option("keep_encoder", False):
            # a codebook for latents that are good already: short training would only move them away from it
            self.module.codec.encoder.requires_grad_(False)
            self.module.codec.to_latent.requires_grad_(False)
        self.features = load_efficientnet_lite(FEATURE_STAGES) if self.perceptual else None

    def _start(self, shipped: str) -> None:
        """Begin as the best linear code, or as a shipped codec."""
        chosen = np.random.default_rng(0).choice(self.seen, min(START_PICTURES, len(self.seen)), replace=False)
        first = on_white(self.small[np.sort(chosen)])
        if shipped:
            self.module.codec.load_state_dict(shipped_codec(shipped, self.module.codec.config).state_dict())
        else:
            self.module.codec.start(first)
        if self.module.quantiser is not None:
            vectors = self.module.codec.posterior(first[:512]).mean.detach().permute(0, 2, 3, 1).flatten(0, 2)
            few = vectors[torch.randperm(len(vectors))[: 16 * self.entries]]
            self.module.quantiser.start(few, torch.Generator().manual_seed(self.recipe.seed))

    def batch(self, step: int) -> Batch:
        rows = self.seen[batch_indices(self.recipe.seed, step, self.recipe.batch_size, len(self.seen))]
        rng = np.random.default_rng((self.recipe.seed, 5, step))
        pictures = np.stack([self._picture(int(row), rng) for row in rows])
        strength = np.clip((step - self.adversarial_from) / max(self.adversarial_ramp, 1), 0.0, 1.0)
        return {
            "picture": on_white(pictures),
            "adversarial": torch.full((len(rows),), self.adversarial * float(strength)),
        }

    def _picture(self, row: int, rng: np.random.Generator) -> np.ndarray:
        """The whole picture, or a crop of the larger one; half of them mirrored."""
        cropped, mirrored = rng.random(2) < (self.crops, 0.5)
        top, left = rng.integers(0, SIDE + 1, 2)
        picture = self.large[row, top : top + SIDE, left : left + SIDE] if cropped else self.small[row]
        return picture[:, ::-1] if mirrored else picture

    def loss(self, batch: Batch, generator: torch.Generator) -> Loss:
        codec = self.module.codec
        real = batch["picture"].to(memory_format=torch.channels_last)
        latent, parts = self._latent(real, generator)
        made = codec.pictures(latent)
        parts["tiny"] = pixel_loss(codec.tiny(latent.detach()).float(), real, self.square)
        likeness = pixel_loss(made, real, self.square)
        told = {"pixels": likeness.detach(), "alpha": (made[:, 3] - real[:, 3]).detach().abs().mean()}
        if self.features is not None:
            distance = self._distance(made, real)
            likeness = likeness + self.perceptual * distance
            told["perceptual"] = distance.detach()
        total = torch.stack(list(parts.values())).sum()
        strength = batch["adversarial"].mean()
        if float(strength) > 0.0:
            verdict = -self.module.critic.frozen(made).float().mean()
            pull, push = _by(likeness, made), _by(verdict, made)
            weight = strength * adaptive_weight(pull, push, made, codec.decoder.out.weight)
            critic = hinge_loss(*(self.module.critic(side).float() for side in (real, made.detach())))
            total = total + likeness.detach() + steered(made, pull + weight * push) + CRITIC * critic
            told |= {"critic": critic.detach(), "verdict": verdict.detach(), "weight": weight}
        else:
            total = total + likeness
        return Loss(total, told | {name: value.detach() for name, value in parts.items()})

    def _latent(self, real: Tensor, generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """What the decoder gets, and what that costs by itself."""
        posterior = self.module.codec.posterior(real)
        quantiser = self.module.quantiser
        if quantiser is None:
            numbers = posterior.mean[0].numel()
            return posterior.sample(generator), {"kl": self.kl * posterior.divergence().mean() / numbers}
        mean = posterior.mean
        tokens = quantiser.tokens(mean.detach())
        nearest = quantiser.vectors(tokens)
        cost = self.commitment * (mean - nearest).square().mean()
        quantiser.follow(mean, tokens, generator)
        # straight through: van den Oord et al. 2017 (arXiv:1711.00937), section 3.2
        return mean + (nearest - mean).detach(), {"commitment": cost}

    def _distance(self, made: Tensor, real: Tensor) -> Tensor:
        """Of the features of the batch's first part, since they cost as much as the codec itself."""
        features = cast("EfficientNetLite", self.features).to(made.device)
        self.features = features
        few = max(1, round(self.perceptual_share * len(real)))
        with torch.no_grad():
            wanted = features(real[:few, :3])
        return feature_distance(features(made[:few, :3]), wanted)

    @torch.no_grad()
    def reconstruct(self, module: CodecParts, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """(B, 4, H, W) through the codec, and through the tiny decoder."""
        latent = module.codec.posterior(pictures).mean
        if module.quantiser is not None:
            latent = module.quantiser.vectors(module.quantiser.tokens(latent))
        return module.codec.pictures(latent), module.codec.tiny(latent)

    def sample_grid(self, module: nn.Module) -> np.ndarray | None:
        """Rows: held-out pictures, out of the codec, out of the tiny decoder, the codec's alpha."""
        parts = cast("CodecParts", module)
        device = next(module.parameters()).device
        real = on_white(self.small[spread(self.unseen.tolist(), SHOWN)]).to(device)
        made, tiny = self.reconstruct(parts, real)
        rows = (real[:, :3], made[:, :3], tiny[:, :3], made[:, 3:].expand(-1, 3, -1, -1))
        return np.concatenate([np.concatenate(list(to_uint8(row)), axis=1) for row in rows], axis=0)

    def finish(self, module: nn.Module, summary: Summary) -> Sequence[Path]:
        """The codec's weights in fp16, and its card, scored on the held-out concepts."""
        parts = cast("CodecParts", module)
        chosen = np.sort(np.random.default_rng(1).choice(self.seen, min(MEASURED, len(self.seen)), replace=False))
        material = Material(
            self.small[chosen],
            {side: self.stickers.pictures(side)[self.judged] for side in SIDES},
            self.stickers.digest,
        )
        return write_codec(self.folder, parts.codec, parts.quantiser, material, summary)


def _by(loss: Tensor, made: Tensor) -> Tensor:
    return torch.autograd.grad(loss, made, retain_graph=True)[0]


def _blocks(recipe: Recipe, name: str, default: list[int]) -> tuple[int, int]:
    given = recipe.option(name, default)
    if len(given) != 2 or min(given) < 0:
        raise RecipeError(f"recipe {recipe.name}: {name} = {given}; give two whole numbers, coarse and fine")
    return given[0], given[1]


def shipped_codec(model_id: str, config: ResidualCodecConfig) -> ResidualCodec:
    """A shipped codec's network. Raises ModelError for a missing one, RecipeError for one of another shape."""
    registry = ModelRegistry((SHIPPED,))
    card = registry.card(model_id)
    registry.files(model_id)
    found = load_codec(card, registry.folder(model_id), torch.device("cpu")).network
    if found.config != config:
        raise RecipeError(f"codec {model_id} is of {found.config}, the recipe of {config}; give the recipe its shape")
    return found


def build(recipe: Recipe, folder: Path) -> StickerCodecTraining:
    """The builder that recipes name."""
    from core.datasets.stickers.cache import open_stickers

    return StickerCodecTraining(recipe, folder, open_stickers())
