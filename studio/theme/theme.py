"""The theme in force, and the word that it changed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QStyleFactory

from studio.theme import fonts, icons
from studio.theme.palette import palette
from studio.theme.stylesheet import stylesheet
from studio.theme.tokens import DARK, LIGHT, Tokens


class Theme(QObject):
    """Holds the tokens in force and dresses the application in them.

    Nothing is dressed before `dress`: under a style sheet, each widget that gets a parent is polished anew, so a window
    is built sooner without one.
    """

    changed = Signal()

    def __init__(self, application: QApplication, name: str = "dark") -> None:
        super().__init__(application)
        self._application = application
        fonts.install()
        application.setStyle(QStyleFactory.create("Fusion"))
        application.setFont(fonts.label())
        self.tokens: Tokens = LIGHT if name == "light" else DARK

    def dress(self) -> None:
        """Put palette and style sheet on the application."""
        self._application.setPalette(palette(self.tokens))
        self._application.setStyleSheet(stylesheet(self.tokens))

    def toggle(self) -> None:
        """From dark to light and back."""
        self.use("light" if self.tokens is DARK else "dark")

    def use(self, name: str) -> None:
        """Dress in the theme "dark" or "light"."""
        self.tokens = LIGHT if name == "light" else DARK
        self.dress()
        self.changed.emit()

    def icon(self, name: str, colour: str = "tx2", size: int = 16) -> QIcon:
        """An icon in one of the theme's colours, by the token's name."""
        return icons.icon(name, getattr(self.tokens, colour), size)
