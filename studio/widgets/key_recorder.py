"""A button that takes the next keys pressed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPushButton

from studio import keys
from studio.theme import fonts, sizes
from studio.widgets.text import repolish


class KeyRecorder(QPushButton):
    """recorded(keys): in Qt's portable form; "" for none, by Backspace. Esc and leaving the button change nothing."""

    recorded = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name, self._shown, self._recording = name, "", False
        self.setProperty("kind", "keys")
        self.setFont(fonts.caption())
        self.setAutoDefault(False)
        sizes.fix(self, width=116, height=26)
        self.clicked.connect(lambda: self._set_recording(not self._recording))
        self.show_keys("")

    def show_keys(self, words: str) -> None:
        """Show keys as users read them, "" for none."""
        self._shown = words
        self._set_recording(False)

    def event(self, event: QEvent) -> bool:
        if self._recording and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._take(event)
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._set_recording(False)

    def _take(self, event: QKeyEvent) -> None:
        plain = not event.modifiers()
        if plain and event.key() == Qt.Key.Key_Escape:
            self._set_recording(False)
        elif plain and event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self._set_recording(False)
            self.recorded.emit("")
        elif typed := keys.typed(event):
            self._set_recording(False)
            self.recorded.emit(typed)

    def _set_recording(self, recording: bool) -> None:
        self._recording = recording
        self.setText("Press keys" if recording else self._shown or "Off")
        state = "press the new keys, Backspace for none" if recording else self._shown or "no keys"
        self.setAccessibleName(f"{self._name}: {state}")
        self.setProperty("recording", "true" if recording else "false")
        repolish(self)
