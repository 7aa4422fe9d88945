"""The studio's own settings at work: look, budgets, devices, folders. No widgets here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

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
        bridge.opened.connect(self._set_budgets)

    def ask_facts(self) -> None:
        """Find out what devices there are, and what room trajectories take."""
        if self._bridge.is_open:
            self._background.run(
                self._bridge.engine.trajectory_use, lambda use: self.use_known.emit(*use), self.said.emit
            )
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
        elif key.startswith("storage/trajectory") and self._bridge.is_open:
            self._set_budgets()

    def _set_budgets(self) -> None:
        memory, disk = self._preferences.budgets()
        engine = self._bridge.engine
        self._background.run(lambda: engine.set_trajectory_budgets(memory, disk), self._ask_use, self.said.emit)

    def _ask_use(self, _: None) -> None:
        if self._devices:
            self.ask_facts()

    def _take_devices(self, devices: tuple[Device, ...]) -> None:
        self._devices = devices
        self.devices_known.emit(devices)

    def _show(self, folder: Path) -> None:
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices

        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.said.emit(f"No file manager opened; the folder is {folder}")
