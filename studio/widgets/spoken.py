"""What a painted widget is to a screen reader. `studio.accessible` passes it on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from PySide6.QtWidgets import QWidget


class Part(Enum):
    """What kind of thing it is."""

    SLIDER = auto()
    CHART = auto()
    PICTURE = auto()
    PROGRESS = auto()
    GROUP = auto()
    TREE = auto()
    TREE_ITEM = auto()


@dataclass(frozen=True, slots=True)
class Span:
    """A number between two bounds, in the unit that the user reads. step: the least change that makes sense."""

    value: float
    low: float
    high: float
    step: float = 0.0


@dataclass(frozen=True, slots=True)
class Spoken:
    """words: the value as it is read out, "Step 19 of 24, log-SNR +2.2". span: of what has a number.

    chosen: of several, it is the one that holds; None where that means nothing.
    """

    part: Part
    words: str = ""
    span: Span | None = None
    chosen: bool | None = None


class Speaking(Protocol):
    """A widget that says what it is; its name and description are Qt's own."""

    def spoken(self) -> Spoken: ...


class Settable(Speaking, Protocol):
    """One whose number a screen reader may set."""

    def put(self, value: float) -> None: ...


class ItemNews(Enum):
    """What became of one item of a list: it has the focus now, or what it is called is another."""

    FOCUS = auto()
    NAME = auto()


_item_listeners: list[Callable[[QWidget, int, ItemNews], object]] = []
_listeners: list[Callable[[QWidget, float], object]] = []


def listen(listener: Callable[[QWidget, float], object]) -> None:
    """Have a listener hear of every number that changes, with its widget."""
    _listeners.append(listener)


def tell_value(widget: QWidget, value: float) -> None:
    """Tell whoever listens that the widget's number is another now."""
    for listener in _listeners:
        listener(widget, value)


def listen_to_items(listener: Callable[[QWidget, int, ItemNews], object]) -> None:
    """Have a listener hear of the items of lists, with their list and place."""
    _item_listeners.append(listener)


def tell_item(widget: QWidget, at: int, news: ItemNews) -> None:
    """Tell whoever listens what became of an item of a list."""
    for listener in _item_listeners:
        listener(widget, at, news)
