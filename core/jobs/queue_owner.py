"""Whether an engine keeps its home's queue."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from core.history.lock import HomeLock


class QueueOwner:
    """Of several engines in one home only the first keeps the queue, and only if it asks to.

    path: the lock's file. refused: called once, where another engine has the lock.
    """

    def __init__(self, path: Path, *, asks: bool, refused: Callable[[], None]) -> None:
        self._lock = HomeLock(path)
        self._owned: bool | None = None if asks else False
        self._refused = refused

    def owned(self) -> bool:
        """Decided at the first call, which touches the disk and so belongs to one thread, not a GUI's.

        Raises OSError where the folder can't be used; later calls then say no.
        """
        if self._owned is None:
            self._owned = False
            self._owned = self._lock.acquire()
            if not self._owned:
                self._refused()
        return self._owned

    def release(self) -> None:
        self._lock.release()
