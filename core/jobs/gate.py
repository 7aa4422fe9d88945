"""What stands between a running job and its next piece of work: pause, cancel, close."""

from __future__ import annotations

import threading


class JobInterrupted(BaseException):
    """The running job was cancelled or the engine is closing. Only the worker catches it.

    Not an Exception, so that a task's own `except Exception` lets it pass.
    """


class Gate:
    """Shared by the engine (which turns it) and the worker's job (which passes it before each network evaluation).

    `changed` is notified by every turn; the queue shares it, so one wait serves the worker for both.
    """

    def __init__(self) -> None:
        self.changed = threading.Condition(threading.RLock())
        self._paused = False
        self._closing = False
        self._interrupted = False

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def closing(self) -> bool:
        return self._closing

    @property
    def cancelled(self) -> bool:
        """The running job was stopped for its own sake, not because the engine closes."""
        return self._interrupted

    @property
    def interrupted(self) -> bool:
        """The running job must stop."""
        return self._interrupted or self._closing

    def set_paused(self, paused: bool) -> None:
        with self.changed:
            self._paused = paused
            self.changed.notify_all()

    def interrupt(self) -> None:
        """Stop the running job at its next pass."""
        with self.changed:
            self._interrupted = True
            self.changed.notify_all()

    def reset(self) -> None:
        """A new job starts: an interrupt meant for the last one is forgotten."""
        with self.changed:
            self._interrupted = False

    def close(self) -> None:
        with self.changed:
            self._closing = True
            self.changed.notify_all()

    def pause_point(self) -> None:
        """Wait while paused. Raises JobInterrupted once the job is cancelled or the engine closes."""
        if self._paused or self.interrupted:
            with self.changed:
                self.changed.wait_for(lambda: self.interrupted or not self._paused)
        if self.interrupted:
            raise JobInterrupted
