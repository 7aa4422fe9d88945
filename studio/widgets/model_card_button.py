"""The chosen model: a picture of its making, its name, kind and state; opens the choice."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.theme import Theme, fonts, icons, sizes
from studio.theme.tokens import RADIUS_FIELD
from studio.widgets.text import Elided, retone, text

SIDE, DOT = 44, 14
EDGES = 50
"""Margins and gaps of the card's row, pixels."""


class ModelCardButton(QPushButton):
    """show_state(words), show_figures(words): below the name; show_thumbnail(image): at the left."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._image: QImage | None = None
        self._figures: tuple[str, ...] = ()
        self._ready = True
        self.setProperty("kind", "card")
        sizes.fix(self, height=70, lines=3)
        self.setAutoDefault(False)
        self._mark, self._more = QLabel(), QLabel()
        self._mark.setFixedSize(SIDE, SIDE)
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = Elided("", "tx1", fonts.card())
        self.summary = Elided("", "tx2", fonts.caption())
        self.state, self._dot = text("", "ok", fonts.caption()), QLabel()
        self.figures = Elided("", "tx2", fonts.caption())
        below = QHBoxLayout()
        below.setSpacing(8)
        ready = QHBoxLayout()
        ready.setSpacing(2)
        ready.addWidget(self._dot)
        ready.addWidget(self.state)
        below.addLayout(ready)
        below.addWidget(self.figures, 1)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addStretch(1)
        words.addWidget(self.title)
        words.addWidget(self.summary)
        words.addLayout(below)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 4, 8, 4)
        row.setSpacing(10)
        row.addWidget(self._mark)
        row.addLayout(words, 1)
        row.addWidget(self._more)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self._tint)
        self._tint()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, super().minimumSizeHint().height())

    def show_state(self, words: str, *, ready: bool = True) -> None:
        self.state.setText(words)
        retone(self.state, "ok" if ready else "warn")
        self._ready = ready
        self._tint()
        for part in (self._dot, self.state):
            part.setVisible(bool(words))

    def show_figures(self, words: tuple[str, ...]) -> None:
        """As many of them, from the first on, as there is room for."""
        self._figures = words
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        taken = DOT + 2 + self._mark.width() + self._more.sizeHint().width() + self.state.sizeHint().width() + EDGES
        shorter = tuple(words.removesuffix(" each") for words in self._figures)
        joined = ["  ".join(self._figures), *("  ".join(shorter[:count]) for count in range(len(shorter), 0, -1))]
        room, measure = self.width() - taken, self.figures.fontMetrics().horizontalAdvance
        self.figures.setText(next((words for words in joined if measure(words) <= room), ""))

    def show_thumbnail(self, image: QImage | None) -> None:
        """A picture that the model made; None shows the mark of all models."""
        self._image = image
        self._tint()

    def _tint(self) -> None:
        mark = ("dot", self._theme.tokens.ok) if self._ready else ("warning", self._theme.tokens.warn)
        self._dot.setPixmap(icons.pixmap(*mark, DOT, 2.0))
        self._more.setPixmap(icons.pixmap("chevron_right", self._theme.tokens.tx2, 16, 2.0))
        if self._image is None or self._image.isNull():
            self._mark.setPixmap(icons.pixmap("models", self._theme.tokens.tx2, 24, 2.0))
            return
        self._mark.setPixmap(rounded(self._image, SIDE, self.devicePixelRatioF()))


def rounded(image: QImage, side: int, ratio: float) -> QPixmap:
    """A square of a picture with round corners. side: logical pixels; ratio: device pixels to one of them."""
    whole = round(side * ratio)
    mode = Qt.TransformationMode.SmoothTransformation
    scaled = image.scaled(whole, whole, Qt.AspectRatioMode.KeepAspectRatioByExpanding, mode)
    pixmap = QPixmap(whole, whole)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(0, 0, whole, whole), RADIUS_FIELD * ratio, RADIUS_FIELD * ratio)
        painter.setClipPath(shape)
        painter.drawImage(0, 0, scaled)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
