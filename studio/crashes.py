"""Exceptions that nobody caught, from every thread: told once each, with a report, while the window stays in use."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from studio import report

MOST_KINDS = 50
"""Different faults that are told; beyond them they only go to the log."""

log = logging.getLogger("noisette.studio")


@dataclass(frozen=True, slots=True)
class Crash:
    """title: one sentence. words: what it means for the user. report: to copy. times: how often it came."""

    title: str
    words: str
    report: str
    times: int = 1


class Crashes(QObject):
    """happened(Crash): a fault came, for the first time or again (`times` counts). Always on the GUI thread."""

    happened = Signal(object)
    _caught = Signal(str, str, str)

    def __init__(self, last: report.LastActions) -> None:
        super().__init__()
        self._last = last
        self._seen: dict[str, Crash] = {}
        self._hooks: tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]] | None = None
        self._interrupted: Callable[[], object] = lambda: None
        # Queued even on the GUI thread: a fault in the middle of painting must not paint.
        self._caught.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def install(self, interrupted: Callable[[], object]) -> None:
        """Take what Python would print: from slots and Qt's calls, threads, and finalizers. interrupted(): Ctrl C."""
        self._interrupted = interrupted
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self.catch
        threading.excepthook = lambda caught: self.catch(caught.exc_type, caught.exc_value, caught.exc_traceback)
        sys.unraisablehook = lambda caught: self.catch(caught.exc_type, caught.exc_value, caught.exc_traceback)

    def uninstall(self) -> None:
        """Give the hooks back."""
        if self._hooks is not None:
            sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
            self._hooks = None

    def catch(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        """An exception that came to the top. Any thread."""
        if issubclass(kind, KeyboardInterrupt):
            self._interrupted()
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        frames = traceback.extract_tb(trace)
        where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
        self._caught.emit(f"{kind.__name__} {where}", f"{kind.__name__}: {error}", details)

    def tell(self, sentence: str, details: str) -> None:
        """A fault that was caught elsewhere (the engine's own)."""
        self._caught.emit(sentence, sentence, details)

    def _take(self, key: str, sentence: str, details: str) -> None:
        known = self._seen.get(key)
        if known is None:
            log.error(details)
            if len(self._seen) >= MOST_KINDS:
                return
            title = "Something in Noisette went wrong"
            words = "Your pictures and settings are kept, and you can go on. The report says what happened."
            known = Crash(title, words, report.compose(sentence, details, self._last.names), 0)
        times = known.times + 1
        self._seen[key] = Crash(known.title, known.words, known.report, times)
        # The first few at once; a fault that comes with every mouse move must not become work of its own.
        if times <= 3 or times in (10, 100, 1000, 10_000):
            self.happened.emit(self._seen[key])
