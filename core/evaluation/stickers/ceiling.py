"""How far the judge of stickers can be trusted: its scores on real pictures that it never saw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import torch

from core.datasets.stickers.cache import StickerSet
from core.evaluation.stickers.asked import PARTS, Asked, Part, asked_in_all
from core.evaluation.stickers.looking import (
    StickerJudge,
    StickerLook,
    on_white,
    ranks,
    recall_at,
    share_in_finish,
    share_in_style,
)

Pool = Callable[[Sequence[str]], torch.Tensor]
"""Captions -> (P, width), see `pooled_captions`."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """r1, r5: shares of pictures whose own caption is the best, or among the best five, of `pool` captions.

    pictures: how many were judged.
    """

    r1: float
    r5: float
    pictures: int
    pool: int


@dataclass(frozen=True, slots=True)
class Examined:
    """retrieval: by part. style: the share of pictures seen in the style asked; finish: with 3d and gradient as one."""

    retrieval: dict[Part, Retrieval]
    style: float
    finish: float

    def figures(self) -> dict[str, float]:
        """ "caption_r1", "concept_r5", "style", and how many captions each pool has."""
        figures: dict[str, float] = {"style": self.style, "finish": self.finish}
        for part, found in self.retrieval.items():
            figures |= {f"{part}_{name}": float(value) for name, value in asdict(found).items()}
        return figures

    def told(self) -> str:
        """Of how many pictures that is."""
        known, unknown = self.retrieval["caption"], self.retrieval["concept"]
        return f"{known.pictures} unseen real pictures of known concepts and {unknown.pictures} of unknown ones"


def accuracy_on_real(judge: StickerJudge, stickers: StickerSet, pool: Pool) -> tuple[Examined, dict[str, float]]:
    """The judge on the real pictures of everything that can be asked, and its figures.

    "3d", "flat" and "gradient" are one drawing in three finishes: of a picture in one of them that was kept back, the
    judge has seen the others. So figures in "noto" alone, whose drawings have no such twin, are added.
    """
    everything = asked_in_all(stickers.entries)
    captions = captions_of(judge, everything, pool)
    alone: dict[Part, tuple[Asked, ...]] = {
        part: tuple(entry for entry in entries if entry.style == "noto") for part, entries in everything.items()
    }
    found = examined(judge, stickers, everything, captions)
    noto = examined(judge, stickers, alone, captions).figures()
    kept = ("_r1", "_r5", "_pictures")
    return found, found.figures() | {f"noto/{name}": value for name, value in noto.items() if name.endswith(kept)}


def captions_of(judge: StickerJudge, pools: dict[Part, tuple[Asked, ...]], pool: Pool) -> dict[Part, np.ndarray]:
    """The captions' embeddings, (P, D) by part."""
    return {part: judge.captions(pool([entry.caption for entry in entries])) for part, entries in pools.items()}


def examined(
    judge: StickerJudge,
    stickers: StickerSet,
    some: dict[Part, tuple[Asked, ...]],
    captions: dict[Part, np.ndarray],
) -> Examined:
    """The judge on the real pictures of `some`; captions: of the pools that `asked_in_all` gives."""
    looks: dict[Part, StickerLook] = {
        part: judge.look(real_pictures(stickers, entries)) for part, entries in some.items() if entries
    }
    return scored(looks, some, stickers, captions)


def scored(
    looks: dict[Part, StickerLook],
    some: dict[Part, tuple[Asked, ...]],
    stickers: StickerSet,
    captions: dict[Part, np.ndarray],
) -> Examined:
    """What looks at pictures, one of each asked, are worth."""
    pools = asked_in_all(stickers.entries)
    retrieval: dict[Part, Retrieval] = {}
    right, finished = list[float](), list[float]()
    for part in PARTS:
        if not some[part]:
            continue
        place = {entry.concept: number for number, entry in enumerate(pools[part])}
        own = np.array([place[entry.concept] for entry in some[part]])
        found = ranks(looks[part].embeddings, captions[part], own)
        retrieval[part] = Retrieval(recall_at(found, 1), recall_at(found, 5), len(found), len(captions[part]))
        styles = [entry.style for entry in some[part]]
        right += [share_in_style(looks[part], styles)] * len(found)
        finished += [share_in_finish(looks[part], styles)] * len(found)
    return Examined(retrieval, float(np.mean(right)), float(np.mean(finished)))


def real_pictures(stickers: StickerSet, some: Sequence[Asked], size: int = 64) -> np.ndarray:
    """(N, size, size, 3) uint8 on white: the real picture of each asked."""
    return on_white(stickers.pictures(size)[[entry.row for entry in some]])
