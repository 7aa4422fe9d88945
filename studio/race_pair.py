"""Two lanes' pictures held against one another, off the GUI thread. No widgets here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.viewmodels.difference import Difference, difference_of, fitting_gain

if TYPE_CHECKING:
    import numpy as np

    from studio.background import Background


class RacePair(QObject):
    """differed(Difference | None): they are compared anew; None where there are no two of one size.

    gained(gain): of the difference, fitted so that the largest one is seen, until the user has chosen another.
    """

    differed = Signal(object)
    gained = Signal(float)

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self._on_show: tuple[np.ndarray | None, np.ndarray | None] = (None, None)
        self.gain = self._fitting = 4.0
        self.chosen = False

    def set_gain(self, gain: float) -> None:
        """What the user chose; put back to what was chosen for the pictures, it follows them again."""
        self.gain, self.chosen = gain, gain != self._fitting
        pair, self._on_show = self._on_show, (None, None)
        self.compare(*pair)

    def compare(self, a: np.ndarray | None, b: np.ndarray | None) -> None:
        """a, b: (H, W, 3) uint8 sRGB, None for what is not there yet; the same two as before are left alone."""
        if a is None or b is None or a.shape != b.shape:
            self._on_show = (None, None)
            self.differed.emit(None)
            return
        if a is self._on_show[0] and b is self._on_show[1]:
            return
        self._on_show = (a, b)
        gain, chosen = self.gain, self.chosen

        def compare() -> tuple[Difference, float]:
            wanted = gain if chosen else fitting_gain(a, b)
            return difference_of(a, b, wanted), wanted

        self._background.run(compare, lambda made: self._take(*made, a, b))

    def _take(self, made: Difference, gain: float, a: object, b: object) -> None:
        if self._on_show[0] is not a or self._on_show[1] is not b or (self.chosen and gain != self.gain):
            return
        if gain != self.gain:
            self.gain = self._fitting = gain
            self.gained.emit(gain)
        self.differed.emit(made)
