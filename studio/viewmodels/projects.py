"""The projects as the window names them: the menu's rows, and why a name can't be taken."""

from __future__ import annotations

from dataclasses import dataclass

from core.artifacts.artifact import FIRST_PROJECT
from core.history.project import Project, ProjectError, checked_name
from studio.viewmodels import wording

CHIP = 24
"""Letters of a name in a chip or menu that can't give way."""
UNTITLED = Project(FIRST_PROJECT, "Untitled")


@dataclass(frozen=True, slots=True)
class ProjectsInputs:
    """current: the project at work. projects: all of them, none before they are read."""

    current: Project = UNTITLED
    projects: tuple[Project, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One line of the menu. says: for screen readers."""

    number: int
    name: str
    count: str
    current: bool
    says: str


@dataclass(frozen=True, slots=True)
class ProjectsView:
    """name: the current one's. choices: (number, name), the current one first, then None for all.

    can_delete: the current one is not the first, which stays. kept_elsewhere: where its pictures could go, (number,
    name).
    """

    name: str
    rows: tuple[ProjectRow, ...]
    choices: tuple[tuple[int | None, str], ...]
    can_delete: bool
    kept_elsewhere: tuple[tuple[int, str], ...]


def derive_projects(inputs: ProjectsInputs) -> ProjectsView:
    """What the top bar's menu and the History filter show."""
    current, listed = inputs.current, inputs.projects or (inputs.current,)
    others = tuple(
        (each.number, wording.shortened(each.name, CHIP)) for each in listed if each.number != current.number
    )
    return ProjectsView(
        name=current.name,
        rows=tuple(_row(each, current, known=bool(inputs.projects)) for each in listed),
        choices=((current.number, wording.shortened(current.name, CHIP)), (None, "All projects"), *others),
        can_delete=current.number != FIRST_PROJECT,
        kept_elsewhere=others,
    )


def name_problem(text: str, inputs: ProjectsInputs, *, renames: bool) -> str:
    """Why a name can't be taken, "" where it can. renames: it is the current project's new one."""
    taken = [each.name for each in inputs.projects if not (renames and each.number == inputs.current.number)]
    try:
        checked_name(text, taken)
    except ProjectError as error:
        said = str(error)
        return said[:1].upper() + said[1:]
    return ""


def _row(project: Project, current: Project, *, known: bool) -> ProjectRow:
    mine = project.number == current.number
    says = f"{project.name}, {wording.count(project.count, 'picture')}" + (", the current project" if mine else "")
    return ProjectRow(project.number, project.name, wording.whole(project.count) if known else "", mine, says)
