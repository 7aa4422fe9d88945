"""What was made: rows in SQLite, files beside them. Safe between threads; every call touches the disk."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from core.artifacts.artifact import FIRST_PROJECT, Artifact, job_of
from core.artifacts.recipe import Recipe
from core.errors import NoisetteError
from core.history.database import Database, HistoryError
from core.history.finder import HistoryFinder
from core.history.home import HomeFolder, trajectory_beside
from core.history.project_table import ProjectTable
from core.history.query import HistoryQuery, fts_words

BIN_DAYS = 30


class HistoryStore:
    """Opens its database at the first call, not before. All calls raise HistoryError where the disk fails.

    finder: looks through very many of them. projects: the sets that they belong to.
    """

    def __init__(
        self, home: HomeFolder, database: Database, *, emptied: Callable[[str], None] = lambda _: None
    ) -> None:
        """emptied(job_id): the last of a job's pictures was deleted for good."""
        self.home, self._emptied = home, emptied
        self.finder = HistoryFinder(home, database)
        self.projects = ProjectTable(database)
        self._database = database

    def add(self, artifact: Artifact) -> None:
        """Record an artifact whose file is already in place. One that is already recorded stays as it is.

        Where its project was deleted meanwhile, it belongs to the first.
        """
        request = artifact.recipe.request
        with self._database.transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO artifacts (id, kind, path, thumbnail, recipe, parents, made_at, project)"
                " VALUES (?, ?, ?, ?, ?, ?, ?,"
                " coalesce((SELECT number FROM projects WHERE number = ? AND deleted_at IS NULL), ?))"
                " ON CONFLICT (id) DO NOTHING",
                (
                    artifact.id,
                    artifact.kind,
                    self._relative(artifact.path),
                    self._relative(artifact.thumbnail) if artifact.thumbnail else None,
                    artifact.recipe.to_json(),
                    json.dumps(artifact.parents),
                    artifact.recipe.made_at,
                    artifact.project,
                    FIRST_PROJECT,
                ),
            )
            if cursor.rowcount:
                connection.execute(
                    "INSERT INTO prompts (rowid, prompt, negative_prompt, model) VALUES (?, ?, ?, ?)",
                    (cursor.lastrowid, request.prompt, request.negative_prompt, request.model_id),
                )
                connection.executemany(
                    "INSERT OR IGNORE INTO lineage (child, parent) VALUES (?, ?)",
                    [(artifact.id, parent) for parent in artifact.parents],
                )
        self.finder.touch()

    def get(self, artifact_id: str) -> Artifact:
        """Raises HistoryError for an id that isn't here (a binned one is)."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT * FROM artifacts WHERE id = ?", (artifact_id,)).fetchone()
        if row is None:
            raise HistoryError(f"{artifact_id!r} is not in the history; `noisette history` lists what is")
        return self._artifact(row)

    def page(
        self,
        offset: int = 0,
        limit: int = 50,
        search: str = "",
        *,
        favourites_only: bool = False,
        since: str = "",
        project: int | None = None,
    ) -> tuple[Artifact, ...]:
        """Newest first, without what is in the bin. search, since, project: see `HistoryQuery`."""
        where, values = _filter(HistoryQuery(search, since=since, favourite=favourites_only, project=project))
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT * FROM artifacts WHERE {where} ORDER BY made_at DESC, id DESC LIMIT ? OFFSET ?",
                (*values, limit, offset),
            ).fetchall()
        return tuple(self._artifact(row) for row in rows)

    def count(
        self, search: str = "", *, favourites_only: bool = False, since: str = "", project: int | None = None
    ) -> int:
        where, values = _filter(HistoryQuery(search, since=since, favourite=favourites_only, project=project))
        with self._database.reading() as connection:
            return int(connection.execute(f"SELECT count(*) FROM artifacts WHERE {where}", values).fetchone()[0])

    def of_job(self, job_id: str) -> tuple[Artifact, ...]:
        """What a job has made so far, in item order, binned or not: a job that runs again leaves these out."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM artifacts WHERE id > ? AND id < ? ORDER BY id", (f"{job_id}-", f"{job_id}.")
            ).fetchall()
        return tuple(self._artifact(row) for row in rows)

    def ids(self) -> frozenset[str]:
        """Of every row, binned or not."""
        with self._database.reading() as connection:
            return frozenset(row["id"] for row in connection.execute("SELECT id FROM artifacts"))

    def strangers(self, artifact_ids: Iterable[str]) -> tuple[str, ...]:
        """Those that have no row, binned or not."""
        sql = """
            SELECT asked.value AS id FROM json_each(?) AS asked
            WHERE NOT EXISTS (SELECT 1 FROM artifacts WHERE artifacts.id = asked.value)"""
        with self._database.reading() as connection:
            return tuple(row["id"] for row in connection.execute(sql, (json.dumps(list(artifact_ids)),)))

    def newest_files(self, count: int) -> tuple[tuple[Path, Path], ...]:
        """(picture, thumbnail) of the newest outside the bin that have a thumbnail, without reading their recipes."""
        sql = """
            SELECT path, thumbnail FROM artifacts WHERE binned_at IS NULL ORDER BY made_at DESC, id DESC LIMIT ?"""
        with self._database.reading() as connection:
            rows = connection.execute(sql, (count,)).fetchall()
        root = self.home.root
        return tuple((root / row["path"], root / row["thumbnail"]) for row in rows if row["thumbnail"])

    def set_favourite(self, artifact_id: str, favourite: bool) -> None:
        self.set_favourites([artifact_id], favourite)

    def set_favourites(self, artifact_ids: Iterable[str], favourite: bool) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE artifacts SET favourite = ? WHERE id = ?", [(int(favourite), each) for each in artifact_ids]
            )
        self.finder.touch()

    def favourites(self) -> frozenset[str]:
        sql = "SELECT json_group_array(id) FROM artifacts WHERE favourite AND binned_at IS NULL"
        with self._database.reading() as connection:
            return frozenset(json.loads(connection.execute(sql).fetchone()[0]))

    def delete(self, artifact_ids: Iterable[str], now: datetime | None = None) -> None:
        """To the bin, where it stays for `BIN_DAYS`. The row is marked before the file moves; a start finishes that."""
        chosen = tuple(artifact_ids)
        self._mark(chosen, (now or datetime.now(UTC)).isoformat())
        for row in self._rows_of(chosen):
            if row["binned_at"]:
                self._to_bin(self.home.root / row["path"])

    def restore(self, artifact_ids: Iterable[str]) -> None:
        """Out of the bin again; a project that was deleted comes back with the first of its pictures."""
        chosen = tuple(artifact_ids)
        self.projects.reopen_of(chosen)
        self._mark(chosen, None)
        for row in self._rows_of(chosen):
            self._out_of_bin(self.home.root / row["path"])

    def move(self, artifact_ids: Iterable[str], project: int) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """To another project, in the bin or out of it. Returns (project, ids) of what left which, for `move_back`.

        Raises ProjectError for one that isn't there.
        """
        left = self.projects.take(artifact_ids, project)
        self.finder.touch()
        return left

    def move_back(self, project: int, left: Iterable[tuple[int, Iterable[str]]]) -> tuple[str, ...]:
        """Out of that project again, to where `move` took them from; those that went on since stay. Their ids."""
        back = self.projects.give_back(project, left)
        self.finder.touch()
        return back

    def binned(self) -> tuple[Artifact, ...]:
        """What lies in the bin, the last deleted first."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT * FROM artifacts WHERE binned_at IS NOT NULL ORDER BY binned_at DESC")
            return tuple(self._artifact(row) for row in rows.fetchall())

    def empty_bin(self, now: datetime | None = None, days: float = BIN_DAYS) -> int:
        """Delete for good what was binned at least `days` ago; how many that were."""
        before = ((now or datetime.now(UTC)) - timedelta(days=days)).isoformat()
        with self._database.reading() as connection:
            rows = connection.execute("SELECT * FROM artifacts WHERE binned_at <= ?", (before,)).fetchall()
        return self._purge(rows)

    def purge(self, artifact_ids: Iterable[str]) -> int:
        """Delete for good those of them that lie in the bin; how many that were. There is no way back."""
        return self._purge([row for row in self._rows_of(tuple(artifact_ids)) if row["binned_at"]])

    def settle_bin(self) -> None:
        """Move files to where their rows say: into the bin, or back. Safe to repeat; a kill only delays it."""
        with self._database.reading() as connection:
            # "IS NOT NULL" would have all rows looked through; this finds the few in the index.
            rows = connection.execute("SELECT path FROM artifacts WHERE binned_at > ''").fetchall()
        binned = {path.name: path for path in (self.home.root / row["path"] for row in rows)}
        for path in binned.values():
            self._to_bin(path)
        if not self.home.bin.is_dir():
            return
        lying = [path.stem for path in self.home.bin.glob("*.png") if path.name not in binned and path.name.isascii()]
        for artifact_id in set(lying).difference(self.strangers(lying)):
            self._out_of_bin(self.home.picture(artifact_id))

    def _to_bin(self, path: Path) -> None:
        self.home.bin.mkdir(parents=True, exist_ok=True)
        # A picture's saved steps go first: where the picture is, they are.
        for each in (trajectory_beside(path), path):
            with suppress(FileNotFoundError):
                each.replace(self.home.bin / each.name)

    def _out_of_bin(self, path: Path) -> None:
        binned = self.home.bin / path.name
        if binned.exists() and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                trajectory_beside(binned).replace(trajectory_beside(path))
            binned.replace(path)

    def _rows_of(self, artifact_ids: Iterable[str]) -> list[sqlite3.Row]:
        sql = "SELECT * FROM artifacts WHERE id IN (SELECT value FROM json_each(?))"
        with self._database.reading() as connection:
            return connection.execute(sql, (json.dumps(list(artifact_ids)),)).fetchall()

    def _purge(self, rows: list[sqlite3.Row]) -> int:
        for row in rows:
            self._unlink(row)
            with self._database.transaction() as connection:
                connection.execute("DELETE FROM prompts WHERE rowid = ?", (row["number"],))
                connection.execute("DELETE FROM lineage WHERE child = ?", (row["id"],))
                connection.execute("DELETE FROM artifacts WHERE number = ?", (row["number"],))
        self.finder.touch()
        for job_id in {job_of(row["id"]) for row in rows}:
            if not self.of_job(job_id):
                self._emptied(job_id)
        return len(rows)

    def _mark(self, artifact_ids: Iterable[str], binned_at: str | None) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE artifacts SET binned_at = ? WHERE id = ?", [(binned_at, each) for each in artifact_ids]
            )
        self.finder.touch()

    def _unlink(self, row: sqlite3.Row) -> None:
        """The files of a binned row, wherever a kill left them."""
        path = self.home.root / row["path"]
        try:
            for each in (path, trajectory_beside(path)):
                (self.home.bin / each.name).unlink(missing_ok=True)
                each.unlink(missing_ok=True)
            if row["thumbnail"]:
                (self.home.root / row["thumbnail"]).unlink(missing_ok=True)
        except OSError as error:
            raise HistoryError(f"{path.name} can't be deleted ({error}); check its rights") from error

    def _relative(self, path: Path) -> str:
        """Rows hold paths within the home folder, so that the folder can move."""
        try:
            return path.relative_to(self.home.root).as_posix()
        except ValueError as error:
            raise HistoryError(f"{path} lies outside {self.home.root}; keep artifacts inside it") from error

    def _artifact(self, row: sqlite3.Row) -> Artifact:
        try:
            recipe = Recipe.from_json(row["recipe"])
        except NoisetteError as error:
            raise HistoryError(f"the history's row {row['id']} can't be read: {error}") from error
        path = self.home.root / row["path"]
        return Artifact(
            id=row["id"],
            kind=row["kind"],
            path=self.home.bin / path.name if row["binned_at"] else path,
            thumbnail=self.home.root / row["thumbnail"] if row["thumbnail"] else None,
            recipe=recipe,
            parents=tuple(cast("list[str]", json.loads(row["parents"]))),
            project=row["project"],
        )


def _filter(query: HistoryQuery) -> tuple[str, tuple[Any, ...]]:
    where, values = query.conditions
    words = fts_words(query.search)
    if words is None:
        return "0", ()
    if words:
        where += " AND number IN (SELECT rowid FROM prompts WHERE prompts MATCH ?)"
        values = (*values, words)
    return where, values
