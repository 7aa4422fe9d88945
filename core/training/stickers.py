"""Training the sticker model: captions in open English, four styles, flow matching in the sticker codec's latents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import NormalDist
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.datasets.stickers.cache import HELD_OUT, STYLES, TRAIN, Sticker, StickerSet, open_stickers
from core.diffusion.level_batch import levels_at, noised
from core.diffusion.parameterization import Parameterization, target
from core.diffusion.schedule import schedule_named
from core.latents.kl_codec import load_codec
from core.models.registry import SHIPPED, ModelRegistry
from core.models.stickers import ROLE, painter_of
from core.networks.captioned import CaptionedConfig, CaptionedNetwork, Kind
from core.networks.minilm import MiniLm, load_minilm
from core.training.data import batch_indices
from core.training.loss import LogitNormalTime, draw_levels
from core.training.recipe import Recipe, RecipeError
from core.training.sticker_latents import Size, latents
from core.training.sticker_samples import sample_sheet
from core.training.sticker_words import mirrors, text_bank, with_style
from core.training.stickers_card import ShippedCodec, write_stickers
from core.training.trainable import Batch, Loss, Summary

SCHEDULE = schedule_named("flow")
DATA = "data"
"""The folder beside the run's own where what is worked out once is kept."""
NAMED = 0.5
"""Of the pictures, told by their first caption, the plainest; the others by any."""
HELD_OUT_PICTURES = 256
HELD_OUT_TIMES = 8
"""Pictures of concepts that no training sees, and the noises at which each is asked for."""
NETWORK_OPTIONS = ("network", "patch", "width", "depth", "heads", "condition_width", "expand", "mixing")


class StickerTraining:
    """A Trainable. What decides a picture, its text and its style, is left out now and then: see `_told`."""

    def __init__(
        self, recipe: Recipe, folder: Path, stickers: StickerSet, encoder: MiniLm, shipped: ShippedCodec
    ) -> None:
        recipe.only_options(
            *NETWORK_OPTIONS,
            *("codec", "sizes", "shares", "drop_text", "drop_style", "style_in_words", "mirror", "start_from"),
        )
        self.recipe, self.folder, self.shipped = recipe, folder, shipped
        self.stickers = stickers
        self.drop_text = recipe.option("drop_text", 0.1)
        self.drop_style = recipe.option("drop_style", 0.25)
        self.style_in_words = recipe.option("style_in_words", 0.6)
        self.mirror = recipe.option("mirror", True)
        self.sizes = _sizes(recipe)
        self.shares = _shares(recipe, len(self.sizes))
        self.seen = [entry for entry in stickers.entries if entry.split == TRAIN]
        self.unseen = _spread([entry for entry in stickers.entries if entry.split == HELD_OUT])
        if not self.seen or not self.unseen:
            raise RecipeError(
                f"the stickers have {len(self.seen)} pictures to train on and {len(self.unseen)} held out; "
                "both are needed: make them anew with noisette data stickers"
            )
        self.latents = [self._latents(self.seen, size) for size in self.sizes]
        self.measured = self._latents(self.unseen, self.sizes[0])
        self.texts = text_bank(encoder, _texts(self.seen, self.unseen), folder.parent / DATA)
        self.mirrored = np.array([self.mirror and mirrors(entry.concept) for entry in self.seen])
        torch.manual_seed(recipe.seed)
        self.module = CaptionedNetwork(_config(recipe, shipped.codec.channels, encoder.width))
        _start(self.module, recipe)

    def _latents(self, entries: Sequence[Sticker], size: Size) -> NDArray[np.float16]:
        rows, of = [entry.index for entry in entries], self.shipped
        return latents(of.codec, of.sha256[:16], self.stickers, rows, size, self.folder.parent / DATA)

    def batch(self, step: int) -> Batch:
        """Pictures of one size; which, is drawn by the recipe's shares."""
        rows = batch_indices(self.recipe.seed, step, self.recipe.batch_size, len(self.seen))
        rng = np.random.default_rng((self.recipe.seed, 11, step))
        found = self.latents[int(rng.choice(len(self.sizes), p=self.shares))]
        flipped = (rng.random(len(rows)) < 0.5) & self.mirrored[rows]
        told = [_told(self.seen[int(row)], self, rng) for row in rows]
        states, mask = self.texts.batch([text for text, _ in told])
        return {
            "latent": torch.from_numpy(found[rows, flipped.astype(np.int64)].astype(np.float32)),
            "states": states,
            "mask": mask,
            "style": torch.tensor([style for _, style in told]),
        }

    def loss(self, batch: Batch, generator: torch.Generator) -> Loss:
        """Rectified flow, the network's output the velocity, times logit-normal.

        Source: Liu et al. 2023 (arXiv:2209.03003), eq. 1; Esser et al. 2024 (arXiv:2403.03206), section 3.1 (times).
        """
        latent = batch["latent"]
        level = draw_levels(LogitNormalTime(), SCHEDULE, len(latent), 3, generator)
        eps = torch.randn(latent.shape, generator=generator, device=latent.device)
        output = self.module(noised(latent, eps, level), level.t, batch["states"], batch["mask"], batch["style"])
        wanted = target(Parameterization.VELOCITY, latent, eps, level)
        return Loss((output.float() - wanted).square().mean(), {})

    @torch.no_grad()
    def held_out_loss(self, module: nn.Module) -> float:
        """The loss on concepts that no training sees, under their first captions and styles, always at the same noises:
        for the card, and for one network against another."""
        device = next(module.parameters()).device
        entries = self.unseen
        states, mask = (part.to(device) for part in self.texts.batch([entry.captions[0] for entry in entries]))
        style = torch.tensor([_style(entry) for entry in entries], device=device)
        latent = torch.from_numpy(self.measured[:, 0].astype(np.float32)).to(device)
        generator = torch.Generator().manual_seed(0)
        total = 0.0
        for place in range(HELD_OUT_TIMES):
            middle = NormalDist().inv_cdf((place + 0.5) / HELD_OUT_TIMES)
            time = torch.sigmoid(torch.tensor(middle))
            level = levels_at(SCHEDULE, time.expand(len(latent)).to(device), 3)
            eps = torch.randn(latent.shape, generator=generator).to(device)
            output = module(noised(latent, eps, level), level.t, states, mask, style)
            total += float((output.float() - target(Parameterization.VELOCITY, latent, eps, level)).square().mean())
        return total / HELD_OUT_TIMES

    def sample_grid(self, module: nn.Module) -> np.ndarray:
        """Each row a caption, half of them of concepts that no training sees, each column a style."""
        captions = [entry.captions[0] for entry in (*_spread(self.seen)[:4], *self.unseen[:4])]
        states, mask = self.texts.batch(captions)
        return sample_sheet(cast("CaptionedNetwork", module), self.shipped.codec, states, mask, self.sizes[0])

    def finish(self, module: nn.Module, summary: Summary) -> Sequence[Path]:
        """The averaged weights in fp16, in as many files as they need, and the model's card."""
        measured = {"held_out_loss": self.held_out_loss(module), "stickers": self.stickers.digest[:16]}
        planned = self.recipe.steps * self.recipe.batch_size
        return write_stickers(
            self.folder, cast("CaptionedNetwork", module), self.shipped, self.sizes, summary, planned, measured
        )


def _told(entry: Sticker, training: StickerTraining, rng: np.random.Generator) -> tuple[str | None, int]:
    """What a picture is said to show, None for nothing, and its style, 0 for none.

    Always as many draws, so that a change of one share leaves the others' draws as they are. Where the style is not
    told by its number, words often tell it, so that either way works; they seldom say it twice.
    """
    named, place, drop_text, drop_style, words = rng.random(5)
    caption = entry.captions[0 if named < NAMED else int(place * len(entry.captions))]
    styled = drop_style >= training.drop_style
    often = training.style_in_words if not styled else 0.25 * training.style_in_words
    if words < often:
        caption = with_style(caption, entry.style)
    if drop_text < training.drop_text:
        # nothing at all, or the style alone
        return None, _style(entry) if drop_text < 0.5 * training.drop_text else 0
    return caption, _style(entry) if styled else 0


def _style(entry: Sticker) -> int:
    return 1 + STYLES.index(entry.style)


def _texts(seen: Sequence[Sticker], unseen: Sequence[Sticker]) -> set[str]:
    plain = {caption for entry in (*seen, *unseen) for caption in entry.captions}
    return plain | {with_style(caption, entry.style) for entry in seen for caption in entry.captions}


def _spread(entries: Sequence[Sticker]) -> list[Sticker]:
    """`HELD_OUT_PICTURES` of them at most, from all over the list."""
    places = np.linspace(0, len(entries), min(len(entries), HELD_OUT_PICTURES), endpoint=False).astype(int)
    return [entries[place] for place in places]


def _sizes(recipe: Recipe) -> list[Size]:
    """(width, height) of each bucket."""
    said = recipe.option("sizes", ["64x64"])
    try:
        pairs = [tuple(int(part) for part in size.split("x")) for size in said]
        found = [(width, height) for width, height in pairs]
    except (ValueError, AttributeError) as error:
        raise RecipeError(f"recipe {recipe.name}: sizes = {said!r}; write them as in ['64x64', '64x48']") from error
    if not found or any(min(size) < 16 or size[0] % 8 or size[1] % 8 for size in found):
        raise RecipeError(f"recipe {recipe.name}: sizes = {said!r}; give multiples of 8, 16 at least")
    return found


def _shares(recipe: Recipe, count: int) -> list[float]:
    """Of the batches, by bucket; adding up to 1."""
    said = recipe.option("shares", [1.0] * count)
    if len(said) != count or min(said) < 0 or sum(said) <= 0:
        raise RecipeError(f"recipe {recipe.name}: shares = {said!r}; give a positive number for each of {count} sizes")
    return [float(share) / sum(said) for share in said]


def _config(recipe: Recipe, channels: int, text_width: int) -> CaptionedConfig:
    return CaptionedConfig(
        network=cast("Kind", recipe.option("network", "mmdit")),
        channels=channels,
        styles=len(STYLES),
        text_width=text_width,
        patch=recipe.option("patch", 2),
        width=recipe.option("width", 256),
        depth=recipe.option("depth", 6),
        heads=recipe.option("heads", 4),
        condition_width=recipe.option("condition_width", 256),
        expand=recipe.option("expand", 4),
        mixing=recipe.option("mixing", False),
    )


def _start(module: CaptionedNetwork, recipe: Recipe) -> None:
    """Take the weights that `start_from` names: a shipped model's id, or its file."""
    said = recipe.option("start_from", "")
    if not said:
        return
    files = {ROLE: Path(said)} if said.endswith(".safetensors") else ModelRegistry((SHIPPED,)).files(said)
    given = painter_of([path for role, path in files.items() if role.startswith(ROLE)])
    if given.config != module.config:
        raise RecipeError(
            f"recipe {recipe.name}: start_from = {said!r} is another network ({given.config}); "
            "give the recipe's options its numbers"
        )
    module.load_state_dict(given.state_dict())


def build(recipe: Recipe, folder: Path) -> StickerTraining:
    """The builder that recipes name. Raises StickersError, ModelError for a missing codec or text encoder."""
    registry, codec = ModelRegistry((SHIPPED,)), recipe.option("codec", "sticker-codec")
    card, file = registry.card(codec), registry.files(codec)["codec"]
    found = load_codec(card, file.parent, torch.device("cpu"))
    shipped = ShippedCodec(found, card.id, card.sha256["codec"], file.name)
    return StickerTraining(recipe, folder, open_stickers(), load_minilm(), shipped)
