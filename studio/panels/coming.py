"""Modes that are not there yet say so."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from studio.theme import Theme, fonts, icons
from studio.widgets.text import text, wrapped

WORDS = {
    "compare": ("Compare", "Samplers, models or settings side by side on the same noise, at equal cost."),
    "video": ("Video", "Clips, with time across and denoising down."),
    "scene": ("3D", "Meshes grown from a picture model's score."),
    "models": ("Models", "What is installed and what it needs. For now the left panel of Create lists the models."),
}


class Coming(QFrame):
    """One mode's empty page."""

    def __init__(self, theme: Theme, mode: str) -> None:
        super().__init__()
        self._theme, self._mode = theme, mode
        self.setProperty("surface", "canvas")
        title, words = WORDS[mode]
        self._mark = QLabel()
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(3)
        column.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(text(f"{title} is not there yet", "tx1", fonts.sheet()), 0, Qt.AlignmentFlag.AlignHCenter)
        about = wrapped(words, "tx2")
        about.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(about)
        column.addStretch(4)
        theme.changed.connect(self._tint)
        self._tint()

    def _tint(self) -> None:
        self._mark.setPixmap(icons.pixmap(self._mode, self._theme.tokens.tx3, 40, 2.0))
