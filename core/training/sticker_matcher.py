"""Training the judge of stickers: pictures and captions in one space, by contrast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from core.datasets.stickers.cache import STYLES, Sticker, StickerSet, open_stickers
from core.errors import ModelError
from core.evaluation.stickers.asked import kept_from_matcher, plainest
from core.evaluation.stickers.ceiling import accuracy_on_real
from core.evaluation.stickers.looking import MATCHER_ID, StickerJudge, on_white, pooled_captions
from core.models.card import ModelCard, read_card, write_card
from core.networks.matcher import Matcher, MatcherConfig
from core.networks.minilm import load_minilm
from core.networks.weights import load_weights, save_weights, sha256_of
from core.training.augmentation import softened
from core.training.data import batch_indices
from core.training.recipe import Recipe
from core.training.sticker_changes import changed
from core.training.trainable import Batch, Loss, Summary

NAME_SHARE = 0.4
"""How often a concept is called by its name rather than by any of its captions."""
SOURCES = "from scratch on Fluent Emoji (MIT) and Noto Emoji (Apache-2.0), captions of emojibase and emojilib (MIT)"
SIDED = frozenset(("left", "right", "clockwise", "anticlockwise", "counterclockwise", "o'clock", "button", "keycap"))
"""Words of what the mirror image would show wrongly: sides, clocks, and what is written."""


class MatcherTraining:
    """A Trainable: InfoNCE between pictures and captions, and the pictures' styles.

    A picture has to find its caption among one of every concept, a caption its picture in the batch. A caption that
    would fit as well is neither right nor wrong.
    Source: Radford et al. 2021 (arXiv:2103.00020), figure 3; van den Oord et al. 2018 (arXiv:1807.03748), eq. 4.
    """

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        recipe.only_options("text_noise", "trunk")
        self.recipe, self.folder = recipe, folder
        self.text_noise = recipe.option("text_noise", 0.2)
        self.stickers = open_stickers()
        self.words = Captions(self.stickers, kept_from_matcher(self.stickers.entries))
        self.pictures = self.stickers.pictures(MatcherConfig().size)
        self.pooled = _pooled(self.words.texts, folder)
        torch.manual_seed(recipe.seed)
        self.module = Matcher(MatcherConfig(text_width=self.pooled.shape[1]))
        self.trunk = recipe.option("trunk", "")
        if self.trunk:
            _take_trunk(self.module, Path(self.trunk))

    def batch(self, step: int) -> Batch:
        rng = np.random.default_rng((self.recipe.seed, step))
        concepts = batch_indices(self.recipe.seed, step, self.recipe.batch_size, len(self.words.concepts))
        rows = [self.words.row(int(concept), rng) for concept in concepts]
        own = np.array([self.words.said(int(concept), rng) for concept in concepts])
        spoken = np.array([self.words.said(concept, rng) for concept in range(len(self.words.concepts))])
        image = torch.from_numpy(on_white(self.pictures[rows])).permute(0, 3, 1, 2)
        styles = [STYLES.index(self.stickers.entries[row].style) for row in rows]
        sided = [self.words.sided[int(concept)] for concept in concepts]
        return {
            "image": image,
            "concept": torch.from_numpy(concepts),
            "style": torch.tensor(styles),
            "sided": torch.tensor(sided),
            "own": self.pooled[own],
            "spoken": self.pooled[spoken],
            "own_fits": torch.from_numpy(self.words.fits[own][:, concepts]),
            "spoken_fits": torch.from_numpy(self.words.fits[spoken][:, concepts].T.copy()),
        }

    def loss(self, batch: Batch, generator: torch.Generator) -> Loss:
        plain = batch["image"].float() / 127.5 - 1.0
        styles = self.module.styles(_hardly_changed(plain, generator).contiguous(memory_format=torch.channels_last))
        style = F.cross_entropy(styles, batch["style"])
        if self.trunk:
            return Loss(style, {"style": style.detach()})
        image = changed(plain, batch["sided"], generator)
        seen = self.module(image.contiguous(memory_format=torch.channels_last))
        own, spoken = (self._blurred_texts(batch[name], generator) for name in ("own", "spoken"))
        # cosines of half precision, a hundredfold, would be too coarse
        with torch.autocast(image.device.type, enabled=False):
            parts = self._contrasts(seen.embedding, own, spoken, batch)
        parts["style"] = style
        total = 0.5 * (parts["to_captions"] + parts["to_pictures"]) + style
        return Loss(total, {name: value.detach() for name, value in parts.items()})

    def _blurred_texts(self, pooled: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        noise = torch.randn(pooled.shape, generator=generator, device=pooled.device)
        return self.module.embed_texts(pooled + self.text_noise * noise)

    def _contrasts(
        self, embedding: torch.Tensor, own: torch.Tensor, spoken: torch.Tensor, batch: Batch
    ) -> dict[str, torch.Tensor]:
        """embedding, own: (B, D) of pictures and their captions; spoken: (C, D), a caption of each concept."""
        concept, scale = batch["concept"], self.module.scale
        place = torch.arange(len(concept), device=concept.device)
        to_own = scale * embedding @ own.T
        to_all = scale * embedding @ spoken.T
        # each picture's own concept speaks with the picture's own caption
        to_all = to_all.scatter(1, concept[:, None], to_own.diagonal()[:, None])
        others = ~F.one_hot(concept, to_all.shape[1]).bool()
        other_places = ~torch.eye(len(place), dtype=torch.bool, device=place.device)
        return {
            "to_captions": F.cross_entropy(to_all.masked_fill(batch["spoken_fits"] & others, -torch.inf), concept),
            "to_pictures": F.cross_entropy(to_own.T.masked_fill(batch["own_fits"] & other_places, -torch.inf), place),
        }

    def sample_grid(self, module: nn.Module) -> np.ndarray | None:  # noqa: ARG002
        return None

    def finish(self, module: nn.Module, summary: Summary) -> Sequence[Path]:
        """Weights in fp16 and a card whose scores are of real pictures that no step saw."""
        weights = self.folder / f"{MATCHER_ID}.safetensors"
        save_weights(weights, module.state_dict(), dtype=torch.float16)
        judged = Matcher(self.module.config)
        judged.load_state_dict({name: value.float() for name, value in load_weights(weights).tensors.items()})
        encoder = load_minilm()
        examined, scores = accuracy_on_real(
            StickerJudge(judged), self.stickers, lambda texts: pooled_captions(encoder, texts)
        )
        side = self.module.config.size
        card = ModelCard(
            id=MATCHER_ID,
            title="Sticker matcher",
            summary="Tells which caption a sticker fits, and in which of four styles it is drawn.",
            network="matcher",
            parameterization="none",
            schedule="none",
            codec="none",
            conditioning=("text",),
            sizes=((side, side),),
            parameters=sum(value.numel() for value in module.parameters()),
            license="Apache-2.0",
            source=f"{SOURCES}, stickers {self.stickers.digest[:16]}, recipe {self.recipe.name}",
            files={"matcher": weights.name},
            sha256={"matcher": sha256_of(weights)},
            training={name: value for name, value in asdict(summary).items() if not isinstance(value, bool)},
            scores=scores,
            scored_by=f"noisette train {self.recipe.name}: {examined.told()}, {summary.device}",
            kind="matcher",
        )
        if self.trunk:
            card = _with_trunk(card, Path(self.trunk))
        path = self.folder / f"{MATCHER_ID}.json"
        write_card(card, path)
        return [weights, path]


class Captions:
    """Which captions and pictures each trained concept has. kept: rows that are not to be trained on.

    concepts: their names. texts: every caption once. fits: (texts, concepts) bool, which captions are a concept's.
    sided: of each concept, whether its mirror image would be something else. Skin tones are left unsaid: this is a
    judge of what is shown.
    """

    def __init__(self, stickers: StickerSet, kept: frozenset[int]) -> None:
        rows: dict[str, dict[str, list[Sticker]]] = {}
        for entry in stickers.entries:
            if entry.index not in kept:
                rows.setdefault(entry.concept, {}).setdefault(entry.style, []).append(entry)
        self.concepts = tuple(rows)
        plain = [plainest(entry for own in styles.values() for entry in own) for styles in rows.values()]
        self.sided = [names_a_side(entry) for entry in plain]
        self.texts = tuple(dict.fromkeys(caption for entry in plain for caption in entry.captions))
        number = {text: place for place, text in enumerate(self.texts)}
        self._said = [[number[caption] for caption in entry.captions] for entry in plain]
        self._rows = [[[entry.index for entry in own] for own in styles.values()] for styles in rows.values()]
        self.fits = np.zeros((len(self.texts), len(self.concepts)), bool)
        for concept, said in enumerate(self._said):
            self.fits[said, concept] = True

    def row(self, concept: int, rng: np.random.Generator) -> int:
        """A picture of a concept, each of its styles as likely as another."""
        styles = self._rows[concept]
        rows = styles[rng.integers(len(styles))]
        return rows[rng.integers(len(rows))]

    def said(self, concept: int, rng: np.random.Generator) -> int:
        """A caption of a concept: its name, or any."""
        said = self._said[concept]
        return said[0] if rng.random() < NAME_SHARE else said[rng.integers(len(said))]


def names_a_side(entry: Sticker) -> bool:
    """Whether a caption is wrong of the mirror image."""
    words = set(" ".join((entry.concept, *entry.captions)).replace("-", " ").split())
    return bool(words & SIDED)


def _take_trunk(module: Matcher, path: Path) -> None:
    """Everything but the head that tells styles, which alone goes on learning. Raises ModelError."""
    kept = {name: value for name, value in load_weights(path).tensors.items() if not name.startswith("style.")}
    own = {name: value.shape for name, value in module.state_dict().items() if not name.startswith("style.")}
    if own != {name: value.shape for name, value in kept.items()}:
        raise ModelError(f"{path} is not a matcher of stickers; give the file of one as the option trunk")
    module.load_state_dict(kept, strict=False)
    module.requires_grad_(False)
    module.style.requires_grad_(True)


def _with_trunk(card: ModelCard, trunk: Path) -> ModelCard:
    """The card of a fitted head, with what the trunk's own card says of how that was trained."""
    own = read_card(trunk.with_suffix(".json"))
    earlier = {f"trunk_{name}": value for name, value in own.training.items()}
    return replace(
        card, source=f"{own.source}; then the head for styles {card.source}", training=earlier | card.training
    )


def _hardly_changed(image: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """A style shows in edges and shades: mirror half, soften half a little, as a codec does; no more."""

    def chance() -> torch.Tensor:
        return torch.rand(len(image), 1, 1, 1, generator=generator, device=image.device)

    image = torch.where(chance() < 0.5, image.flip(3), image)
    return torch.lerp(image, softened(image), 0.6 * chance() * (chance() < 0.5))


def _pooled(texts: Sequence[str], folder: Path) -> torch.Tensor:
    """(texts, width): read once, and kept beside the checkpoints for the next call."""
    path = folder / "captions.safetensors"
    named = {"texts": "\n".join(texts)}
    if path.is_file():
        kept = load_weights(path)
        if kept.metadata == named:
            return kept.tensors["pooled"]
    pooled = pooled_captions(load_minilm(), texts)
    save_weights(path, {"pooled": pooled}, named)
    return pooled


def build(recipe: Recipe, folder: Path) -> MatcherTraining:
    """The builder that recipes name."""
    return MatcherTraining(recipe, folder)
