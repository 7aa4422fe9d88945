from __future__ import annotations

from itertools import takewhile
from pathlib import Path

import numpy as np
import pytest

from core.datasets.stickers import build as building
from core.datasets.stickers.build import build
from core.datasets.stickers.cache import STYLES, StickersError, open_stickers, pictures_name
from core.datasets.stickers.fetch import tarball
from core.datasets.stickers.packages import EMOJILIB, Package
from core.datasets.stickers.raster import Drawing, Pixels
from tests.core.datasets.stickers.conftest import write_tarball


@pytest.fixture(autouse=True)
def nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "fetch", lambda package, folder, _: tarball(package, folder))


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was drawn, in turn, one a batch."""
    names: list[str] = []

    def noted(drawings: tuple[Drawing, ...]) -> list[tuple[Pixels, ...]]:
        names.extend(drawing.name for drawing in drawings)
        return really(drawings)

    really = building.rasterise
    monkeypatch.setattr(building, "rasterise", noted)
    monkeypatch.setattr(building, "BATCH", 1)
    return names


def test_packages_become_pictures_with_captions(tmp_path: Path, packages: Path) -> None:
    stages = list(build(tmp_path / "stickers", packages))
    assert [stage.what for stage in stages if stage.done == 0] == ["fetching", "reading", "drawing", "writing"]
    found = open_stickers(tmp_path / "stickers")
    assert [(entry.style, entry.concept) for entry in found.entries] == [
        (style, concept) for style in STYLES for concept in ("fox", "waving hand", "waving hand")
    ]
    fox, hand, dark = found.entries[:3]
    assert fox.captions[0] == "fox"
    assert sorted(fox.captions + fox.held_out_captions) == ["animal", "fox", "reynard", "sly", "vixen"]
    assert hand.captions == ("waving hand", "greeting")
    assert dark.captions == ("waving hand, dark skin tone", "greeting, dark skin tone")
    assert {entry.split for entry in found.entries} <= {"train", "held_out"}
    assert fox.source == "@lobehub/fluent-emoji-3d/1f98a.webp"
    for size in (64, 128):
        assert (found.pictures(size) == (255, 0, 0, 255)).all()
    counts = found.manifest["counts"]
    assert (counts["pictures"], counts["concepts"], counts["left_out"]["3d"]) == (12, 2, 1)
    assert [package["licence"] for package in found.manifest["packages"]].count("MIT") == 5
    assert {path.name for path in tmp_path.iterdir()} - {"noisette-home"} == {"packages", "stickers"}


def test_a_broken_off_build_goes_on(tmp_path: Path, packages: Path, drawn: list[str]) -> None:
    folder = tmp_path / "stickers"
    stages = build(folder, packages)
    list(takewhile(lambda stage: (stage.what, stage.done) != ("drawing", 5), stages))
    stages.close()
    assert len(drawn) == 5
    with pytest.raises(StickersError, match="no stickers"):
        open_stickers(folder)
    list(build(folder, packages))
    assert len(drawn) == 12
    again = tmp_path / "again"
    list(build(again, packages))
    assert open_stickers(again).digest == open_stickers(folder).digest


def test_nothing_is_written_twice(tmp_path: Path, packages: Path, drawn: list[str]) -> None:
    folder = tmp_path / "stickers"
    list(build(folder, packages))
    before = folder.stat().st_mtime_ns
    list(build(folder, packages))
    assert (len(drawn), folder.stat().st_mtime_ns) == (12, before)
    list(build(folder, packages, again=True))
    assert len(drawn) == 24


def test_new_words_keep_the_pictures(tmp_path: Path, packages: Path, drawn: list[str]) -> None:
    folder = tmp_path / "stickers"
    list(build(folder, packages))
    first = open_stickers(folder)
    held_open = first.pictures(64)
    write_tarball(tarball(EMOJILIB, packages), {"dist/emoji-en-US.json": b"{}"})
    list(build(folder, packages))
    second = open_stickers(folder)
    assert (len(drawn), second.digest != first.digest) == (12, True)
    assert second.manifest["drawings"] == first.manifest["drawings"]
    np.testing.assert_array_equal(second.pictures(64), held_open)
    assert "reynard" not in second.entries[0].captions + second.entries[0].held_out_captions


def test_a_failed_fetch_leaves_the_old_set(tmp_path: Path, packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "stickers"
    list(build(folder, packages))

    def fails(package: Package, *_: object) -> Path:
        raise StickersError(f"no {package.name}")

    monkeypatch.setattr(building, "fetch", fails)
    with pytest.raises(StickersError, match="no emojibase"):
        list(build(folder, packages, again=True))
    assert len(open_stickers(folder).entries) == 12


def test_damage_is_told_of(tmp_path: Path, packages: Path) -> None:
    folder = tmp_path / "stickers"
    list(build(folder, packages))
    found = open_stickers(folder)
    with pytest.raises(StickersError, match="32 px asked for; 64 and 128"):
        found.pictures(32)
    (folder / pictures_name(64)).write_bytes(b"\x93NUMPY")
    with pytest.raises(StickersError, match="--again"):
        found.pictures(64)
    (folder / "entries.json").write_text('[{"concept": 1}]')
    with pytest.raises(StickersError, match="--again"):
        open_stickers(folder)
    (folder / "manifest.json").write_text("[]")
    with pytest.raises(StickersError, match="no manifest"):
        open_stickers(folder)
    list(build(folder, packages))
    assert len(open_stickers(folder).entries) == 12
