"""The small machine under every view model: replace inputs, derive the view, tell who watches a changed field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, Generic, TypeVar

Inputs = TypeVar("Inputs")
View = TypeVar("View")


class ViewModel(Generic[Inputs, View]):
    """Holds frozen `inputs` and the frozen `view` derived from them.

    derive: pure; the same inputs give an equal view. Watchers run on the caller's thread, which is the GUI's.
    """

    def __init__(self, inputs: Inputs, derive: Callable[[Inputs], View]) -> None:
        self._derive = derive
        self._watchers: dict[str, list[Callable[[Any], object]]] = {}
        self._listeners: list[Callable[[View], object]] = []
        self.inputs = inputs
        self.view = derive(inputs)
        self._names = tuple(entry.name for entry in fields(self.view))  # type: ignore[arg-type]

    def watch(self, field: str, slot: Callable[[Any], object]) -> None:
        """Call `slot` with the view's field now, and whenever it changes."""
        value = getattr(self.view, field)
        self._watchers.setdefault(field, []).append(slot)
        slot(value)

    def watch_all(self, slot: Callable[[View], object]) -> Callable[[], None]:
        """Call `slot` with the whole view now, and whenever it changes; returns what ends that."""
        self._listeners.append(slot)
        slot(self.view)
        return lambda: self._listeners.remove(slot)

    def update(self, **changes: object) -> frozenset[str]:
        """Replace some inputs; returns the names of the view's fields that changed."""
        if all(_plainly_same(getattr(self.inputs, name), value) for name, value in changes.items()):
            return frozenset()
        self.inputs = replace(self.inputs, **changes)  # type: ignore[type-var]
        before, self.view = self.view, self._derive(self.inputs)
        changed = frozenset(name for name in self._names if _differ(getattr(before, name), getattr(self.view, name)))
        for field in sorted(changed):
            for slot in self._watchers.get(field, ()):
                slot(getattr(self.view, field))
        if changed:
            for listener in tuple(self._listeners):
                listener(self.view)
        return changed


def _plainly_same(old: object, new: object) -> bool:
    """Told without comparing anything large."""
    return old is new or (isinstance(old, bool | int | float | str) and type(old) is type(new) and old == new)


def _differ(old: object, new: object) -> bool:
    return old is not new and old != new
