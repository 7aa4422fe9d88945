"""One relative in a family: a tile that is pressed to go to it, and walked from with the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from studio.focus_keys import OWN_KEYS
from studio.widgets.spoken import Part, Spoken

SIDE, FRAME = 40, 46
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
WALKS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)


class KinButton(QPushButton):
    """walked(key): an arrow key, Home or End. words: what it is to the others, for screen readers."""

    walked = Signal(object)

    def __init__(self, parent: QWidget, name: str, words: str, *, current: bool) -> None:
        super().__init__(parent)
        self._words = words
        self.setProperty("kind", "kin")
        self.setProperty(OWN_KEYS, True)
        self.setFixedSize(FRAME, FRAME)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setAutoDefault(False)
        self.setCheckable(True)
        self.setChecked(current)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def spoken(self) -> Spoken:
        return Spoken(Part.TREE_ITEM, self._words, chosen=self.isChecked())

    def event(self, event: QEvent) -> bool:
        # The arrows are this family's before they are the window's.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _plain(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _plain(event):
            super().keyPressEvent(event)
        elif event.key() in ENTER:
            self.click()
        else:
            self.walked.emit(Qt.Key(event.key()))


def _plain(event: QKeyEvent) -> bool:
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return not held and event.key() in (*WALKS, *ENTER)
