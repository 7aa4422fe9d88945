"""What a start does about an end that was sudden."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.artifacts.artifact import Artifact
from core.artifacts.atomic import is_part
from core.artifacts.image import load_picture, save_thumbnail
from core.artifacts.recipe import pixels_sha256
from core.errors import NoisetteError
from core.history.database import HistoryError
from core.history.store import HistoryStore

STALE_SECONDS = 60.0
"""An unfinished file this old has no writer any more; a younger one may be another process's at work."""
NEWEST = 100
"""Pictures whose thumbnails a start looks after."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """swept: unfinished files removed. adopted: ids of finished pictures that had no row and now have one."""

    swept: int
    adopted: tuple[str, ...]


def recover(store: HistoryStore, stale_seconds: float = STALE_SECONDS) -> Recovery:
    """Sweep unfinished files, adopt finished but unrecorded pictures, finish moves to the bin and empty it
    of what is past its days.

    A PNG whose recipe is missing, or is not that of its pixels, stays untouched.
    Raises HistoryError where the disk fails.
    """
    try:
        swept = _sweep((store.home.pictures, store.home.thumbnails), stale_seconds)
        store.settle_bin()
        store.empty_bin()
        adopted = tuple(_adopt(store))
        _renew_thumbnails(store)
        return Recovery(swept, adopted)
    except OSError as error:
        raise HistoryError(f"{store.home.root} can't be read through ({error}); check its rights") from error


def _sweep(folders: tuple[Path, ...], stale_seconds: float) -> int:
    swept, now = 0, time.time()
    for path in (path for folder in folders for path in folder.glob("*/.*") if is_part(path.name)):
        with suppress(FileNotFoundError):
            if now - path.stat().st_mtime >= stale_seconds:
                path.unlink()
                swept += 1
    return swept


def _renew_thumbnails(store: HistoryStore) -> None:
    """A power cut may have taken the newest: they are not flushed to the disk as pictures are."""
    for artifact in store.page(limit=NEWEST):
        thumbnail = artifact.thumbnail
        if thumbnail is not None and not (thumbnail.is_file() and thumbnail.stat().st_size):
            with suppress(NoisetteError):
                save_thumbnail(thumbnail, load_picture(artifact.path).pixels)


def _adopt(store: HistoryStore) -> Iterator[str]:
    known = store.ids()
    for path in sorted(store.home.pictures.glob("*/*.png")):
        if path.stem in known or path != store.home.picture(path.stem):
            continue
        try:
            picture = load_picture(path)
        except NoisetteError:
            continue
        if pixels_sha256(picture.pixels) != picture.recipe.pixels_sha256:
            continue
        thumbnail = store.home.thumbnail(path.stem)
        if not thumbnail.exists():
            save_thumbnail(thumbnail, picture.pixels)
        project = store.projects.of_job(path.stem.rpartition("-")[0])
        store.add(Artifact(path.stem, "image", path, thumbnail, picture.recipe, project=project))
        yield path.stem
