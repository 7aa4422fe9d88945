"""Files that are either wholly there or not there at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

PART = ".part"
"""How the name of an unfinished file ends; it begins with a dot."""


def write_atomically(path: Path, write: Callable[[BinaryIO], object], *, durable: bool = True) -> None:
    """Call write(file) on a temporary neighbour, flush it to the disk, then rename it to `path`.

    A reader, or a kill at any instant, meets the old file or the new one, never half of either. Folders are made as
    needed. durable: off for what can be made again; it survives a kill all the same, but perhaps not a power cut.
    Raises OSError; whatever is raised, no temporary file stays behind (only a kill leaves one).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # A window opens sooner without it.
    import secrets

    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        with part.open("xb") as file:
            write(file)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    if durable:
        _flush_folder(path.parent)


def write_text(path: Path, text: str, *, durable: bool = True) -> None:
    """As UTF-8. Raises OSError."""
    write_atomically(path, lambda file: file.write(text.encode()), durable=durable)


def is_part(name: str) -> bool:
    """Whether a file name is one of `write_atomically`'s unfinished ones."""
    return name.startswith(".") and name.endswith(PART)


def _flush_folder(folder: Path) -> None:
    """The rename itself reaches the disk. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
