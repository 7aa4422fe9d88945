"""Walks every visible widget of a window or sheet and tells what a keyboard, a pointer or a reader would trip over."""

from __future__ import annotations

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QScrollBar,
    QWidget,
)

from studio.panels.plan_card import PlanCard
from studio.widgets.found_list import FoundList
from studio.widgets.image_view import ImageView
from studio.widgets.plan_handle import PlanHandle
from studio.widgets.plan_overlay import PlanOverlay
from studio.widgets.run_bar import RunBar
from studio.widgets.schedule_handle import ScheduleHandle
from studio.widgets.text import Elided
from studio.widgets.toast import Toast

LEAST = 24
STILL, SETTLED_MS = 5, 3000
"""A window is settled once nothing moved in so many rounds."""
CONTROLS = (QAbstractButton, QAbstractSlider, QLineEdit, QPlainTextEdit, QComboBox)
FLOATING = (RunBar, Toast, ScheduleHandle, PlanHandle)
"""Lie over their neighbours on purpose, or stand where what they move is, if that lies beyond the edge."""


def visible(root: QWidget) -> list[QWidget]:
    """Every visible widget that the studio made, not Qt's own inner parts."""
    return [each for each in root.findChildren(QWidget) if each.isVisible() and not _inner(each)]


def faults(root: QWidget) -> list[str]:
    """One line a fault: what is wrong, and where."""
    settle(root)
    found: list[str] = []
    for widget in visible(root):
        for trouble in (*_control(widget), *_clipped(widget), *_cut(widget), *_overlapping(widget)):
            found.append(f"{_path(widget, root)}: {trouble}")
    return found


def settle(root: QWidget) -> None:
    """Wait until nothing moves any more: a layout may ask its parent for another, and that one its own."""
    still, places = 0, None
    deadline = QDeadlineTimer(SETTLED_MS)
    while still < STILL and not deadline.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
        QTest.qWait(5)
        before, places = places, [each.geometry() for each in root.findChildren(QWidget)]
        still = still + 1 if places == before else 0


def _control(widget: QWidget) -> list[str]:
    tabbed = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
    control = isinstance(widget, CONTROLS)
    if isinstance(widget, PlanHandle) and not tabbed:
        # A corner to drag: the object's own handle, which has the focus, takes the keys for it.
        control = False
    if not (tabbed or control) or isinstance(widget, FoundList):
        return []
    troubles = []
    if not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text())):
        troubles.append("has no name")
    if control and widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
        troubles.append("can't be reached by keyboard")
    if min(widget.width(), widget.height()) < LEAST:
        troubles.append(f"is {widget.width()} × {widget.height()}")
    return troubles


def _clipped(widget: QWidget) -> list[str]:
    parent = widget.parentWidget()
    if parent is None or widget.isWindow() or isinstance(widget, FLOATING):
        return []
    area = parent.parentWidget()
    if isinstance(area, QScrollArea) and area.viewport() is parent:
        over = widget.width() - parent.width()
        return [f"is {over} px wider than its scroll area"] if over > 1 else []
    if parent.rect().adjusted(-1, -1, 1, 1).contains(widget.geometry()) or widget.size().isEmpty():
        return []
    return [f"{_told(widget.geometry())} reaches out of its parent, {parent.width()} × {parent.height()}"]


def _cut(widget: QWidget) -> list[str]:
    metrics, words = widget.fontMetrics(), ""
    room = widget.contentsRect().size()
    if isinstance(widget, Elided):
        return [f"is too low for its line, {room.height()}"] if metrics.height() > widget.height() + 2 else []
    if isinstance(widget, QLabel):
        words = widget.text()
        if widget.wordWrap() and words:
            return _wrapped_cut(widget, words)
    elif isinstance(widget, QAbstractButton):
        words = widget.text().replace("&", "")
        beside = bool(words) and not widget.icon().isNull() and widget.height() < 45
        room -= QSize(widget.iconSize().width() if beside else 0, 0)
    elif isinstance(widget, QLineEdit):
        words = widget.text()
        room -= QSize(8, 0)
    if not words:
        return []
    wide = max(metrics.horizontalAdvance(line) for line in words.split("\n"))
    troubles = [f"{words!r} needs {wide} px of width, has {room.width()}"] if wide > room.width() + 1 else []
    if metrics.height() > widget.height() + 2:
        troubles.append(f"{words!r} needs {metrics.height()} px of height, has {widget.height()}")
    return troubles


def _wrapped_cut(label: QLabel, words: str) -> list[str]:
    longest = max(label.fontMetrics().horizontalAdvance(word) for word in words.split())
    if longest > label.contentsRect().width() + 1:
        return [f"{words!r} has a word of {longest} px, and {label.contentsRect().width()} px of width"]
    needed = label.heightForWidth(label.width())
    return [f"{words!r} needs {needed} px of height, has {label.height()}"] if needed > label.height() + 1 else []


def _overlapping(widget: QWidget) -> list[str]:
    """With the siblings that come after it in the same layout."""
    layout = widget.layout()
    if layout is None:
        return []
    parts = [child for child in widget.children() if isinstance(child, QWidget) and child.isVisible()]
    parts = [part for part in parts if not part.isWindow() and not isinstance(part, FLOATING) and not _inner(part)]
    parts = [part for part in parts if not part.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)]
    troubles = []
    for at, part in enumerate(parts):
        for other in parts[at + 1 :]:
            shared = part.geometry().intersected(other.geometry())
            if shared.width() > 1 and shared.height() > 1 and not _stacked(part, other):
                troubles.append(f"{_name(part)} and {_name(other)} share {_told(shared)}")
    return troubles


def _stacked(part: QWidget, other: QWidget) -> bool:
    """A picture fills the stage on which the rest lies; so does the plan over it, save where its card is."""
    if {type(part), type(other)} == {PlanOverlay, PlanCard}:
        return False
    return isinstance(part, ImageView | PlanOverlay) or isinstance(other, ImageView | PlanOverlay)


def _inner(widget: QWidget) -> bool:
    if isinstance(widget, QScrollBar) or widget.objectName().startswith("qt_"):
        return True
    parent = widget.parentWidget()
    return isinstance(parent, QComboBox | QAbstractItemView | QLineEdit) or (
        type(widget) is QFrame and _inner_frame(widget)
    )


def _inner_frame(widget: QWidget) -> bool:
    return isinstance(widget.parentWidget(), QComboBox)


def _told(rect: QRect) -> str:
    return f"{rect.width()} × {rect.height()} at {rect.x()}, {rect.y()}"


def _name(widget: QWidget) -> str:
    words = widget.accessibleName() or getattr(widget, "text", str)()
    return f"{type(widget).__name__}({words[:30]!r})" if words else type(widget).__name__


def _path(widget: QWidget, root: QWidget) -> str:
    names = [_name(widget)]
    parent = widget.parentWidget()
    while parent is not None and parent is not root and len(names) < 4:
        names.append(type(parent).__name__)
        parent = parent.parentWidget()
    return " < ".join(names)
