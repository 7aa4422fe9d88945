"""Tells screen readers what happens elsewhere in the window: progress at the quarters, ends, and what is said."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from studio.viewmodels.run import Phase, RunBarInputs, RunBarView
from studio.viewmodels.status import StatusInputs, StatusView
from studio.viewmodels.view_model import ViewModel

QUARTERS = 4
ENDS = (Phase.DONE, Phase.CANCELLED, Phase.FAILED)
Tell = Callable[[str], object]


def announcement(window: QWidget) -> Tell:
    """Announces a sentence on behalf of the window, politely."""

    def tell(sentence: str) -> None:
        # Qt's long lists of roles and events come with it: the window opens sooner without them.
        from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(window, sentence))

    return tell


class Announcer(QObject):
    """Each quarter of a job is told once, and its end."""

    def __init__(
        self,
        run_bar: ViewModel[RunBarInputs, RunBarView],
        status: ViewModel[StatusInputs, StatusView],
        tell: Tell,
    ) -> None:
        super().__init__()
        self._run_bar, self._status, self._tell = run_bar, status, tell
        self._job, self._quarter, self._ended = "", 0, ""
        run_bar.watch("fraction", self._hear_progress)
        status.watch("words", self._hear_state)

    def _hear_progress(self, fraction: float) -> None:
        run = self._run_bar.inputs.run
        if run is None:
            return
        if run.job_id != self._job:
            self._job, self._quarter = run.job_id, 0
        quarter = min(int(fraction * QUARTERS + 1e-9), QUARTERS - 1)
        if quarter > self._quarter:
            self._quarter = quarter
            self._tell(f"{100 * quarter // QUARTERS} %, {self._run_bar.view.headline}")

    def _hear_state(self, words: str) -> None:
        run = self._status.inputs.run
        if run is not None and run.phase in ENDS and run.job_id != self._ended:
            self._ended = run.job_id
            self._tell(words)
