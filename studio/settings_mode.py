"""The Settings mode put together: its page, and the way to one of its settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.history.home import HomeFolder
from studio.actions import Actions
from studio.housekeeping import Housekeeping
from studio.preferences import Preferences
from studio.theme import Theme

if TYPE_CHECKING:
    from studio.panels.settings_view import SettingsView

MODE = "settings"
SHORTCUTS = 1
"""The page of the keys."""


class SettingsMode(QObject):
    """come_on_show(): puts the mode's page before the user, made if need be.

    The page is made when the mode is first shown: the window opens sooner without it.
    """

    def __init__(
        self,
        theme: Theme,
        preferences: Preferences,
        actions: Actions,
        house: Housekeeping,
        home: HomeFolder,
        come_on_show: Callable[[], None],
    ) -> None:
        super().__init__()
        self._theme, self._preferences, self._actions, self._house = theme, preferences, actions, house
        self._home, self._come_on_show = home, come_on_show
        self._page: SettingsView | None = None

    @property
    def page(self) -> SettingsView:
        """All of the mode."""
        return self._page or self._make_page()

    def show(self, key: str = "") -> None:
        """Go to the settings, to one of them where its key is given."""
        self._come_on_show()
        if key:
            self.page.go_to(key)

    def show_shortcuts(self) -> None:
        """Go to the settings of the keys."""
        self._come_on_show()
        self.page.show_page(SHORTCUTS)

    def _make_page(self) -> SettingsView:
        from studio.panels.settings_view import SettingsView

        page = SettingsView(self._theme, self._preferences, self._actions, self._home.root, self._home.pictures)
        page.asked_facts.connect(self._house.ask_facts)
        page.folder_wanted.connect(self._house.open_folder)
        self._house.devices_known.connect(page.show_devices)
        self._house.use_known.connect(page.show_use)
        self._page = page
        return page
