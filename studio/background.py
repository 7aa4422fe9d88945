"""Work that would make the window stutter (disk, decoding), done on a few threads of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal

from core.errors import NoisetteError
from core.giving_way import ERRANDS, give_way


class Background(QObject):
    """Runs callables off the GUI thread and hands their results back on it, in the order in which they end.

    threads: 1 keeps the order of the calls too. An error that is no NoisetteError is raised on the GUI thread.
    """

    _ended = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None, threads: int = 2) -> None:
        super().__init__(parent)
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(threads)
        self._open = True
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], object] | None = None,
        refused: Callable[[str], object] | None = None,
    ) -> None:
        """then(result) or refused(sentence) follows on the GUI thread. After `close` nothing runs."""
        if not self._open:
            return

        def attempt() -> None:
            give_way(ERRANDS)
            try:
                outcome: Any = (work(), None)
            except Exception as error:
                outcome = (None, error)
            self._ended.emit(outcome, then, refused)

        self._pool.start(attempt)

    def close(self) -> None:
        """Wait for what runs; results that are not yet delivered are dropped."""
        self._open = False
        self._pool.waitForDone()

    def _deliver(self, outcome: tuple[Any, Exception | None], then: Any, refused: Any) -> None:
        if not self._open:
            return
        result, error = outcome
        if error is None:
            if then is not None:
                then(result)
        elif isinstance(error, NoisetteError | OSError) and refused is not None:
            refused(str(error))
        else:
            raise error
