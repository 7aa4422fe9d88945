"""What a package's tarball holds, read into memory: nothing is ever unpacked onto the disk."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from core.errors import NoisetteError

LARGEST_MEMBER_BYTES = 256 << 20
LARGEST_TOTAL_BYTES = 512 << 20
ROOT = "package"
"""The folder that npm puts everything into."""


class TarballError(NoisetteError):
    """A tarball is damaged, or holds what no package of ours does."""


def members(path: Path, wanted: Callable[[str], bool] = lambda _: True) -> Iterator[tuple[str, bytes]]:
    """The wanted files of an npm tarball, by their names inside the package ("assets/1f98a.webp").

    Raises TarballError for a damaged file (perhaps only at its end), a name that leads out of the package, a link or a
    device among the wanted, a file over 256 MiB, or over 512 MiB in all.
    """
    total = 0
    try:
        with gzip.open(path) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                if member.isdir():
                    continue
                name = inner_name(member.name)
                if not wanted(name):
                    continue
                total += member.size
                if member.size > LARGEST_MEMBER_BYTES or total > LARGEST_TOTAL_BYTES:
                    raise TarballError(f"{path.name}: {name} is too large ({member.size} bytes); fetch it anew")
                file = archive.extractfile(member) if member.isreg() else None
                if file is None:
                    raise TarballError(f"{path.name}: {name} is a link or a device, not a file; fetch it anew")
                yield name, file.read()
            # gzip compares its checksum only at the very end.
            while stream.read(1 << 20):
                pass
    except (tarfile.TarError, EOFError, OSError, zlib.error, UnicodeError) as error:
        raise TarballError(f"{path.name} is no readable tarball ({error}); delete it and fetch it anew") from error


def member(path: Path, name: str) -> bytes:
    """One file. Raises TarballError where it is missing, or as `members` does."""
    found = dict(members(path, lambda found: found == name))
    if name in found:
        return found[name]
    raise TarballError(f"{path.name} holds no {name}; delete it and fetch it anew")


def inner_name(name: str) -> str:
    """A member's name without the package's own folder. Raises TarballError where it leads elsewhere."""
    parts = PurePosixPath(name).parts
    unsafe = "\\" in name or "\0" in name or name.startswith("/") or ".." in parts
    if unsafe or len(parts) < 2 or parts[0] != ROOT:
        raise TarballError(f"{name!r} leads out of the package's own folder; fetch it anew")
    return "/".join(parts[1:])
