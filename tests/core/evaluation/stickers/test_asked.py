from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from core.datasets.stickers.cache import STYLES, StickerSet, open_stickers
from core.evaluation.stickers.asked import asked, asked_in_all, kept_from_matcher
from tests.made_stickers import write_stickers


@pytest.fixture
def stickers(tmp_path: Path) -> StickerSet:
    write_stickers(tmp_path)
    return open_stickers(tmp_path)


def test_each_asked_has_a_real_picture_that_the_matcher_never_sees(stickers: StickerSet) -> None:
    pools = asked_in_all(stickers.entries)
    assert {part: len(pool) for part, pool in pools.items()} == {"caption": 11, "name": 11, "concept": 1}
    kept = kept_from_matcher(stickers.entries)
    for pool in pools.values():
        for entry in pool:
            real = stickers.entries[entry.row]
            assert (real.concept, real.style) == (entry.concept, entry.style)
            assert entry.row in kept
    assert all("in" in entry.caption.split() for entry in pools["caption"])
    assert pools["concept"][0].caption == "pink bar"
    # one style of each of eleven concepts, and the unknown one in all four
    assert len(kept) == 11 + 4


def test_what_is_asked_is_drawn_by_the_seed_with_styles_in_turn(stickers: StickerSet) -> None:
    first = asked(stickers.entries, 12, 0)
    assert {part: len(entries) for part, entries in first.items()} == {"caption": 6, "name": 3, "concept": 1}
    assert asked(stickers.entries, 12, 0) == first
    assert asked(stickers.entries, 12, 1) != first
    assert len({entry.concept for entries in first.values() for entry in entries}) == 10
    there = {entry.style for entry in asked_in_all(stickers.entries)["caption"]}
    some = asked(stickers.entries, 2 * len(there), 0)["caption"]
    assert Counter(entry.style for entry in some) == Counter(there)
    assert there <= set(STYLES)
    assert len(asked(stickers.entries, 500, 0)["caption"]) == 11
