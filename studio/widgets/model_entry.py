"""One model of the picker: a picture of its making, what it can do, and what it takes."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.theme import Theme, fonts, icons, sizes
from studio.viewmodels.model_choice import ModelEntry
from studio.widgets.menu_row import ENTER
from studio.widgets.model_card_button import rounded
from studio.widgets.text import Elided, wrapped

SIDE, HEIGHT, LINES = 56, 108, 5


class ModelEntryButton(QPushButton):
    """stepped(by): Up or Down was pressed."""

    stepped = Signal(int)

    def __init__(self, theme: Theme, entry: ModelEntry, image: QImage | None) -> None:
        super().__init__()
        self._theme, self._entry, self._image = theme, entry, image
        self.setProperty("kind", "card")
        self.setAccessibleName(entry.spoken)
        self.setAutoDefault(False)
        sizes.fix(self, height=HEIGHT, lines=LINES)
        self._mark, self._tick = QLabel(), QLabel()
        self._mark.setFixedSize(SIDE, SIDE)
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addStretch(1)
        lines = (
            (entry.title, "tx1", fonts.card()),
            (entry.summary, "tx2", fonts.label()),
            (entry.skills, "tx2", fonts.label()),
            (entry.figures, "tx3", fonts.caption()),
            (entry.cost, "tx3", fonts.caption()),
        )
        for said, tone, face in lines:
            words.addWidget(Elided(said, tone, face))
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(12)
        row.addWidget(self._mark)
        row.addLayout(words, 1)
        row.addWidget(self._tick)
        self._tick.setVisible(entry.now)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setToolTip(f"{entry.summary}\n{entry.skills}")
        theme.changed.connect(self._tint)
        self._tint()

    @property
    def model_id(self) -> str:
        return self._entry.id

    def minimumSizeHint(self) -> QSize:
        return QSize(200, super().minimumSizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step:
            self.stepped.emit(step)
        elif event.key() in ENTER:
            self.click()
        else:
            super().keyPressEvent(event)

    def _tint(self) -> None:
        tokens = self._theme.tokens
        self._tick.setPixmap(icons.pixmap("tick", tokens.acc, 16, 2.0))
        if self._image is None or self._image.isNull():
            self._mark.setPixmap(icons.pixmap("models", tokens.tx2, 28, 2.0))
        else:
            self._mark.setPixmap(rounded(self._image, SIDE, self.devicePixelRatioF()))


class Hindrance(QWidget):
    """Why a model can't be used, with a triangle."""

    def __init__(self, theme: Theme, sentence: str) -> None:
        super().__init__()
        self._theme, self._mark = theme, QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 4)
        row.setSpacing(8)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(wrapped(sentence, "tx2"), 1)
        theme.changed.connect(self._tint)
        self._tint()

    def _tint(self) -> None:
        self._mark.setPixmap(icons.pixmap("warning", self._theme.tokens.warn, 14, 2.0))
