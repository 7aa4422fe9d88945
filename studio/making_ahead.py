"""What one may go to next, made while the user rests: a little at a time, so that nothing waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from studio.history_mode import MODE
from studio.panels.mode_rail import MODES

if TYPE_CHECKING:
    from studio.main_window import MainWindow

REST_MS = 2000
"""Without a key, a click or a turn of the wheel, before something is made; each such thing begins the rest anew."""
BETWEEN_MS = 25
"""From one slice to the next: what came in meanwhile goes before."""
INPUT = frozenset(
    (
        *(QEvent.Type.KeyPress, QEvent.Type.InputMethod, QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease),
        *(QEvent.Type.Wheel, QEvent.Type.MouseMove, QEvent.Type.TouchBegin, QEvent.Type.DragEnter),
    )
)


class MakingAhead(QObject):
    """Takes one step after another while nothing is done and nothing runs, and ends when there are no more.

    steps: each as short as can be; the first is taken `REST_MS` after this is made. busy(): whether to wait.
    """

    def __init__(self, steps: Iterator[object], busy: Callable[[], bool], window: QWidget) -> None:
        """window: on show; what the user does in it is noticed."""
        super().__init__(window)
        self._steps, self._busy = steps, busy
        self._timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._timer.timeout.connect(self._go_on)
        self._timer.start()
        # Not the application: Python would be asked for each event of each thing in the window.
        handle = window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in INPUT:
            self._timer.start(REST_MS)
        return False

    def _go_on(self) -> None:
        if self._busy():
            self._timer.start(REST_MS)
        elif next(self._steps, self) is self:
            self.deleteLater()
        else:
            self._timer.start(BETWEEN_MS)


def make_ahead(window: MainWindow) -> MakingAhead:
    """Have History's page made once the user rests and the engine has nothing to do."""

    def steps() -> Iterator[object]:
        yield from window.history.steps(window.modes)
        window.modes.make([mode for mode, _, _ in MODES].index(MODE))
        yield None
        yield from window.history.warm()

    return MakingAhead(steps(), lambda: not window.bridge.is_open or window.session.runs.busy, window)
