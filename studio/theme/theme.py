"""The look in force, and the word that it changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QToolTip

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
    """Dresses the application in a Look. changed: colours or sizes are others now.

    The application's style must be Fusion, as `studio.app.application` has it. Nothing is dressed before `dress`: under
    a style sheet, each widget that gets a parent is polished anew, so a window is built sooner without one.
    """

    changed = Signal()

    def __init__(self, application: QApplication, look: Look | str = "dark") -> None:
        """look: a whole one, or a theme's name."""
        super().__init__(application)
        self._application = application
        fonts.install()
        self.look = Look(theme=look) if isinstance(look, str) else look
        self.tokens: Tokens = self._tokens()
        self._size()
        hints = application.styleHints()
        # Methods, not functions: a theme that is gone no longer listens.
        hints.colorSchemeChanged.connect(self._follow_system)
        hints.accessibility().contrastPreferenceChanged.connect(self._follow_system)

    def dress(self) -> None:
        """Put palette and style sheet on the application."""
        # Off first: to put one sheet on over another takes Qt five times as long as both steps together.
        self._application.setStyleSheet("")
        self._application.setPalette(palette(self.tokens))
        self._application.setStyleSheet(stylesheet(self.tokens))

    def toggle(self) -> None:
        """From dark to light and back."""
        self.use("light" if self.tokens.name == "dark" else "dark")

    def use(self, name: str) -> None:
        """Dress in the theme "dark", "light" or "system"."""
        self.wear(replace(self.look, theme=name))

    def wear(self, look: Look) -> None:
        """Dress in another look; nothing has to be made anew."""
        if look == self.look:
            return
        before = self.look
        self.look = look
        self.tokens = self._tokens()
        if look.text_scale != before.text_scale:
            self._size()
            sizes.follow(before.text_scale)
        self._dress_again()

    def icon(self, name: str, colour: str = "tx2", size: int = 16) -> QIcon:
        """An icon in one of the theme's colours, by the token's name."""
        return icons.icon(name, getattr(self.tokens, colour), size)

    def duration(self, milliseconds: int) -> int:
        """How long an animation may take: 0 with reduced motion, where every change is instant."""
        if self.look.motion == "system":
            # Late: the window stands sooner without Qt's lists of all that a style can draw.
            from PySide6.QtWidgets import QStyle

            # Fusion asks the platform for this: Windows' and the desktops' switch for animations.
            moves = self._application.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0
        else:
            moves = self.look.motion == "full"
        return milliseconds if moves else 0

    def _follow_system(self, _: object = None) -> None:
        tokens = self._tokens()
        if tokens != self.tokens:
            self.tokens = tokens
            self._dress_again()

    def _dress_again(self) -> None:
        with sizes.faces_kept():
            self.dress()
        self.changed.emit()

    def _size(self) -> None:
        fonts.set_text_scale(self.look.text_scale)
        self._application.setFont(fonts.label())
        QToolTip.setFont(fonts.label())

    def _tokens(self) -> Tokens:
        hints = self._application.styleHints()
        name, more = self.look.theme, self.look.contrast == "more"
        if name == "system":
            name = "light" if hints.colorScheme() == Qt.ColorScheme.Light else "dark"
        if self.look.contrast == "system":
            more = hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
        tokens = with_surround(LIGHT if name == "light" else DARK, self.look.surround)
        return with_more_contrast(tokens) if more else tokens
