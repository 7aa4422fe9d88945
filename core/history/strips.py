"""The strips of races' steps (`core.compare.looks`): how much of the disk they may take, and which stay. No torch."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from core.artifacts.atomic import is_part
from core.artifacts.trajectory_store import DISK_BYTES
from core.history.lock import HomeLock

SHARE = 8
"""Races have one part in so many of the disk that the steps of all jobs may take."""
ENDING, OF_LANE, HELD = "-steps.png", "-lane-", ".held"
TRIES = 3
STALE_SECONDS = 60.0
"""An unfinished file, or a hold that nobody has, is swept once it is this old."""


def shared(octets: int) -> tuple[int, int]:
    """Of the disk that steps may take: what is for those of pictures, and what for those of races."""
    return octets - octets // SHARE, octets // SHARE


class StripHold:
    """A race that runs or is on show: its strips stay until `release`, or the end of the process however that comes."""

    def __init__(self, lock: HomeLock | None, file: Path) -> None:
        self._lock, self._file = lock, file

    def __enter__(self) -> StripHold:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

    def release(self) -> None:
        """Safe to repeat."""
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()
            with suppress(OSError):
                self._file.unlink(missing_ok=True)


class StripShelf:
    """Those beside the records of a folder. Safe between threads and processes; a kill leaves whole strips.

    Over the budget the strips go of the race that was made or shown longest ago, race by race; none that is held.
    Records and finished pictures stay.
    """

    def __init__(self, folder: Path, octets: int = DISK_BYTES // SHARE) -> None:
        self._folder, self._octets = folder, octets

    def set_budget(self, octets: int) -> None:
        """Bytes. It may delete files: not for a GUI thread."""
        self._octets = octets
        self.make_room()

    def used(self) -> int:
        """Bytes that strips take now."""
        return sum(size for strips in self._races().values() for _, size, _ in strips)

    def hold(self, record: Path) -> StripHold:
        """Keep a race's strips, and count them as used now. A disk that refuses costs the hold, nothing else."""
        with suppress(OSError):
            for strip, _, _ in self._races().get(record.stem, ()):
                os.utime(strip)
        for _ in range(TRIES):
            file = self._folder / f".{record.stem}.{os.urandom(4).hex()}{HELD}"
            lock = HomeLock(file)
            with suppress(OSError):
                # Another process may look just now whether it is held.
                if lock.acquire():
                    return StripHold(lock, file)
        return StripHold(None, self._folder)

    def make_room(self) -> int:
        """Keep to the budget. How many races' strips went."""
        with suppress(OSError):
            self._sweep()
        races, gone = self._races(), 0
        taken = sum(size for strips in races.values() for _, size, _ in strips)
        for race, strips in sorted(races.items(), key=lambda each: max(made for _, _, made in each[1])):
            if taken <= self._octets:
                break
            if self._held(race):
                continue
            with suppress(OSError):
                for strip, size, _ in strips:
                    strip.unlink(missing_ok=True)
                    taken -= size
                gone += 1
        return gone

    def _races(self) -> dict[str, list[tuple[Path, int, float]]]:
        """(strip, bytes, when it was made or shown), by race."""
        found = defaultdict[str, list[tuple[Path, int, float]]](list)
        for strip in self._folder.glob(f"*{OF_LANE}*{ENDING}"):
            with suppress(OSError):
                status = strip.stat()
                found[strip.name.rpartition(OF_LANE)[0]].append((strip, status.st_size, status.st_mtime))
        return found

    def _held(self, race: str) -> bool:
        return any(not _free(file) for file in self._folder.glob(f".{race}.*{HELD}"))

    def _sweep(self) -> None:
        """What a kill left: unfinished files, and holds of processes that are gone."""
        for file in self._folder.glob(".*"):
            left = is_part(file.name) or (file.name.endswith(HELD) and _free(file))
            with suppress(FileNotFoundError):
                if left and time.time() - file.stat().st_mtime > STALE_SECONDS:
                    file.unlink()


def _free(file: Path) -> bool:
    lock = HomeLock(file)
    try:
        return lock.acquire()
    finally:
        lock.release()
