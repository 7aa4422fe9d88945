"""A small file that is there while Noisette runs: after a sudden end it says when that was and, where known, why."""

from __future__ import annotations

import faulthandler
import os
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from core.history.lock import HomeLock
from studio import report

FOLDER = "crashes"
KEPT = 10
"""Reports of earlier sudden ends that stay on the disk."""


@dataclass(frozen=True, slots=True)
class SuddenEnd:
    """at: when. path: where its report lies. text: the report. traced: it holds a trace."""

    at: datetime
    path: Path
    text: str
    traced: bool


class LastWords:
    """Touches the disk in every call but the constructor: for a background thread. home: the user's folder."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER
        self._file: TextIO | None = None
        self._lock: HomeLock | None = None

    def open(self) -> SuddenEnd | None:
        """Begin to listen for a hard crash; the newest sudden end of an earlier session that was not told yet."""
        self._folder.mkdir(parents=True, exist_ok=True)
        ends = [end for path in sorted(self._folder.glob("*.running")) if (end := self._settle(path)) is not None]
        path = self._folder / f"{os.getpid()}-{secrets.token_hex(3)}.running"
        self._lock = HomeLock(path.with_suffix(".lock"))
        self._lock.acquire()
        self._file = path.open("w", encoding="utf-8")
        self._file.write("\n".join(report.versions()) + "\n\n")
        self._file.flush()
        faulthandler.enable(self._file, all_threads=True)
        for old in sorted(self._folder.glob("*.txt"))[:-KEPT]:
            old.unlink(missing_ok=True)
        return max(ends, key=lambda end: end.at) if ends else None

    def beat(self) -> None:
        """Note that it still runs, so that a sudden end's time is known."""
        if self._file is not None:
            os.utime(self._file.name)

    def close(self) -> None:
        """An orderly end leaves nothing behind."""
        if self._file is None or self._lock is None:
            return
        faulthandler.disable()
        path = Path(self._file.name)
        self._file.close()
        path.unlink(missing_ok=True)
        self._lock.release()
        path.with_suffix(".lock").unlink(missing_ok=True)
        self._file = self._lock = None

    def _settle(self, path: Path) -> SuddenEnd | None:
        """A file whose process is gone becomes a report; None where that one still runs."""
        lock = HomeLock(path.with_suffix(".lock"))
        if not lock.acquire():
            return None
        try:
            at = path.stat().st_mtime
            text = report.impersonal(path.read_text(encoding="utf-8", errors="replace"))
            traced = "most recent call first" in text
            if not traced:
                text += "No trace was left: the system may have ended it, or the power went.\n"
            kept = self._folder / f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(at))}-{secrets.token_hex(2)}.txt"
            path.replace(kept)
            kept.write_text(text, encoding="utf-8")
            return SuddenEnd(datetime.fromtimestamp(at).astimezone(), kept, text, traced)
        except OSError:
            return None
        finally:
            lock.release()
            path.with_suffix(".lock").unlink(missing_ok=True)
