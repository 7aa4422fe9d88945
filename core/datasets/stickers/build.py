"""From packages to a finished cache: fetch, read, draw, write; broken off anywhere, it goes on from there."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from core.artifacts.atomic import write_text
from core.datasets.stickers.cache import (
    ENTRIES,
    FORMAT,
    HELD_OUT,
    MANIFEST,
    STYLES,
    StickersError,
    open_stickers,
    pictures_name,
    read_manifest,
)
from core.datasets.stickers.fetch import fetch
from core.datasets.stickers.packages import PACKAGES
from core.datasets.stickers.raster import SIZES, Drawing, Pixels, rasterise, require_svg
from core.datasets.stickers.sources import Gathered, gather

BATCH = 8
KEPT_EVERY = 16
"""Batches after which what is drawn is written down as drawn."""
DRAWN = "drawn.json"

Memmap = np.memmap[Any, np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a build stands: done of total."""

    what: Literal["fetching", "reading", "drawing", "writing"]
    done: int
    total: int


def build(
    folder: Path,
    packages: Path,
    *,
    workers: int = 1,
    again: bool = False,
    beat: Callable[[], None] = lambda: None,
) -> Generator[Stage]:
    """Make the stickers in `folder` from the pinned packages, kept in `packages`. A generator: closing it cancels.

    workers: processes that draw. again: draw all anew, even what a finished set holds. beat: see `fetch`.
    Drawings of a finished set are taken over where only words have changed, and nothing is written where nothing has.
    A build that was broken off or killed goes on where it stopped; until the end the old set stays as it was.
    Raises FetchError, TarballError, DrawingError, StickersError.
    """
    require_svg()
    for index, package in enumerate(PACKAGES):
        yield Stage("fetching", index, len(PACKAGES))
        fetch(package, packages, beat)
    yield Stage("reading", 0, 1)
    gathered = gather(packages)
    if not again and _is_made(folder, gathered):
        yield Stage("writing", 1, 1)
        return
    part = folder.with_name(f".{folder.name}.part")
    _make_room(folder.parent, len(gathered.stickers))
    if again:
        shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, exist_ok=True)
    if again or not _take_over(folder, part, gathered.drawings_digest):
        yield from _draw(part, gathered, workers)
    yield Stage("writing", 0, 1)
    _finish(part, gathered)
    _swap(part, folder)
    yield Stage("writing", 1, 1)


def _make_room(parent: Path, count: int) -> None:
    parent.mkdir(parents=True, exist_ok=True)
    needed = count * sum(4 * size * size for size in SIZES) + (64 << 20)
    free = shutil.disk_usage(parent).free
    if free < needed:
        raise StickersError(f"{free >> 20} MiB are free in {parent}; the stickers need {needed >> 20} MiB: make room")


def _is_made(folder: Path, gathered: Gathered) -> bool:
    """Whether the very same set lies there already."""
    try:
        found = open_stickers(folder)
        for size in SIZES:
            found.pictures(size)
    except StickersError:
        return False
    return found.manifest.get("drawings") == gathered.drawings_digest and found.entries == gathered.stickers


def _take_over(folder: Path, part: Path, digest: str) -> bool:
    """Whether a finished set had the same drawings; they are then in `part` too, as the same files where possible."""
    try:
        manifest = read_manifest(folder)
    except StickersError:
        return False
    if manifest is None or manifest.get("drawings") != digest:
        return False
    for size in SIZES:
        source, target = folder / pictures_name(size), part / pictures_name(size)
        if not source.is_file():
            return False
        target.unlink(missing_ok=True)
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)
    return True


def _draw(part: Path, gathered: Gathered, workers: int) -> Iterator[Stage]:
    total = len(gathered.drawings)
    done = _drawn_before(part, gathered.drawings_digest, total)
    arrays = {size: _array(part / pictures_name(size), (total, size, size, 4), new=done == 0) for size in SIZES}
    yield Stage("drawing", done, total)
    try:
        for count, made in enumerate(_batches(gathered.drawings[done:], workers), 1):
            for pictures in made:
                for size, pixels in zip(SIZES, pictures, strict=True):
                    arrays[size][done] = pixels
                done += 1
            if count % KEPT_EVERY == 0:
                _note(part, gathered.drawings_digest, arrays, done)
            yield Stage("drawing", done, total)
    finally:
        _note(part, gathered.drawings_digest, arrays, done)


def _drawn_before(part: Path, digest: str, total: int) -> int:
    """How many rows of an earlier, broken off build of the same drawings hold."""
    try:
        noted = json.loads((part / DRAWN).read_text(encoding="utf-8"))
        done = int(noted["done"]) if noted["drawings"] == digest else 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0
    expected = {size: (total, size, size, 4) for size in SIZES}
    try:
        whole = all(
            np.load(part / pictures_name(size), mmap_mode="r", allow_pickle=False).shape == shape
            for size, shape in expected.items()
        )
    except (OSError, ValueError):
        return 0
    return done if whole and 0 <= done <= total else 0


def _note(part: Path, digest: str, arrays: Mapping[int, Memmap], done: int) -> None:
    """The rows first, then that they are there."""
    for array in arrays.values():
        array.flush()
    write_text(part / DRAWN, json.dumps({"drawings": digest, "done": done}))


def _array(path: Path, shape: tuple[int, ...], *, new: bool) -> Memmap:
    if new:
        # Not over the old file: a finished set may share it.
        path.unlink(missing_ok=True)
        return np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape)
    return np.lib.format.open_memmap(path, mode="r+")


def _batches(drawings: tuple[Drawing, ...], workers: int) -> Iterator[list[tuple[Pixels, ...]]]:
    batches = [drawings[start : start + BATCH] for start in range(0, len(drawings), BATCH)]
    if workers <= 1:
        yield from map(rasterise, batches)
        return
    # Spawned, not forked: the process may hold threads.
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _leave_interrupts)
    try:
        with _interrupts_later():
            made = pool.map(rasterise, batches)
        yield from made
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _leave_interrupts() -> None:
    """Ctrl-C is the parent's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _interrupts_later() -> Generator[None]:
    """Ctrl-C is answered at the end of the block; processes started in it never hear one, even before they listen."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _finish(part: Path, gathered: Gathered) -> None:
    """Entries, then the manifest: a folder with a manifest is whole."""
    stickers = gathered.stickers
    rows = [{key: value for key, value in asdict(sticker).items() if key != "index"} for sticker in stickers]
    text = "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"
    write_text(part / ENTRIES, text)
    digest = hashlib.sha256()
    for name in (ENTRIES, *map(pictures_name, SIZES)):
        with (part / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    manifest = {
        "format": FORMAT,
        "digest": digest.hexdigest(),
        "drawings": gathered.drawings_digest,
        "sizes": list(SIZES),
        "counts": counts(gathered),
        "packages": [asdict(package) for package in PACKAGES],
    }
    (part / DRAWN).unlink(missing_ok=True)
    write_text(part / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def counts(gathered: Gathered) -> dict[str, Any]:
    """How many there are of everything."""
    stickers = gathered.stickers
    concepts = {sticker.concept: sticker for sticker in stickers}
    return {
        "pictures": len(stickers),
        "of_style": {style: sum(sticker.style == style for sticker in stickers) for style in STYLES},
        "left_out": gathered.left_out,
        "of_split": dict(Counter(sticker.split for sticker in stickers)),
        "concepts": len(concepts),
        "held_out_concepts": sum(sticker.split == HELD_OUT for sticker in concepts.values()),
        "pairs": sum(len(sticker.captions) for sticker in stickers),
        "captions": len({caption for sticker in stickers for caption in sticker.captions}),
        "held_out_captions": len({caption for sticker in stickers for caption in sticker.held_out_captions}),
    }


def _swap(part: Path, folder: Path) -> None:
    """The finished set in the place of the old one."""
    old = folder.with_name(f".{folder.name}.old")
    try:
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        part.rename(folder)
    except OSError as error:
        raise StickersError(f"{folder} can't be replaced ({error}); close what reads it and run it again") from error
    shutil.rmtree(old, ignore_errors=True)
