"""What lies around the picture: the theme's canvas, black, 18 % grey or white."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame

from studio.theme import Theme
from studio.theme.tokens import SURROUNDS, contrast


class StageFrame(QFrame):
    """set_surround(name): one of SURROUNDS; it shows only while `bare` is set, that is, round a picture."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._surround = theme, "theme"
        self.bare = True
        self.setProperty("surface", "canvas")
        theme.changed.connect(self.update)

    def set_surround(self, name: str) -> None:
        self._surround = name if name in SURROUNDS else "theme"
        self.update()

    def set_bare(self, bare: bool) -> None:
        """Whether a picture is on show: words and cards keep the theme's canvas."""
        self.bare = bare
        self.update()

    def ink(self) -> str:
        """A text colour that is legible on the surround; "" where the theme's own is."""
        _, colour = SURROUNDS[self._surround]
        if not colour or not self.bare:
            return ""
        return max(("#FFFFFF", "#101012"), key=lambda ink: contrast(ink, colour))

    def paintEvent(self, event: QPaintEvent) -> None:
        _, colour = SURROUNDS[self._surround]
        if not colour or not self.bare:
            super().paintEvent(event)
            return
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(colour))
