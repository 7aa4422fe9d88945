"""What the environment was last set up with, so that a second start has nothing to do."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from setup_steps.places import Places


@dataclass(frozen=True, slots=True)
class Stamp:
    """digest: of everything that decides what is installed. extras: pyproject's optional groups that are in.

    torch: the last explicit choice of build, "" where none was made. packages: the distributions that were there.
    """

    digest: str
    extras: tuple[str, ...]
    torch: str
    packages: tuple[str, ...]


def digest(places: Places) -> str:
    """SHA-256 over the requirements, their pins and the repository's place (scripts in .venv hold it)."""
    total = hashlib.sha256(str(places.repository).encode())
    for path in (places.project, places.constraints):
        total.update(path.read_bytes())
    return total.hexdigest()


def installed(places: Places) -> tuple[str, ...]:
    try:
        names = os.listdir(places.site_packages)  # noqa: PTH208 - on the path of every start
    except OSError:
        return ()
    return tuple(sorted(name for name in names if name.endswith(".dist-info")))


def read(path: Path) -> Stamp | None:
    """The stamp, or None where it is missing or not one."""
    try:
        data = cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
        return Stamp(str(data["digest"]), tuple(data["extras"]), str(data["torch"]), tuple(data["packages"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(path: Path, stamp: Stamp) -> None:
    """All of it or nothing: written beside, made durable, then renamed."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(asdict(stamp), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    Path(beside).replace(path)


def serves(stamp: Stamp | None, places: Places, extras: frozenset[str], torch: str) -> bool:
    """Whether an environment so stamped needs nothing more for these extras and this choice of torch."""
    return (
        stamp is not None
        and stamp.digest == digest(places)
        and extras <= set(stamp.extras)
        and torch in ("", stamp.torch)
        and set(stamp.packages) <= set(installed(places))
    )
