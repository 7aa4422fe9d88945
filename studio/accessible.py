"""Roles, values and ranges of painted widgets, for screen readers.

Widgets say what they are by `spoken` (studio.widgets.spoken). A factory (`QAccessible.installFactory`) makes of that an
interface with a role, a value in words, and a number with its range. PySide6 asks for care in two things:

- A null pointer must be returned as `VoidPtr(0)`: None and 0 become addresses, and the reader's next question crashes.
- Qt's cache deletes an interface when its widget goes. Python must neither collect it before, nor hold what its widget
  refers to, so every interface is kept here and refers to the widget weakly.
"""

from __future__ import annotations

import weakref
from typing import Any, cast

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QAccessibleInterface,
    QAccessibleValueChangeEvent,
    QAccessibleValueInterface,
)
from PySide6.QtWidgets import QAbstractButton, QAccessibleWidget, QApplication, QWidget

from studio.widgets.spoken import ItemNews, Part, Settable, Span, Speaking, Spoken, listen, listen_to_items

ROLES = {
    Part.SLIDER: QAccessible.Role.Slider,
    Part.CHART: QAccessible.Role.Chart,
    Part.PICTURE: QAccessible.Role.Graphic,
    Part.PROGRESS: QAccessible.Role.ProgressBar,
    Part.GROUP: QAccessible.Role.Grouping,
    Part.TREE: QAccessible.Role.Tree,
    Part.TREE_ITEM: QAccessible.Role.TreeItem,
}
EVENTS = {ItemNews.FOCUS: QAccessible.Event.Focus, ItemNews.NAME: QAccessible.Event.NameChanged}
NOTHING = Spoken(Part.GROUP)
NO_SPAN = Span(0.0, 0.0, 0.0)


class SpokenNumber(QAccessibleValueInterface):
    """The number of a widget that has a span."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self._widget = weakref.ref(widget)

    def currentValue(self) -> float:
        return self._span().value

    def minimumValue(self) -> float:
        return self._span().low

    def maximumValue(self) -> float:
        return self._span().high

    def minimumStepSize(self) -> float:
        return self._span().step

    def setCurrentValue(self, value: Any) -> None:
        widget, span = _alive(self._widget), self._span()
        if widget is not None and hasattr(widget, "put"):
            cast("Settable", widget).put(min(max(float(value), span.low), span.high))

    def _span(self) -> Span:
        return _spoken(self._widget).span or NO_SPAN


class SpokenWidget(QAccessibleWidget):
    """A widget's role, name, description, state and place, and its value in words."""

    def __init__(self, widget: QWidget) -> None:
        spoken = cast("Speaking", widget).spoken()
        super().__init__(widget, ROLES[spoken.part])
        self._widget = weakref.ref(widget)
        self._number = SpokenNumber(widget) if spoken.span is not None else None

    def text(self, kind: QAccessible.Text) -> str:
        if kind == QAccessible.Text.Value:
            return _spoken(self._widget).words
        return super().text(kind)

    def state(self) -> QAccessible.State:
        state, chosen = super().state(), _spoken(self._widget).chosen
        if chosen is not None:
            state.selectable, state.selected = True, chosen
        return state

    def actionNames(self) -> list[str]:
        press = [self.pressAction()] if isinstance(_alive(self._widget), QAbstractButton) else []
        return [*press, *super().actionNames()]

    def doAction(self, name: str) -> None:
        widget = _alive(self._widget)
        if name == self.pressAction() and isinstance(widget, QAbstractButton):
            widget.click()
        else:
            super().doAction(name)

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        if kind == QAccessible.InterfaceType.ValueInterface and self._number is not None:
            return self._number
        # A pointer without a size is false to Python, wherever it leads.
        found = super().interface_cast(kind)
        return shiboken6.VoidPtr(0) if found is None else found


_kept: list[SpokenWidget] = []
_installed = False


def install() -> None:
    """Have Qt ask here first. Once a process is enough; what it has asked of native widgets before is forgotten."""
    global _installed
    if not _installed:
        _installed = True
        QAccessible.installFactory(_make)
        listen(_tell_value)
        listen_to_items(_tell_item)
    if QAccessible.isActive():
        for widget in QApplication.allWidgets():
            if hasattr(type(widget), "spoken"):
                known = QAccessible.queryAccessibleInterface(widget)
                if not isinstance(known, SpokenWidget):
                    QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(known))


def _make(_class_name: str, of: QObject) -> QAccessibleInterface | None:
    if not isinstance(of, QWidget) or not hasattr(type(of), "spoken"):
        return None
    _kept[:] = [each for each in _kept if shiboken6.isValid(each)]
    _kept.append(SpokenWidget(of))
    return _kept[-1]


def _tell_value(widget: QWidget, value: float) -> None:
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleValueChangeEvent(widget, value))


def _tell_item(widget: QWidget, at: int, news: ItemNews) -> None:
    if QAccessible.isActive():
        event = QAccessibleEvent(widget, EVENTS[news])
        event.setChild(at)
        QAccessible.updateAccessibility(event)


def _alive(widget: weakref.ref[QWidget]) -> QWidget | None:
    found = widget()
    return found if found is not None and shiboken6.isValid(found) else None


def _spoken(widget: weakref.ref[QWidget]) -> Spoken:
    found = _alive(widget)
    return NOTHING if found is None else cast("Speaking", found).spoken()
