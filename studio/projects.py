"""The projects at work: which one is current, made, renamed, deleted and brought back. No widgets here."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from core.artifacts.artifact import FIRST_PROJECT
from core.history.project import Project
from studio.background import Background
from studio.bridge import Bridge
from studio.settings import Settings
from studio.viewmodels import wording
from studio.viewmodels.projects import UNTITLED, ProjectsInputs, ProjectsView, derive_projects
from studio.viewmodels.view_model import ViewModel

if TYPE_CHECKING:
    from core.history.project_deletion import ProjectDeletion
    from core.history.store import HistoryStore

CURRENT = "projects/current"
Made = TypeVar("Made")


class Projects(QObject):
    """switched(number): another one is current. rearranged(): pictures went to another project, to the bin or back.

    deleted(ProjectDeletion, sentence): can be taken back. said(sentence): a line for the user.
    """

    switched = Signal(int)
    rearranged = Signal()
    deleted = Signal(object, str)
    said = Signal(str)

    def __init__(self, bridge: Bridge, background: Background, settings: Settings) -> None:
        super().__init__()
        self._bridge, self._background, self._settings = bridge, background, settings
        self._reading, self._readings, self._newest = Lock(), count(1), 0
        self.model: ViewModel[ProjectsInputs, ProjectsView] = ViewModel(
            ProjectsInputs(_kept(settings)), derive_projects
        )
        bridge.opened.connect(self.read)

    @property
    def current(self) -> int:
        """Its number. Known from the start on, before the history is read."""
        return self.model.inputs.current.number

    def read(self) -> None:
        """Learn again which there are, and how many pictures each holds."""
        self._work(lambda _: None, lambda _: self.current)

    def go_to(self, number: int) -> None:
        """Work in another project."""
        if number != self.current and any(each.number == number for each in self.model.inputs.projects):
            self._show(self.model.inputs.projects, number)
            self.said.emit(f"Now in “{self.model.view.name}”")

    def add(self, name: str) -> None:
        """A new project, which becomes the current one."""
        self._work(lambda history: history.projects.add(name), lambda made: made.number)

    def rename(self, name: str) -> None:
        """Another name for the current project."""
        number = self.current
        self._work(lambda history: history.projects.rename(number, name), lambda _: number)

    def delete(self, to: int | None = None) -> None:
        """Delete the current project; its pictures go to another one, or to the bin. `deleted` follows."""
        number, name = self.current, self.model.view.name
        target = next((f"“{each.name}”" for each in self.model.inputs.projects if each.number == to), "the bin")

        def work(history: HistoryStore) -> ProjectDeletion:
            from core.history.project_deletion import delete_project

            return delete_project(history, number, to)

        def done(deletion: ProjectDeletion) -> None:
            held = len(deletion.ids)
            moved = f", {wording.count(held, 'picture')} moved to {target}" if held else ""
            self.rearranged.emit()
            self.deleted.emit(deletion, f"“{name}” deleted{moved}")

        self._work(work, lambda _: FIRST_PROJECT if to is None else to, done)

    def take_back(self, deletion: ProjectDeletion) -> None:
        """A deleted project and its pictures, as they were; it is the current one again."""

        def work(history: HistoryStore) -> None:
            from core.history.project_deletion import take_back

            take_back(history, deletion)

        def done(_: None) -> None:
            self.rearranged.emit()
            self.said.emit(f"“{self.model.view.name}” is back")

        self._work(work, lambda _: deletion.project.number, done)

    def _work(
        self,
        work: Callable[[HistoryStore], Made],
        current: Callable[[Made], int],
        done: Callable[[Made], object] | None = None,
    ) -> None:
        """Off the GUI thread; then show what there is now. current: the number of the project to be in afterwards."""
        if not self._bridge.is_open:
            self.said.emit("The history is not open yet; try again in a moment")
            return
        history = self._bridge.engine.history

        def run() -> tuple[Made, int, tuple[Project, ...]]:
            made = work(history)
            with self._reading:
                return made, next(self._readings), history.projects.all()

        def then(answer: tuple[Made, int, tuple[Project, ...]]) -> None:
            made, reading, projects = answer
            if reading < self._newest:
                # A later reading came sooner; it knows of this work as well.
                projects = self.model.inputs.projects
            self._newest = max(self._newest, reading)
            self._show(projects, current(made))
            if done is not None:
                done(made)

        self._background.run(run, then, self.said.emit)

    def _show(self, projects: tuple[Project, ...], number: int) -> None:
        """One that is not there any more gives way to the first."""
        before = self.current
        known = {each.number: each for each in projects}
        current = known.get(number) or known.get(FIRST_PROJECT, UNTITLED)
        self.model.update(current=current, projects=projects)
        self._settings.keep(CURRENT, {"number": current.number, "name": current.name})
        if current.number != before:
            self.switched.emit(current.number)


def _kept(settings: Settings) -> Project:
    """The project of the last session, the first where none was kept."""
    kept = settings.value(CURRENT, {})
    number, name = kept.get("number"), kept.get("name")
    return Project(number, name) if isinstance(number, int) and isinstance(name, str) else UNTITLED
