"""A dashed field into which a picture is dropped, or which opens a file dialog."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy

from studio.theme import Theme, fonts, sizes
from studio.theme.tokens import RADIUS_BUTTON
from studio.widgets.text import repolish

ENDINGS = (".png", ".jpg", ".jpeg", ".webp")


SHORT = "Drop here"


class DropZone(QPushButton):
    """dropped(path): a picture file was dropped. A click is the button's own."""

    dropped = Signal(Path)

    def __init__(self, theme: Theme, words: str) -> None:
        super().__init__(" " + words)
        self._words = words
        # A button's policy takes its usual width for its least.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self.setProperty("kind", "drop")
        self.setFont(fonts.label())
        self.setIconSize(QSize(16, 16))
        self.setAutoDefault(False)
        self.setAcceptDrops(True)
        sizes.fix(self, height=42)
        theme.changed.connect(self._tint)
        self._tint()

    def minimumSizeHint(self) -> QSize:
        return QSize(80, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() - self.iconSize().width() - 12
        whole = self.fontMetrics().horizontalAdvance(self._words) <= room
        self.setText(" " + (self._words if whole else SHORT))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _picture(event) is not None:
            event.acceptProposedAction()
            self._lift(True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._lift(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._lift(False)
        path = _picture(event)
        if path is not None:
            event.acceptProposedAction()
            self.dropped.emit(path)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            return
        pen = QPen(QColor(self._theme.tokens.ctl), 1)
        pen.setDashPattern([4, 3])
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(pen)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_BUTTON, RADIUS_BUTTON)

    def _lift(self, over: bool) -> None:
        self.setProperty("over", "true" if over else "false")
        repolish(self)

    def _tint(self) -> None:
        self.setIcon(self._theme.icon("image", "tx2"))


def _picture(event: QDragEnterEvent | QDropEvent) -> Path | None:
    """The first picture file that is dragged, None for none."""
    files = (Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile())
    return next((file for file in files if file.suffix.lower() in ENDINGS), None)
