"""The application and its window. Importing this loads no torch, nor does opening the window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QApplication

from core.history.home import default_home
from studio.background import Background
from studio.bridge import Bridge, EngineFactory, standard_engine
from studio.main_window import MainWindow
from studio.preferences import Preferences
from studio.settings import Settings
from studio.theme import Theme

STYLE = ("-style", "Fusion")
"""The style that all is drawn in, as an argument of Qt's."""


def application(argv: Sequence[str] = ()) -> QApplication:
    """The QApplication, made at the first call."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    # Named here, the style is never wrapped for Python, which takes as long as a tenth of the imports.
    made = QApplication(["noisette", *STYLE, *argv])
    made.setApplicationName("Noisette")
    made.setApplicationDisplayName("Noisette")
    made.setDesktopFileName("noisette")
    return made


def open_window(app: QApplication, home: Path | None = None, factory: EngineFactory | None = None) -> MainWindow:
    """Make the window, show it, and start the engine behind it once it is seen.

    home: the user's folder (default: `NOISETTE_HOME` or the platform's). factory: makes another engine, for tests.
    """
    home = home or default_home()
    background, writer = Background(app), Background(app, threads=1)
    settings = Settings(writer, home)
    preferences = Preferences(settings)
    theme = Theme(app, preferences.look())
    bridge = Bridge(factory or standard_engine(home), background)
    window = MainWindow(theme, bridge, background, settings, preferences, home)
    # They go with the window, and with them whatever listens to them.
    for each in (theme, background, writer):
        each.setParent(window)
    theme.dress()
    window.show()
    window.open_engine_when_seen()
    return window
