"""Where the 2-D twin is asked: one question after the other, off the GUI thread, each once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from studio.background import Background

if TYPE_CHECKING:
    from core.jobs.toy import ToyWorkshop

Question = Callable[["ToyWorkshop"], Any]


class ToyBench:
    """find: imports the workshop, on the bench's own thread; made with the first question."""

    def __init__(self, find: Callable[[], ToyWorkshop] | None = None) -> None:
        self._find = find or _find
        self._background: Background | None = None
        self._pending: set[object] = set()
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether a question is still open."""
        return bool(self._pending)

    def ask(
        self,
        key: object,
        question: Question,
        wanted: Callable[[], bool],
        take: Callable[[Any], object],
        refused: Callable[[str], object],
    ) -> None:
        """Then take(answer) or refused(sentence) on the GUI thread; neither where it is no longer wanted in its turn.

        key: of the question; one that is open already is not asked again. wanted: read on another thread.
        """
        if self._closed or key in self._pending:
            return
        self._pending.add(key)

        def attempt() -> tuple[bool, Any]:
            if self._closed or not wanted():
                return False, None
            return True, question(self._find())

        def end(found: tuple[bool, Any]) -> None:
            self._pending.discard(key)
            if found[0]:
                take(found[1])
            elif wanted():
                self.ask(key, question, wanted, take, refused)

        def refuse(sentence: str) -> None:
            self._pending.discard(key)
            refused(sentence)

        self._own().run(attempt, end, refuse)

    def look_up(self, work: Callable[[], Any], take: Callable[[Any], object]) -> None:
        """Something else that touches the disk, in its turn."""
        if not self._closed:
            self._own().run(work, take)

    def close(self) -> None:
        """Wait for the question at hand; what only waits is left."""
        self._closed = True
        if self._background is not None:
            self._background.close()

    def _own(self) -> Background:
        if self._background is None:
            self._background = Background(threads=1)
        return self._background


def _find() -> ToyWorkshop:
    from core.jobs.toy import find_workshop

    return find_workshop()
