"""Packages brought in by npm and checked against their pinned hashes. The only part that needs a network."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from core.datasets.stickers.packages import Package
from core.errors import NoisetteError

TURN_SECONDS = 0.2


class FetchError(NoisetteError):
    """A package could not be brought in, or is not the one that was pinned."""


def integrity(path: Path) -> str:
    """A file's sha512 as npm writes it: "sha512-" and base64. Raises OSError."""
    with path.open("rb") as file:
        return "sha512-" + base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode("ascii")


def tarball(package: Package, folder: Path) -> Path:
    """Where a package's tarball is kept: "@lobehub/fluent-emoji-3d" -> lobehub-fluent-emoji-3d-1.1.0.tgz."""
    return folder / f"{re.sub(r'[^a-z0-9]+', '-', package.name).strip('-')}-{package.version}.tgz"


def is_here(package: Package, folder: Path) -> bool:
    """Whether the very tarball that is pinned lies there. Raises OSError."""
    path = tarball(package, folder)
    return path.is_file() and path.stat().st_size == package.size_bytes and integrity(path) == package.integrity


def fetch(package: Package, folder: Path, beat: Callable[[], None] = lambda: None) -> Path:
    """The package's tarball in `folder`, brought in by `npm pack` unless it lies there already.

    beat: called several times a second while npm works; what it raises ends npm and passes through.
    Raises FetchError: no npm, no such package, no network, or another hash than the pinned one.
    """
    path = tarball(package, folder)
    if is_here(package, folder):
        return path
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetching-", dir=folder) as scratch:
        _pack(package, Path(scratch), beat)
        found = sorted(Path(scratch).glob("*.tgz"))
        if len(found) != 1:
            raise FetchError(f"npm pack {_spec(package)} left {len(found)} tarballs where 1 was due; update npm")
        got = integrity(found[0])
        if got != package.integrity:
            raise FetchError(
                f"{_spec(package)} has the hash {got[:19]}..., not the pinned {package.integrity[:19]}...; "
                "what was fetched is not what was checked and is thrown away"
            )
        found[0].replace(path)
    return path


def _spec(package: Package) -> str:
    return f"{package.name}@{package.version}"


def _pack(package: Package, scratch: Path, beat: Callable[[], None]) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise FetchError("npm is not on this machine, and the stickers' packages come by it; install Node.js with npm")
    command = [npm, "pack", _spec(package), "--pack-destination", str(scratch), "--ignore-scripts", "--silent"]
    with (
        (scratch / "said").open("w+", encoding="utf-8", errors="replace") as said,
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, cwd=scratch) as running,
    ):
        try:
            while True:
                try:
                    code = running.wait(TURN_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    beat()
        except BaseException:
            running.kill()
            raise
        said.seek(0)
        words = " ".join(said.read().split())[-300:]
    if code:
        raise FetchError(
            f"npm could not fetch {_spec(package)} (exit {code}{': ' if words else ''}{words}); "
            "check the network and run it again: what was fetched is kept"
        )
