"""The fetched packages put together: what is to be drawn, and what is said of it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from core.datasets.stickers.cache import HELD_OUT, STYLES, TRAIN, Sticker
from core.datasets.stickers.captions import caption_table
from core.datasets.stickers.emoji import Emoji, code_of, normal_code, read_emoji, toned
from core.datasets.stickers.fetch import tarball
from core.datasets.stickers.mixed_up import shown_code
from core.datasets.stickers.packages import (
    EMOJIBASE,
    EMOJILIB,
    FLUENT_3D,
    FLUENT_FLAT,
    FLUENT_GRADIENT,
    NOTO,
    Package,
)
from core.datasets.stickers.raster import EDITION, SIZES, Drawing, svg
from core.datasets.stickers.splits import held_out_captions, held_out_concepts
from core.datasets.stickers.tarballs import TarballError, member, members

STYLE_PACKAGES: dict[str, Package] = dict(zip(STYLES, (FLUENT_3D, FLUENT_FLAT, FLUENT_GRADIENT, NOTO), strict=True))


@dataclass(frozen=True, slots=True)
class Gathered:
    """stickers[i] is drawn from drawings[i]. left_out: style -> how many pictures of its package were dropped."""

    stickers: tuple[Sticker, ...]
    drawings: tuple[Drawing, ...]
    left_out: dict[str, int]

    @property
    def drawings_digest(self) -> str:
        """sha256 of all that decides the pixels, not of the captions."""
        pinned = [package.integrity for package in STYLE_PACKAGES.values()]
        said = json.dumps([EDITION, SIZES, pinned, [sticker.source for sticker in self.stickers]])
        return hashlib.sha256(said.encode()).hexdigest()


def gather(folder: Path) -> Gathered:
    """Read the tarballs in `folder`. Raises TarballError where one is missing, damaged or of another form."""
    emoji = read_emoji(_json(EMOJIBASE, folder, "en/data.json"))
    words = _json(EMOJILIB, folder, "dist/emoji-en-US.json")
    captions = caption_table(_raw_captions(emoji, words))
    unseen = held_out_concepts(captions)
    unsaid = held_out_captions(captions, unseen)
    # The gradient package names its icons as the flat one does, and has no table of codes of its own.
    fluent_names = _json(FLUENT_FLAT, folder, "chars.json")
    stickers: list[Sticker] = []
    drawings: list[Drawing] = []
    left_out: Counter[str] = Counter()
    for style, package in STYLE_PACKAGES.items():
        names = _json(NOTO, folder, "chars.json") if package is NOTO else fluent_names
        pictures, total = _pictures(package, folder, names)
        found = {shown_code(style, emoji[code]): drawing for code, drawing in pictures.items() if code in emoji}
        left_out[style] = total - len(found)
        for code in (code for code in emoji if code in found):
            shown, drawing = emoji[code], found[code]
            unheard = unsaid.get(shown.concept, ())
            stickers.append(
                Sticker(
                    len(stickers),
                    shown.concept,
                    style,
                    tuple(toned(said, shown.tones) for said in captions[shown.concept] if said not in unheard),
                    tuple(toned(said, shown.tones) for said in unheard),
                    HELD_OUT if shown.concept in unseen else TRAIN,
                    f"{package.name}/{drawing.name}",
                )
            )
            drawings.append(drawing)
    return Gathered(tuple(stickers), tuple(drawings), dict(left_out))


def _raw_captions(emoji: dict[str, Emoji], words: dict[str, list[str]]) -> dict[str, list[str]]:
    """concept -> what both dictionaries say of it."""
    said = {code_of(characters): entries for characters, entries in words.items()}
    raw: dict[str, list[str]] = {}
    for code, shown in emoji.items():
        if not shown.tones:
            raw.setdefault(shown.concept, []).extend((*said.get(code, ()), *shown.tags))
    return raw


def _pictures(package: Package, folder: Path, names: dict[str, str]) -> tuple[dict[str, Drawing], int]:
    """normal code -> drawing, of each picture that has a code; and how many pictures the package holds."""
    if package is FLUENT_3D:
        files = dict(members(tarball(package, folder), lambda name: name.endswith(".webp")))
        named = {PurePosixPath(name): data for name, data in files.items()}
        return {normal_code(at.stem): Drawing(at.name, data, is_svg=False) for at, data in named.items()}, len(files)
    icons = _json(package, folder, "icons.json")
    bodies = {code: (name, _svg(icons, name)) for code, name in names.items()}
    found = {normal_code(code): Drawing(name, body, is_svg=True) for code, (name, body) in bodies.items() if body}
    return found, len(icons["icons"]) + len(icons.get("aliases", {}))


def _svg(icons: dict[str, Any], name: str) -> bytes | None:
    """An icon, or another one mirrored (Iconify's aliases). None where the set has none of that name, or hides it."""
    alias = icons.get("aliases", {}).get(name, {})
    icon = icons["icons"].get(alias.get("parent", name))
    if icon is None or icon.get("hidden") or alias.get("rotate") or alias.get("vFlip"):
        return None
    width, height = icon.get("width", icons["width"]), icon.get("height", icons["height"])
    left, top, mirrored = icon.get("left", 0), icon.get("top", 0), bool(alias.get("hFlip"))
    return svg(icon["body"], width, height, left=left, top=top, mirrored=mirrored)


def _json(package: Package, folder: Path, name: str) -> Any:
    path = tarball(package, folder)
    try:
        return json.loads(member(path, name))
    except (ValueError, RecursionError) as error:
        raise TarballError(f"{path.name}: {name} is no JSON ({error}); delete it and fetch it anew") from error
