"""Picture files dragged over the window: an overlay while they hover, their settings when they are let go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QAbstractScrollArea, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from studio.restoring import picture_path
from studio.theme import Theme
from studio.widgets.drop_overlay import DropOverlay

_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit)
_HOVERING = (QEvent.Type.DragEnter, QEvent.Type.DragMove)
_GONE = (QEvent.Type.DragLeave, QEvent.Type.Drop)


class Drops(QObject):
    """Watches a window. dropped(path): the first picture let go anywhere that takes no pictures itself.

    A widget with drops of its own ("Start from") keeps them. Text fields would write a file's address into
    themselves, so picture files pass them by.
    """

    def __init__(self, theme: Theme, window: QWidget, dropped: Callable[[Path], object]) -> None:
        super().__init__(window)
        self._window, self._dropped = window, dropped
        self.overlay = DropOverlay(theme, window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def adopt(self, root: QWidget) -> None:
        """Keep picture files out of all text fields in `root`."""
        for field in root.findChildren(QWidget):
            if isinstance(field, _FIELDS):
                self.watch_field(field)

    def watch_field(self, field: QWidget) -> None:
        """Keep picture files out of a text field."""
        (field.viewport() if isinstance(field, QAbstractScrollArea) else field).installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _HOVERING and isinstance(event, QDragEnterEvent | QDragMoveEvent):
            return self._hover(watched, event)
        if kind in _GONE:
            self.overlay.hide()
            if isinstance(event, QDropEvent):
                return self._drop(event)
        return False

    def _hover(self, watched: QObject, event: QDragMoveEvent) -> bool:
        """A QDragEnterEvent is a QDragMoveEvent, too."""
        if picture_path(event.mimeData()) is None:
            # The window has no use for it; a text field may.
            return watched is self._window
        self.overlay.open()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        return True

    def _drop(self, event: QDropEvent) -> bool:
        path = picture_path(event.mimeData())
        if path is None:
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._dropped(path)
        return True
