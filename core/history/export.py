"""Copies of kept files for elsewhere; they carry their recipes with them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from core.artifacts.image import PictureError, load_picture, transparent_png
from core.history.database import HistoryError


def export_copies(sources: Iterable[Path], folder: Path, *, transparent: bool = False) -> tuple[Path, ...]:
    """Copy files into a folder, which is made where it is missing; nothing there is replaced.

    A name that is taken gets a number: `name-2.png`. transparent: pictures on a clear ground get an alpha channel;
    others are copied as they are.
    Raises HistoryError at the first file that can't be copied.
    """
    made: list[Path] = []
    for source in sources:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            made.append(_copy(source, folder, octets_of(source) if transparent else None))
        except (OSError, PictureError) as error:
            done = f" after {len(made)} copies" if made else ""
            raise HistoryError(f"{source.name} can't be copied to {folder}{done} ({error}); check both") from error
    return tuple(made)


def octets_of(source: Path) -> bytes | None:
    """A picture's file with an alpha channel; None for one without a clear ground. Raises PictureError, OSError."""
    picture = load_picture(source)
    return None if picture.alpha is None else transparent_png(picture)


def _copy(source: Path, folder: Path, octets: bytes | None) -> Path:
    """octets: what is written instead of the file's own."""
    number = 1
    while True:
        target = folder / (source.name if number == 1 else f"{source.stem}-{number}{source.suffix}")
        try:
            # Made first and exclusively, so that a file of that name is never overwritten.
            with target.open("xb") as copy:
                if octets is not None:
                    copy.write(octets)
                    return target
                with source.open("rb") as original:
                    shutil.copyfileobj(original, copy)
                return target
        except FileExistsError:
            number += 1
        except OSError:
            target.unlink(missing_ok=True)
            raise
