"""What the window's actions do with projects, and how a deleted one comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QWidget

from studio.actions import Actions
from studio.projects import Projects
from studio.theme import Theme

if TYPE_CHECKING:
    from core.history.project_deletion import ProjectDeletion
    from studio.panels.project_menu import ProjectMenu


class Offers(Protocol):
    """A page that can show a line with one thing to do about it."""

    def offer(self, sentence: str, action: str, deed: Callable[[], object]) -> None: ...


class ProjectActions:
    """anchor: the menu opens below it. page: the one that shows the toast. tell: for screen readers."""

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        projects: Projects,
        actions: Actions,
        anchor: QWidget,
        page: Callable[[], Offers],
        tell: Callable[[str], object],
    ) -> None:
        self._window, self._theme, self._projects, self._anchor = window, theme, projects, anchor
        self._page, self._tell = page, tell
        actions.connect("projects", self.open_menu)
        actions.connect("new_project", lambda: self.open_menu().begin_new())
        actions.connect("rename_project", lambda: self.open_menu().begin_rename())
        actions.connect("delete_project", lambda: self.open_menu().begin_delete())
        projects.deleted.connect(self._offer_back)
        projects.model.watch("can_delete", lambda can: actions.enable("delete_project", can))

    def open_menu(self) -> ProjectMenu:
        from studio.panels.project_menu import ProjectMenu

        menu = ProjectMenu(self._window, self._theme, self._projects)
        menu.open_below(self._anchor)
        # Only once it is shown: the field that had the focus would keep it.
        menu.rows[self._projects.current].setFocus()
        return menu

    def _offer_back(self, deletion: ProjectDeletion, sentence: str) -> None:
        self._tell(sentence)
        self._page().offer(sentence, "Undo", lambda: self._projects.take_back(deletion))
