"""The job of a page of Compare: heard, stopped, and taken up again, after a restart too. No widgets here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.jobs.event import Event

if TYPE_CHECKING:
    from studio.background import Background
    from studio.bridge import Bridge
    from studio.session import Session
    from studio.viewmodels.run import Run


class PageJob(QObject):
    """id: of the job on show, "" for none. heard(event): of that job. said(sentence): a line for the user.

    noun: what such jobs are called. take_up_last: called once the engine is open, to find the last session's.
    """

    heard = Signal(object)
    said = Signal(str)

    def __init__(
        self,
        owner: QObject,
        bridge: Bridge,
        background: Background,
        session: Session,
        noun: str,
        take_up_last: Callable[[], object],
    ) -> None:
        super().__init__(owner)
        self._bridge, self._background, self._session, self._noun = bridge, background, session, noun
        self._take_up_last = take_up_last
        self.id = ""
        bridge.happened.connect(self._hear)

    def attend(self) -> None:
        """Whoever owns it is ready for the last session's job."""
        if self._bridge.is_open:
            self._take_up_last()
        else:
            self._bridge.opened.connect(self._take_up_last)

    @property
    def run(self) -> Run | None:
        """How it stands; None where this session has not heard of it."""
        return self._session.runs.get(self.id) if self.id else None

    def cancel(self) -> None:
        """Stop it; what it made is kept, and it can go on."""
        if self.id:
            self._session.runs.cancel(self.id)

    def resume(self) -> None:
        """Go on with it, of this session or an earlier one."""
        if self._session.runs.resume(self.id):
            self._session.refresh()
            return
        # The queue knows it no more; what it left says enough.
        job, engine = self.id, self._bridge.engine
        self._background.run(lambda: engine.take_up(job), self._say_if_gone, self.said.emit)

    def _say_if_gone(self, found: bool) -> None:
        if not found:
            self.said.emit(f"Nothing of this {self._noun} is left to go on from; run it anew")

    def _hear(self, event: Event) -> None:
        if self.id and event.job_id == self.id:
            self.heard.emit(event)
