"""What came on the screen, and which parts of a widget were painted."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtWidgets import QWidget


def on_screen(window: QWidget) -> QImage:
    """The pixels that a window has put on the screen; nothing is painted for it."""
    return window.screen().grabWindow(window.winId()).toImage()


def painted_of(widget: QWidget) -> list[QRect]:
    """The parts of the widget that are painted from now on."""
    noting = _Noting(widget)
    widget.installEventFilter(noting)
    return noting.rects


class _Noting(QObject):
    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.rects: list[QRect] = []

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.rects.append(event.rect())
        return False
