"""Which concepts, and which captions of the others, are never seen in training. No dice: hashes decide."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from core.datasets.stickers.emoji import family

CONCEPTS_HELD_OUT = 0.05
CAPTIONS_HELD_OUT = 0.4
"""The share of trained concepts that one caption is held back of."""
LEAST_CAPTIONS = 4
"""A concept with fewer has none to spare."""


def held_out_concepts(concepts: Iterable[str]) -> frozenset[str]:
    """About 5 % of them, whole families together: "woman running" is not held out where "man running" is trained."""
    return frozenset(concept for concept in concepts if _share("concept", family(concept)) < CONCEPTS_HELD_OUT)


def held_out_captions(captions: Mapping[str, Sequence[str]], held_out: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """trained concept -> the caption that is kept from training, where it has one.

    It is a caption of no other concept, so the words are never shown in training with anything; and it is no part of
    the concept's own name. captions: concept -> all of them, the name first.
    """
    uses = Counter(words.lower() for said in captions.values() for words in said)
    kept: dict[str, tuple[str, ...]] = {}
    for concept, said in captions.items():
        if concept in held_out or len(said) < LEAST_CAPTIONS or _share("caption", concept) >= CAPTIONS_HELD_OUT:
            continue
        own = [words for words in said[1:] if uses[words.lower()] == 1 and words not in concept.lower()]
        if own:
            kept[concept] = (min(own, key=lambda words: _share(concept, words)),)
    return kept


def _share(purpose: str, word: str) -> float:
    """A number in [0, 1) that depends on the words alone."""
    digest = hashlib.sha256(f"{purpose}\0{word}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
