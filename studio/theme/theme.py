"""The look in force, and the word that it changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QStyle, QStyleFactory, QToolTip

from studio.theme import fonts, icons, sizes
from studio.theme.palette import palette
from studio.theme.stylesheet import stylesheet
from studio.theme.tokens import DARK, LIGHT, Tokens, with_more_contrast, with_surround


@dataclass(frozen=True, slots=True)
class Look:
    """theme: "dark", "light" or "system". contrast: "usual", "more" or "system". motion: "full", "reduced" or "system".

    text_scale: 1 to 1.5. surround: of pictures, "theme", "black", "grey" or "white".
    """

    theme: str = "dark"
    contrast: str = "system"
    motion: str = "system"
    text_scale: float = 1.0
    surround: str = "theme"


class Theme(QObject):
    """Dresses the application in a Look. changed: colours or sizes are others now."""

    changed = Signal()

    def __init__(self, application: QApplication, look: Look | str = "dark") -> None:
        """look: a whole one, or a theme's name."""
        super().__init__(application)
        self._application = application
        fonts.install()
        application.setStyle(QStyleFactory.create("Fusion"))
        self.look = Look(theme=look) if isinstance(look, str) else look
        self.tokens: Tokens = DARK
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(lambda _: self._follow_system(self.look.theme))
        hints.accessibility().contrastPreferenceChanged.connect(lambda _: self._follow_system(self.look.contrast))
        self._dress()

    def toggle(self) -> None:
        """From dark to light and back."""
        self.use("light" if self.tokens.name == "dark" else "dark")

    def use(self, name: str) -> None:
        """Dress in the theme "dark", "light" or "system"."""
        self.wear(replace(self.look, theme=name))

    def wear(self, look: Look) -> None:
        """Dress in another look; nothing has to be made anew."""
        if look != self.look:
            self.look = look
            self._dress()
            self.changed.emit()

    def icon(self, name: str, colour: str = "tx2", size: int = 16) -> QIcon:
        """An icon in one of the theme's colours, by the token's name."""
        return icons.icon(name, getattr(self.tokens, colour), size)

    def duration(self, milliseconds: int) -> int:
        """How long an animation may take: 0 with reduced motion, where every change is instant."""
        if self.look.motion == "system":
            return milliseconds if self._system_moves() else 0
        return milliseconds if self.look.motion == "full" else 0

    def _follow_system(self, setting: str) -> None:
        if setting == "system":
            self._dress()
            self.changed.emit()

    def _system_moves(self) -> bool:
        # Fusion asks the platform for this: Windows' and the desktops' switch for animations.
        return self._application.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0

    def _dress(self) -> None:
        hints = self._application.styleHints()
        name, more = self.look.theme, self.look.contrast == "more"
        if name == "system":
            name = "light" if hints.colorScheme() == Qt.ColorScheme.Light else "dark"
        if self.look.contrast == "system":
            more = hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
        tokens = with_surround(LIGHT if name == "light" else DARK, self.look.surround)
        self.tokens = with_more_contrast(tokens) if more else tokens
        before = fonts.text_scale()
        fonts.set_text_scale(self.look.text_scale)
        self._application.setFont(fonts.label())
        QToolTip.setFont(fonts.label())
        self._application.setPalette(palette(self.tokens))
        self._application.setStyleSheet(stylesheet(self.tokens))
        if self.look.text_scale != before:
            sizes.follow(before)
