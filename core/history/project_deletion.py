"""A project is deleted by moving what it holds: to the bin, or to another project. Nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass

from core.artifacts.artifact import FIRST_PROJECT
from core.history.project import Project, ProjectError
from core.history.store import HistoryStore


@dataclass(frozen=True, slots=True)
class ProjectDeletion:
    """What was done, so that it can be taken back. ids: what was moved. to: the project it went to, None the bin."""

    project: Project
    ids: tuple[str, ...]
    to: int | None


def delete_project(store: HistoryStore, number: int, to: int | None = None) -> ProjectDeletion:
    """Move its pictures, then close the project. to: another project; None is the bin, where they stay for 30 days.

    Raises ProjectError for the first project, one that isn't there, or one moved to itself.
    """
    project = store.projects.get(number)
    if number in (FIRST_PROJECT, to):
        why = "is the first project and stays; rename it" if number == FIRST_PROJECT else "can't take its own pictures"
        raise ProjectError(f"“{project.name}” {why}, or choose another")
    ids = store.projects.ids(number)
    if to is None:
        store.delete(ids)
    else:
        store.move(ids, to)
    store.projects.close(number)
    return ProjectDeletion(project, ids, to)


def take_back(store: HistoryStore, deletion: ProjectDeletion) -> None:
    """The project is there again, with the pictures it had; those deleted for good meanwhile stay gone."""
    store.projects.reopen(deletion.project.number)
    if deletion.to is None:
        store.restore(deletion.ids)
    else:
        store.move(deletion.ids, deletion.project.number)
