"""When a look at the picture is worth its cost."""

from __future__ import annotations

from collections.abc import Callable

PER_SECOND = 15.0
"""Looks a second at most: what the window shows."""
BUDGET = 0.015
"""The share of a run's time that looks may take."""


class PreviewPace:
    """Spreads looks over a run: the first and last step always get one, the others as time and budget allow.

    The cost of each look is measured, so where looks are dear they come seldom. clock: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._started = clock()
        self._spent = 0.0
        self._last_cost = 0.0
        self._last_look: float | None = None

    def due(self, *, last: bool) -> bool:
        """Whether the step that was just made should be shown. last: of the run."""
        if last or self._last_look is None:
            return True
        now = self._clock()
        if now - self._last_look < 1.0 / PER_SECOND:
            return False
        return self._spent + self._last_cost <= BUDGET * (now - self._started)

    def measure(self, started: float) -> None:
        """A look was made; it began at `started` by the clock."""
        self._last_look = self._clock()
        self._last_cost = self._last_look - started
        self._spent += self._last_cost
