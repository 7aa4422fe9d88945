"""The parts of the window in the order in which the keyboard goes through them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QSplitter, QStackedWidget, QWidget

Region = Callable[[], QWidget | None]
"""A part of the window; None while it is not there."""
AROUND = 24


def reading_order(root: QWidget) -> list[QWidget]:
    """What can be reached by Tab in `root`, as its layouts have it: lines from the top, in a line from the left."""
    found: list[QWidget] = []
    _visit(root, found)
    return found


class Regions:
    """Next and last region (F6), and the window's order for Tab."""

    def __init__(self, regions: Sequence[Region]) -> None:
        self._regions = tuple(regions)

    def present(self) -> list[QWidget]:
        """The regions that are there and hold something to reach."""
        parts = [region() for region in self._regions]
        return [part for part in parts if part is not None and part.isVisible() and reading_order(part)]

    def go(self, focus: QWidget | None, step: int) -> None:
        """Put the focus into the region so many on, round the window's ends."""
        parts = self.present()
        here = next((at for at, part in enumerate(parts) if focus is not None and _holds(part, focus)), -1)
        if parts:
            at = (here + step) % len(parts) if here >= 0 else (0 if step > 0 else len(parts) - 1)
            _focus(reading_order(parts[at])[0])

    def tab(self, focus: QWidget | None, step: int) -> bool:
        """Put the focus on the next thing to reach. False where there is none."""
        order = [widget for part in self.present() for widget in reading_order(part)]
        if not order:
            return False
        here = order.index(focus) if focus in order else (-1 if step > 0 else 0)
        _focus(order[(here + step) % len(order)], step)
        return True


def _focus(widget: QWidget, step: int = 1) -> None:
    widget.setFocus(Qt.FocusReason.TabFocusReason if step > 0 else Qt.FocusReason.BacktabFocusReason)
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget, AROUND, AROUND)
        parent = parent.parentWidget()


def _holds(part: QWidget, widget: QWidget) -> bool:
    return part is widget or part.isAncestorOf(widget)


def _visit(widget: QWidget, found: list[QWidget]) -> None:
    if not widget.isVisible() or not widget.isEnabled():
        return
    reachable = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
    if reachable and widget not in found:
        found.append(widget)
    for child in _children(widget):
        _visit(child, found)


def _children(widget: QWidget) -> list[QWidget]:
    """Those in its layout as it has them, then those that are placed by hand."""
    if isinstance(widget, QSplitter):
        return [widget.widget(at) for at in range(widget.count())]
    if isinstance(widget, QStackedWidget):
        return [widget.currentWidget()]
    if isinstance(widget, QScrollArea):
        return [widget.widget()] if widget.widget() is not None else []
    inside = [child for child in widget.children() if isinstance(child, QWidget)]
    laid = _laid_out(widget.layout(), inside) if widget.layout() is not None else []
    rest = [child for child in inside if child not in laid]
    rest = [child for child in rest if not child.isWindow()]
    rest.sort(key=lambda child: (child.mapTo(widget, QPoint(0, 0)).y() // AROUND, child.x()))
    return [*laid, *rest]


def _laid_out(layout: QLayout, inside: list[QWidget]) -> list[QWidget]:
    """Those of `inside` that the layout holds, in its order."""
    # By place, not by item: items are no QObjects, and Python is never told when one of them is gone.
    parts = [(layout.indexOf(widget), [widget]) for widget in inside]
    for inner in layout.children():
        if isinstance(inner, QLayout):
            parts.append((layout.indexOf(inner), _laid_out(inner, inside)))
    return [widget for at, widgets in sorted(parts, key=lambda part: part[0]) if at >= 0 for widget in widgets]
