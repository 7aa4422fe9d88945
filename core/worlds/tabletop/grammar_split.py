"""Which captions training never sees. No torch here."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from core.worlds.tabletop.grammar_write import CATEGORIES, Caption, Category, draw
from core.worlds.tabletop.scene import Scene
from core.worlds.tabletop.words import canonical_text

HELD_OUT_FRACTION = 0.1
_BUCKETS = 1 << 16


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A caption kept from training, with a scene that it is true of."""

    scene: Scene
    caption: Caption


def held_out(text: str) -> bool:
    """Whether the caption belongs to the tenth that training never sees.

    A hash of the canonical text decides, so that synonyms of a held-out caption are held out with it.
    """
    digest = blake2b(canonical_text(text).encode(), digest_size=2).digest()
    return int.from_bytes(digest, "big") < HELD_OUT_FRACTION * _BUCKETS


def held_out_captions(category: Category, count: int, seed: int = 0) -> tuple[HeldOut, ...]:
    """`count` held-out captions of a category with their scenes, texts distinct; a pure function of the arguments.

    Fewer come back only where the category has no more such texts ("single" has some hundreds).
    """
    rng = np.random.default_rng((seed, CATEGORIES.index(category)))
    found: dict[str, HeldOut] = {}
    patience = 0
    while len(found) < count and patience < 20_000:
        scene, caption = draw(category, rng)
        patience += 1
        if held_out(caption.text) and caption.text not in found:
            found[caption.text] = HeldOut(scene, caption)
            patience = 0
    return tuple(found.values())
