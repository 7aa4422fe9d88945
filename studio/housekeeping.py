"""The studio's own settings at work: look, budgets, devices, folders. No widgets here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from studio.background import Background
from studio.bridge import Bridge
from studio.preferences import Preferences
from studio.theme import Theme

if TYPE_CHECKING:
    from core.requests import Device


class Housekeeping(QObject):
    """devices_known(names), use_known(memory, disk): answers to `ask_facts`. said(sentence): a line for the user."""

    devices_known = Signal(tuple)
    use_known = Signal(object, object)
    said = Signal(str)

    def __init__(self, preferences: Preferences, theme: Theme, bridge: Bridge, background: Background) -> None:
        super().__init__()
        self._preferences, self._theme, self._bridge, self._background = preferences, theme, bridge, background
        self._devices: tuple[Device, ...] = ()
        preferences.changed.connect(self._apply)

    def ask_facts(self) -> None:
        """Find out what devices there are."""
        if self._devices:
            self.devices_known.emit(self._devices)
        elif self._bridge.is_open:
            self._background.run(self._bridge.engine.devices, self._take_devices, self.said.emit)

    def open_folder(self, folder: Path) -> None:
        """Show a folder in the system's file manager; one that is not there yet is made."""

        def make() -> Path:
            folder.mkdir(parents=True, exist_ok=True)
            return folder

        self._background.run(make, self._show, self.said.emit)

    def toggle_theme(self) -> None:
        """From what is seen, dark or light, to the other."""
        self._preferences.set("theme", "light" if self._theme.tokens.name == "dark" else "dark")

    def _apply(self, key: str) -> None:
        if key == "theme" or key.startswith("look/"):
            self._theme.wear(self._preferences.look())

    def _take_devices(self, devices: tuple[Device, ...]) -> None:
        self._devices = devices
        self.devices_known.emit(devices)

    def _show(self, folder: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.said.emit(f"No file manager opened; the folder is {folder}")
