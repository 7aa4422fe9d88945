"""Packages as npm would bring them, with a handful of pictures each."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.datasets.stickers.fetch import tarball
from core.datasets.stickers.packages import (
    EMOJIBASE,
    EMOJILIB,
    FLUENT_3D,
    FLUENT_FLAT,
    FLUENT_GRADIENT,
    NOTO,
    Package,
)

FOX, WAVE, DARK_WAVE, FLAG = "1F98A", "1F44B", "1F44B-1F3FF", "1F3C1"


def write_tarball(path: Path, files: Mapping[str, bytes]) -> None:
    """A gzipped tar with the files under `package/`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def square(colour: tuple[int, int, int, int]) -> bytes:
    """A WebP of 256 px, one colour."""
    file = io.BytesIO()
    Image.fromarray(np.full((256, 256, 4), colour, np.uint8)).save(file, "WEBP", lossless=True, exact=True)
    return file.getvalue()


def icons(side: int, names: tuple[str, ...], **more: Any) -> bytes:
    """An icon set in Iconify's form: each a full red square."""
    body = f'<path fill="#f00" d="M0 0h{side}v{side}H0z"/>'
    found = {"icons": {name: {"body": body} for name in names}, "width": side, "height": side, **more}
    return json.dumps(found).encode()


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A folder with all six tarballs: a fox, a waving hand in two tones, and a flag."""
    folder = tmp_path / "packages"

    def put(package: Package, **files: bytes | object) -> None:
        named = {name: data if isinstance(data, bytes) else json.dumps(data).encode() for name, data in files.items()}
        write_tarball(tarball(package, folder), named)

    skin = {"label": "waving hand: dark skin tone", "hexcode": DARK_WAVE, "group": 1, "tone": 5}
    emoji = [
        {"label": "fox", "hexcode": FOX, "group": 3, "tags": ["sly", "vixen", "animal"]},
        {"label": "waving hand", "hexcode": WAVE, "group": 1, "tags": ["greeting"], "skins": [skin]},
        {"label": "chequered flag", "hexcode": FLAG, "group": 9},
        {"label": "regional indicator A", "hexcode": "1F1E6"},
    ]
    put(EMOJIBASE, **{"en/data.json": emoji})
    put(EMOJILIB, **{"dist/emoji-en-US.json": {"\U0001f98a": ["fox", "reynard"], "\U0001f44b": ["waving_hand", ":)"]}})
    codes = (FOX, WAVE, DARK_WAVE, FLAG)
    put(FLUENT_3D, **{f"assets/{code.lower()}.webp": square((255, 0, 0, 255)) for code in codes})
    fluent = {FOX.lower(): "fox", WAVE.lower(): "waving-hand", DARK_WAVE.lower(): "waving-hand-dark"}
    names = tuple(fluent.values())
    put(FLUENT_FLAT, **{"icons.json": icons(32, names), "chars.json": fluent})
    put(FLUENT_GRADIENT, **{"icons.json": icons(32, names)})
    mirrored = {"waving-hand-dark": {"parent": "waving-hand", "hFlip": True}}
    put(NOTO, **{"icons.json": icons(128, ("fox", "waving-hand"), aliases=mirrored), "chars.json": fluent})
    return folder
