"""The thread that a worker lives on."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from contextlib import suppress

from core.giving_way import JOBS, give_way
from core.jobs.gate import Gate
from core.jobs.worker import Worker

FAULT_REST_S = 1.0
"""Seconds between two faults of the worker itself."""


class WorkThread:
    """Settles what a crash left, then has the worker take jobs until the gate closes, whatever breaks.

    recover: what is to be settled first. load_ahead: loads a model, "" for none; asked for by `prepare`, and called
    while the worker has nothing else to do. prepares: calls it once at the start, with "".
    broke(error, details): a step of the worker itself raised; called on the thread, which goes on.
    """

    def __init__(
        self,
        worker: Worker,
        gate: Gate,
        *,
        recover: Callable[[], None],
        load_ahead: Callable[[str], None],
        broke: Callable[[Exception, str], None],
        prepares: bool,
    ) -> None:
        self._worker, self._gate = worker, gate
        self._recover, self._load_ahead, self._broke = recover, load_ahead, broke
        self._to_load: str | None = "" if prepares else None
        self._thread = threading.Thread(target=self._work, name="noisette-worker")

    def start(self) -> None:
        """Safe to repeat."""
        if self._thread.ident is None:
            self._thread.start()

    def join(self) -> None:
        """Wait for its end; returns at once where it was never started."""
        if self._thread.ident is not None:
            self._thread.join()

    def prepare(self, model_id: str) -> None:
        """Have this model loaded when the worker has nothing else to do. Returns at once."""
        with self._gate.changed:
            self._to_load = model_id
            self._gate.changed.notify_all()

    def _work(self) -> None:
        give_way(JOBS)
        try:
            self._recover()
            while not self._gate.closing:
                if not self._stepped() and not self._prepared():
                    with self._gate.changed:
                        self._gate.changed.wait_for(
                            lambda: self._gate.closing or self._worker.ready or self._to_load is not None
                        )
        finally:
            self._worker.close()

    def _stepped(self) -> bool:
        """One move of the worker. A fault of its own costs the job at hand, not the thread."""
        try:
            return self._worker.step()
        except Exception as error:
            self._broke(error, "".join(traceback.format_exception(error)))
            self._worker.give_up(error)
            with self._gate.changed:
                # Where it breaks again at once, it does so once a second.
                self._gate.changed.wait_for(lambda: self._gate.closing, FAULT_REST_S)
            return True

    def _prepared(self) -> bool:
        """Load ahead what was asked for. False where nothing was."""
        with self._gate.changed:
            model_id, self._to_load = self._to_load, None
        if model_id is None:
            return False
        with suppress(Exception):
            self._load_ahead(model_id)
        return True
