"""Who gets a key: the control that has the focus where it needs it, else the window's shortcuts."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from studio.restoring import picture_path

ARROWS = {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down}
ENDS = {Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
PRESS = {Qt.Key.Key_Space}
TAKES_ARROWS = "takesArrows"
"""A painted control that acts on arrow keys sets this property to true."""
OWN_KEYS = "ownKeys"
"""A button or a choice that has keys of its own sets this property to true, and says itself which it needs."""


class FocusKeys(QObject):
    """Watches the widget that has the focus, and no other."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            needed = needs(watched, event)
            if needed is not None:
                event.setAccepted(needed)
                return True
        return False

    def _follow(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None:
            old.removeEventFilter(self)
        if new is not None:
            new.installEventFilter(self)


def needs(widget: QObject, event: QKeyEvent) -> bool | None:
    """Whether a control needs a key for itself; None leaves that to Qt."""
    if event.matches(QKeySequence.StandardKey.Paste):
        return None if _holds_words(QGuiApplication.clipboard().mimeData()) else False
    if event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo):
        return _has_own_undo(widget, redo=event.matches(QKeySequence.StandardKey.Redo))
    plain = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
    key = Qt.Key(event.key())
    if plain or isinstance(widget, QLineEdit | QPlainTextEdit):
        return None
    if isinstance(widget, QAbstractButton):
        # What a button lies in may need Esc.
        if key == Qt.Key.Key_Escape or widget.property(OWN_KEYS):
            return None
        group = widget.group()
        return key in PRESS or (key in ARROWS and group is not None and group.exclusive())
    if isinstance(widget, QComboBox) and widget.property(OWN_KEYS):
        return None
    if isinstance(widget, QAbstractItemView | QComboBox):
        return key in ARROWS | ENDS | PRESS
    if isinstance(widget, QAbstractSlider) or widget.property(TAKES_ARROWS):
        return key in ARROWS | ENDS
    return None


def _holds_words(mime: QMimeData) -> bool:
    """Whether a field has a use for what the clipboard holds: a picture file's settings are the window's to take."""
    return mime.hasText() and picture_path(mime) is None


def _has_own_undo(widget: QObject, *, redo: bool) -> bool | None:
    """A text field keeps its own undo while it has steps; after that the settings' undo has the keys."""
    if isinstance(widget, QLineEdit):
        return widget.isRedoAvailable() if redo else widget.isUndoAvailable()
    if isinstance(widget, QPlainTextEdit):
        document = widget.document()
        return document.isRedoAvailable() if redo else document.isUndoAvailable()
    return None
