"""Where the window stands and how large it is, kept as it changes: a kill leaves it where it was."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from studio.settings import Settings

KEY, OLD_KEY = "window/place", "window/size"
REST_MS = 400
MOVES = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.WindowStateChange)


class WindowPlace(QObject):
    """Watches `window`. Qt brings a place that no screen has any more back onto one."""

    def __init__(self, window: QWidget, settings: Settings, usual: tuple[int, int]) -> None:
        """usual: the size where none was kept."""
        super().__init__(window)
        self._window, self._settings = window, settings
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.keep)
        size = settings.value(OLD_KEY, list(usual))
        window.resize(*(size if len(size) == 2 else usual))
        kept = settings.value(KEY, "")
        if kept:
            window.restoreGeometry(QByteArray.fromBase64(kept.encode()))
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in MOVES and self._window.isVisible():
            self._rest.start()
        return False

    def keep(self) -> None:
        """Write it down now; the disk is left to another thread."""
        self._rest.stop()
        self._settings.keep(KEY, self._window.saveGeometry().toBase64().toStdString())
