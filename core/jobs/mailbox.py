"""Where a reader collects what happened, at the reader's own pace."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from core.jobs.event import Dissected, Event, Preview, Progress


class Mailbox:
    """Events in order, for one reader. Safe between threads.

    Of a job's Progress, Preview and Dissected only the newest unread one is kept, at the newest one's place; nothing
    else is ever dropped. So a slow reader costs bounded memory and always sees the latest state.

    wake: called on the posting thread each time the mailbox turns non-empty or pressing, and once when it closes. It
    must return at once (set a flag, post a queued signal) and must not wait for the engine.
    """

    def __init__(self, wake: Callable[[], None] | None = None) -> None:
        self._changed = threading.Condition()
        self._unread: dict[object, Event] = {}
        self._posted = 0
        self._pressing = False
        self._closed = False
        self._wake = wake

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def pressing(self) -> bool:
        """Whether something is unread that later events can't make stale: anything but those three."""
        return self._pressing

    def post(self, event: Event) -> None:
        """Put an event in. After `close` it does nothing."""
        with self._changed:
            if self._closed:
                return
            stood = bool(self._unread), self._pressing
            key: object = self._posted
            if isinstance(event, Progress | Preview | Dissected):
                key = (type(event), event.job_id)
                self._unread.pop(key, None)
            else:
                self._pressing = True
            self._unread[key] = event
            self._posted += 1
            self._changed.notify_all()
            news = stood != (True, self._pressing)
        if news:
            self._call()

    def drain(self) -> list[Event]:
        """All unread events, oldest first; never waits."""
        with self._changed:
            events = list(self._unread.values())
            self._unread.clear()
            self._pressing = False
            return events

    def wait(self, timeout: float | None = None) -> list[Event]:
        """Like `drain`, but waits up to `timeout` seconds (None: for ever) for a first event or the close."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._unread) or self._closed, timeout)
            return self.drain()

    def close(self) -> None:
        """No more events will come in; what is unread may still be drained."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._changed.notify_all()
        self._call()

    def _call(self) -> None:
        """A listener that fails must not take the worker down with it."""
        if self._wake is None:
            return
        try:
            self._wake()
        except Exception:
            logging.getLogger(__name__).exception("a mailbox's wake failed; its reader may lag")
