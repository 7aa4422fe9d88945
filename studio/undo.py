"""Steps of change to a frozen value, to go back and on through. Pure: the time is handed in."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")

MERGE_S = 1.0
"""Changes of the same fields that follow one another within so many seconds are one step: typing, dragging."""
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class _Last:
    touched: frozenset[str]
    at: float


class UndoStack(Generic[Value]):
    """Values of a frozen dataclass. The present one stays with its owner."""

    def __init__(self) -> None:
        self._before: list[Value] = []
        self._after: list[Value] = []
        self._last: _Last | None = None

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        return bool(self._after)

    def record(self, old: Value, new: Value, now: float) -> None:
        """The owner goes from `old` to `new` at the time `now`, in seconds.

        A change that leads back to where the last step began takes that step back instead: a text field's own undo.
        """
        touched = changed_fields(old, new)
        if not touched:
            return
        same = self._last is not None and self._last.touched == touched
        if same and self._before and self._before[-1] == new:
            self._before.pop()
            self._after.append(old)
            self._last = None
            return
        merged = same and self._last is not None and now - self._last.at <= MERGE_S
        self._last = _Last(touched, now)
        self._after.clear()
        if not merged:
            self._before.append(old)
            del self._before[:-MOST_STEPS]

    def undo(self, present: Value) -> Value | None:
        """The value before the last step; None where there is none."""
        return self._move(present, self._before, self._after)

    def redo(self, present: Value) -> Value | None:
        """The value after the step that was taken back last; None where there is none."""
        return self._move(present, self._after, self._before)

    def _move(self, present: Value, source: list[Value], target: list[Value]) -> Value | None:
        if not source:
            return None
        self._last = None
        target.append(present)
        return source.pop()


def changed_fields(old: Any, new: Any) -> frozenset[str]:
    """The names of the fields in which two values of a dataclass differ."""
    return frozenset(entry.name for entry in fields(old) if getattr(old, entry.name) != getattr(new, entry.name))
