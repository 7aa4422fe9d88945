"""One sender, any number of mailboxes."""

from __future__ import annotations

import threading
from collections.abc import Callable

from core.jobs.event import Event
from core.jobs.mailbox import Mailbox


class Broadcast:
    """Posts every event to every open mailbox. Safe between threads; a mailbox sees events from its opening on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mailboxes: tuple[Mailbox, ...] = ()
        self._closed = False

    def subscribe(self, wake: Callable[[], None] | None = None) -> Mailbox:
        """A new mailbox (see `Mailbox` for `wake`); already closed where the broadcast is."""
        mailbox = Mailbox(wake)
        with self._lock:
            if self._closed:
                mailbox.close()
                return mailbox
            still_open = tuple(box for box in self._mailboxes if not box.closed)
            self._mailboxes = (*still_open, mailbox)
        return mailbox

    def send(self, event: Event) -> None:
        for mailbox in self._mailboxes:
            mailbox.post(event)

    def close(self) -> None:
        """Close every mailbox, now and to come."""
        with self._lock:
            self._closed = True
            mailboxes = self._mailboxes
        for mailbox in mailboxes:
            mailbox.close()
