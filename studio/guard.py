"""What watches over a running window: uncaught exceptions, hard crashes, and being told to end."""

from __future__ import annotations

import signal
from pathlib import Path

from PySide6.QtCore import QTimer

from studio.background import Background
from studio.crashes import Crash, Crashes
from studio.last_words import LastWords, SuddenEnd
from studio.main_window import MainWindow
from studio.report import LastActions

BEAT_MS = 5000


class Guard:
    """Everything that goes wrong in `window` ends up on its crash card. home: the user's folder."""

    def __init__(self, window: MainWindow, home: Path) -> None:
        self._window = window
        self._last = LastActions()
        self.crashes = Crashes(self._last)
        self.crashes.happened.connect(window.crash_card.show_crash)
        window.session.broke.connect(self.crashes.tell)
        for card, action in window.actions_.listed():
            action.triggered.connect(lambda _checked=False, name=card.name: self._last.note(name))
        self._words = LastWords(home)
        self._disk = Background(threads=1)
        self._beat = QTimer(interval=BEAT_MS)
        self._beat.timeout.connect(lambda: self._disk.run(self._words.beat, None, lambda _: None))

    def install(self) -> None:
        """Begin: take the interpreter's hooks, listen for hard crashes, close in order when told to end."""
        self.crashes.install(self._window.close)
        signal.signal(signal.SIGTERM, lambda *_: self._window.close())
        self._disk.run(self._words.open, self._tell, lambda _: None)
        self._beat.start()

    def close(self) -> None:
        """An orderly end."""
        self._beat.stop()
        self._disk.run(self._words.close)
        self._disk.close()
        self.crashes.uninstall()

    def _tell(self, end: SuddenEnd | None) -> None:
        """Quietly, once, after a sudden end."""
        if end is None:
            return
        words = "What waited in the queue and your settings are back. Its report is here"
        why = ", with a trace of what happened." if end.traced else "; no trace was left."
        self._window.crash_card.show_crash(
            Crash(f"Noisette closed unexpectedly at {end.at:%H:%M}", words + why, end.text)
        )
