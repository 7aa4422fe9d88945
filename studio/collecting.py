"""Python's search for cyclic garbage: on the GUI thread alone, between events."""

from __future__ import annotations

import gc
from typing import ClassVar

from PySide6.QtCore import QObject, QTimer

SOON_MS, LATER_MS = 40, 400
"""Between two looks at whether a search is due: short while objects come fast, which keeps each search short too."""


class Collecting(QObject):
    """While one of these is open, garbage is looked for only here, on the GUI thread.

    By itself Python searches on whichever thread happens to make an object, and what it finds ends there: a widget or
    timer that ends off the GUI thread takes the process with it. A search also holds up that thread at any moment, in
    the midst of a frame; here it comes between two events.
    """

    _open: ClassVar[set[int]] = set()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open.add(id(self))
        gc.disable()
        self._timer = QTimer(self, interval=LATER_MS)
        self._timer.timeout.connect(self._search)
        self._timer.start()

    def close(self) -> None:
        """Leave it to Python again, once the last of these is closed."""
        self._timer.stop()
        if id(self) in self._open:
            self._open.discard(id(self))
            if not self._open:
                gc.enable()

    def _search(self) -> None:
        """The oldest generation that is due by Python's own thresholds, and the younger ones with it."""
        counts, limits = gc.get_count(), gc.get_threshold()
        due = [generation for generation in range(3) if counts[generation] > limits[generation]]
        if due:
            gc.collect(due[-1])
        self._timer.setInterval(SOON_MS if due else LATER_MS)
