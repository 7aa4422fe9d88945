"""What a start does about an end that was sudden."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from core.artifacts.artifact import Artifact, job_of
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
    for month in chain.from_iterable(map(_months, folders)):
        for name in filter(is_part, _names(month)):
            path = month / name
            with suppress(FileNotFoundError):
                if now - path.stat().st_mtime >= stale_seconds:
                    path.unlink()
                    swept += 1
    return swept


def _months(folder: Path) -> list[Path]:
    """The folders in it, in order."""
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def _names(folder: Path) -> list[str]:
    """Of what lies in a folder; of one that may not be read, none."""
    with suppress(PermissionError), os.scandir(folder) as entries:
        return [entry.name for entry in entries]
    return []


def _renew_thumbnails(store: HistoryStore) -> None:
    """A power cut may have taken the newest: they are not flushed to the disk as pictures are."""
    for picture, thumbnail in store.newest_files(NEWEST):
        if not (thumbnail.is_file() and thumbnail.stat().st_size):
            with suppress(NoisetteError):
                save_thumbnail(thumbnail, load_picture(picture).pixels)


def _adopt(store: HistoryStore) -> Iterator[str]:
    for month in _months(store.home.pictures):
        # Names as text, asked for in one go: among a hundred thousand, a path of each would take seconds.
        stems = [name.removesuffix(".png") for name in _names(month) if name.endswith(".png") and name.isascii()]
        for artifact_id in sorted(store.strangers(stems)):
            if _adopted(store, artifact_id, month / f"{artifact_id}.png"):
                yield artifact_id


def _adopted(store: HistoryStore, artifact_id: str, path: Path) -> bool:
    if path != store.home.picture(artifact_id):
        return False
    try:
        picture = load_picture(path)
    except NoisetteError:
        return False
    if pixels_sha256(picture.pixels) != picture.recipe.pixels_sha256:
        return False
    thumbnail = store.home.thumbnail(artifact_id)
    if not thumbnail.exists():
        save_thumbnail(thumbnail, picture.pixels)
    project = store.projects.of_job(job_of(artifact_id))
    store.add(Artifact(artifact_id, "image", path, thumbnail, picture.recipe, project=project))
    return True
