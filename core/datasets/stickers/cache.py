"""The stickers as they lie on the disk: pictures memory-mapped, captions, and the manifest that says what they are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from core.errors import NoisetteError
from core.plain import PlainError, parse_json

STYLES = ("3d", "flat", "gradient", "noto")
TRAIN, HELD_OUT = "train", "held_out"

MANIFEST = "manifest.json"
ENTRIES = "entries.json"
FORMAT = 1
"""Of the folder; raised when an older one can't be read any more."""

REMEDY = "run `noisette data stickers`"


class StickersError(NoisetteError):
    """The stickers are not on this machine, or are damaged."""


@dataclass(frozen=True, slots=True)
class Sticker:
    """One picture. index: its row in the pictures. concept: the same in all styles and skin tones ("waving hand").

    style: one of STYLES. captions: plain English without the style, the plainest first. held_out_captions: of a
    trained concept, those never shown in training. split: "train" or "held_out". source: "package/name".
    """

    index: int
    concept: str
    style: str
    captions: tuple[str, ...]
    held_out_captions: tuple[str, ...]
    split: str
    source: str


@dataclass(frozen=True, slots=True)
class StickerSet:
    """folder: where they lie. manifest: sources, versions, hashes, counts and the digest of all."""

    folder: Path
    entries: tuple[Sticker, ...]
    manifest: dict[str, Any]

    @property
    def digest(self) -> str:
        """sha256 of entries and pictures, for a model's card."""
        return str(self.manifest["digest"])

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(int(size) for size in self.manifest["sizes"])

    def pictures(self, size: int) -> NDArray[np.uint8]:
        """(N, size, size, 4) straight-alpha sRGB, memory-mapped for reading; row i is entries[i].

        Raises StickersError for a size that was not drawn, or a damaged file.
        """
        if size not in self.sizes:
            raise StickersError(f"stickers of {size} px asked for; {' and '.join(map(str, self.sizes))} px are drawn")
        path = self.folder / pictures_name(size)
        try:
            found = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise StickersError(f"{path} can't be read ({error}); {REMEDY} --again") from error
        if found.shape != (len(self.entries), size, size, 4) or found.dtype != np.uint8:
            raise StickersError(
                f"{path} holds {found.dtype} {found.shape} for {len(self.entries)} stickers; {REMEDY} --again"
            )
        return found


def cache_root() -> Path:
    """`NOISETTE_CACHE` where it is set, else the platform's folder for an application's cache."""
    given = os.environ.get("NOISETTE_CACHE")
    return Path(given).expanduser().absolute() if given else user_cache_path("noisette", appauthor=False)


def default_folder() -> Path:
    """Where the stickers lie unless told otherwise."""
    return cache_root() / "stickers"


def pictures_name(size: int) -> str:
    """The file of all pictures of one size."""
    return f"pictures-{size}.npy"


def open_stickers(folder: Path | None = None) -> StickerSet:
    """The stickers in `folder` (default: the cache's). Reads captions, maps pictures only when asked.

    Raises StickersError where there are none, or what is there is damaged or of another format.
    """
    folder = folder or default_folder()
    manifest = read_manifest(folder)
    if manifest is None:
        raise StickersError(f"no stickers in {folder}; {REMEDY}")
    if manifest.get("format") != FORMAT:
        raise StickersError(f"the stickers in {folder} have format {manifest.get('format')}, not {FORMAT}; {REMEDY}")
    where = f"{folder / ENTRIES}"
    try:
        data = parse_json((folder / ENTRIES).read_text(encoding="utf-8"), where)
        entries = tuple(_sticker(index, row) for index, row in enumerate(cast("list[Any]", data)))
    except (OSError, UnicodeError, PlainError, KeyError, TypeError, ValueError) as error:
        raise StickersError(f"{where} can't be read ({error}); {REMEDY} --again") from error
    return StickerSet(folder, entries, manifest)


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """None where no finished set lies. Raises StickersError for a damaged one."""
    path = folder / MANIFEST
    try:
        data = parse_json(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeError, PlainError) as error:
        raise StickersError(f"{path} can't be read ({error}); {REMEDY} --again") from error
    if not isinstance(data, dict) or not {"format", "digest", "sizes"} <= data.keys():
        raise StickersError(f"{path} is no manifest of stickers; {REMEDY} --again")
    return cast("dict[str, Any]", data)


def _sticker(index: int, row: Any) -> Sticker:
    return Sticker(
        index,
        row["concept"],
        row["style"],
        tuple(row["captions"]),
        tuple(row["held_out_captions"]),
        row["split"],
        row["source"],
    )
