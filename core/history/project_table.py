"""Projects on disk: their names, and which project a job's pictures go to."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count, groupby

from core.artifacts.artifact import FIRST_PROJECT
from core.history.database import Database
from core.history.project import LONGEST_NAME, Project, ProjectError, checked_name

_OPEN = "deleted_at IS NULL"
_COUNTED = f"""
    SELECT number, name,
        (SELECT count(*) FROM artifacts WHERE project = projects.number AND binned_at IS NULL) AS held
    FROM projects WHERE {_OPEN}"""


class ProjectTable:
    """All calls touch the disk, and raise HistoryError where it fails.

    A deleted project keeps its number and its name, so that it can come back.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[Project, ...]:
        """Those that are not deleted, in the order in which they were made; the first is always there."""
        with self._database.reading() as connection:
            rows = connection.execute(f"{_COUNTED} ORDER BY number").fetchall()
        return tuple(Project(row["number"], row["name"], row["held"]) for row in rows)

    def get(self, number: int) -> Project:
        """Raises ProjectError for a number that no project has, or only a deleted one."""
        with self._database.reading() as connection:
            row = connection.execute(f"{_COUNTED} AND number = ?", (number,)).fetchone()
        if row is None:
            raise ProjectError(f"project {number} is not there; choose one that the list of projects shows")
        return Project(row["number"], row["name"], row["held"])

    def named(self, name: str) -> Project:
        """By its name, whatever the capitals. Raises ProjectError for a name that no project has."""
        wanted, projects = " ".join(name.split()).casefold(), self.all()
        found = next((project for project in projects if project.name.casefold() == wanted), None)
        if found is None:
            listed = ", ".join(project.name for project in projects)
            raise ProjectError(f"there is no project {name!r}; choose one of {listed}")
        return found

    def add(self, name: str) -> Project:
        """A new, empty project. Raises ProjectError for a name that can't be taken."""
        with self._database.transaction() as connection:
            kept = checked_name(name, _names(connection))
            number = connection.execute("INSERT INTO projects (name) VALUES (?)", (kept,)).lastrowid
        assert number is not None
        return Project(number, kept)

    def rename(self, number: int, name: str) -> None:
        """Raises ProjectError for a name that can't be taken, and for a project that isn't there."""
        self.get(number)
        with self._database.transaction() as connection:
            kept = checked_name(name, _names(connection, but=number))
            connection.execute("UPDATE projects SET name = ? WHERE number = ?", (kept, number))

    def close(self, number: int) -> None:
        """Delete a project. What is still outside the bin goes to the first (`project_deletion` moves it before).

        Raises ProjectError for the first project, and for one that isn't there.
        """
        project = self.get(number)
        if number == FIRST_PROJECT:
            raise ProjectError(f"“{project.name}” is the first project and stays; rename it, or delete its pictures")
        with self._database.transaction() as connection:
            at = datetime.now(UTC).isoformat()
            connection.execute("UPDATE projects SET deleted_at = ? WHERE number = ?", (at, number))
            # What a job has made since its pictures were moved would be seen nowhere.
            connection.execute(
                "UPDATE artifacts SET project = ? WHERE project = ? AND binned_at IS NULL", (FIRST_PROJECT, number)
            )

    def reopen(self, number: int) -> None:
        """A deleted project comes back; where its name was taken meanwhile, with a figure behind it."""
        with self._database.transaction() as connection:
            _reopen(connection, number)

    def reopen_of(self, artifact_ids: Iterable[str]) -> None:
        """The deleted projects that any of these belong to come back."""
        sql = """
            SELECT DISTINCT project FROM artifacts JOIN projects ON projects.number = project
            WHERE id IN (SELECT value FROM json_each(?)) AND deleted_at IS NOT NULL"""
        with self._database.transaction() as connection:
            for row in connection.execute(sql, (json.dumps(list(artifact_ids)),)).fetchall():
                _reopen(connection, row["project"])

    def ids(self, number: int) -> tuple[str, ...]:
        """Of its artifacts outside the bin."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id FROM artifacts WHERE project = ? AND binned_at IS NULL", (number,))
            return tuple(row["id"] for row in rows)

    def take(self, artifact_ids: Iterable[str], number: int) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """These artifacts belong to that project now. Returns (project, ids) of each project that some of them left.

        Raises ProjectError where it isn't there.
        """
        self.get(number)
        chosen = json.dumps(list(artifact_ids))
        others = "project <> ? AND id IN (SELECT value FROM json_each(?))"
        with self._database.transaction() as connection:
            rows = connection.execute(
                f"SELECT id, project FROM artifacts WHERE {others} ORDER BY project, id", (number, chosen)
            ).fetchall()
            connection.execute(f"UPDATE artifacts SET project = ? WHERE {others}", (number, number, chosen))
        return tuple(
            (project, tuple(row["id"] for row in mine)) for project, mine in groupby(rows, lambda row: row["project"])
        )

    def give_back(self, number: int, left: Iterable[tuple[int, Iterable[str]]]) -> tuple[str, ...]:
        """Take a `take` back: what is in that project still goes to where it came from. Returns the ids of those.

        left: as `take` returned it. A project that was deleted meanwhile comes back with its pictures.
        """
        back: list[str] = []
        mine = "project = ? AND id IN (SELECT value FROM json_each(?))"
        with self._database.transaction() as connection:
            for project, ids in left:
                chosen = json.dumps(list(ids))
                rows = connection.execute(f"SELECT id FROM artifacts WHERE {mine}", (number, chosen)).fetchall()
                if rows:
                    _reopen_if_deleted(connection, project)
                    connection.execute(f"UPDATE artifacts SET project = ? WHERE {mine}", (project, number, chosen))
                    back.extend(row["id"] for row in rows)
        return tuple(back)

    def assign(self, job_id: str, number: int) -> None:
        """What this job makes belongs to that project; safe to repeat."""
        if number != FIRST_PROJECT:
            with self._database.transaction() as connection:
                assign(connection, job_id, number)

    def of_job(self, job_id: str) -> int:
        """The project that a job was asked for in."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT project FROM job_projects WHERE job = ?", (job_id,)).fetchone()
        return FIRST_PROJECT if row is None else int(row["project"])


def assign(connection: sqlite3.Connection, job_id: str, number: int) -> None:
    """As a part of another transaction. The first project's jobs need no row."""
    if number != FIRST_PROJECT:
        connection.execute("INSERT OR REPLACE INTO job_projects (job, project) VALUES (?, ?)", (job_id, number))


def _names(connection: sqlite3.Connection, but: int = 0) -> list[str]:
    rows = connection.execute(f"SELECT name FROM projects WHERE {_OPEN} AND number <> ?", (but,))
    return [row["name"] for row in rows]


def _reopen(connection: sqlite3.Connection, number: int) -> None:
    row = connection.execute("SELECT name FROM projects WHERE number = ?", (number,)).fetchone()
    if row is not None:
        name = _free_name(row["name"], _names(connection, but=number))
        connection.execute("UPDATE projects SET name = ?, deleted_at = NULL WHERE number = ?", (name, number))


def _reopen_if_deleted(connection: sqlite3.Connection, number: int) -> None:
    sql = "SELECT 1 FROM projects WHERE number = ? AND deleted_at IS NOT NULL"
    if connection.execute(sql, (number,)).fetchone() is not None:
        _reopen(connection, number)


def _free_name(name: str, taken: list[str]) -> str:
    folded = {other.casefold() for other in taken}
    if name.casefold() not in folded:
        return name
    tries = (f"{name[: LONGEST_NAME - 5]} {figure}" for figure in count(2))
    return next(each for each in tries if each.casefold() not in folded)
