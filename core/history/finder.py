"""Finding among a hundred thousand artifacts without reading their recipes."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.artifacts.artifact import FIRST_PROJECT
from core.history.database import Database
from core.history.home import HomeFolder
from core.history.query import HistoryQuery, fts_words

ORDERS_KEPT = 8
"""Orders of numbers remembered, 0.8 MB each at a hundred thousand artifacts."""

_LIGHT = """
    SELECT json_group_array(json_array(number, id, kind, path, thumbnail, made_at, favourite, binned_at, project,
        json_extract(recipe, '$.request.prompt', '$.seed', '$.item', '$.request.count', '$.request.branch.step')))
    FROM artifacts WHERE number IN (SELECT value FROM json_each(?))"""
_LIGHT_IF_DAMAGED = _LIGHT.replace("json_extract(", "json(CASE WHEN json_valid(recipe) THEN json_extract(").replace(
    "branch.step')", "branch.step') END)"
)


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """What a tile shows of an artifact. number: its place in the database, for `HistoryFinder.rows`.

    item of count: its place in the batch, from 0. branched: it went on from a step of another picture.
    file: where it lies now, in the bin or not. small: its thumbnail, "" for none. Text, as making paths of both would
    take as long as reading them.
    """

    number: int
    id: str
    kind: str
    file: str
    small: str
    made_at: str
    prompt: str
    seed: int
    item: int
    count: int
    favourite: bool
    branched: bool
    binned: bool
    project: int = FIRST_PROJECT

    @property
    def path(self) -> Path:
        return Path(self.file)

    @property
    def thumbnail(self) -> Path | None:
        return Path(self.small) if self.small else None


@dataclass(frozen=True, slots=True)
class Kin:
    """A relative: generation −1 is a parent, −2 a grandparent, 1 a child. of: whose parent or child it is."""

    generation: int
    of: str
    row: HistoryRow


@dataclass(frozen=True, slots=True)
class ModelCount:
    """A model that made something here, as its newest recipe names it."""

    id: str
    title: str
    count: int


class HistoryFinder:
    """Numbers in order first, then light rows for the few on show.

    Safe between threads; every call touches the disk.
    """

    def __init__(self, home: HomeFolder, database: Database) -> None:
        self._database = database
        self._root, self._bin = f"{home.root}/", f"{home.bin}/"
        self._lock = threading.Lock()
        self._orders: dict[HistoryQuery, np.ndarray] = {}
        self._models: tuple[ModelCount, ...] | None = None
        self._edition = 0
        self._read_edition: tuple[int, int] = (-1, -1)

    def touch(self) -> None:
        """Forget remembered orders: an artifact came, changed or went."""
        with self._lock:
            self._edition += 1

    def find(self, query: HistoryQuery) -> np.ndarray:
        """(N,) int64: numbers of all that the query asks for, in its order."""
        words = fts_words(query.search)
        if words is None:
            return np.empty(0, np.int64)
        with self._database.reading() as connection:
            order = self._order(connection, replace(query, search=""))
            if not words or not len(order):
                return order
            numbers = _listed(connection, "SELECT rowid AS number FROM prompts WHERE prompts MATCH ?", (words,))
        if not len(numbers):
            return numbers
        marked = np.zeros(max(int(numbers.max()), int(order.max())) + 1, np.bool_)
        marked[numbers] = True
        return order[marked[order]]

    def rows(self, numbers: Sequence[int]) -> tuple[HistoryRow, ...]:
        """Light rows in the order of their numbers' list; those that are gone are left out."""
        listed = (json.dumps([int(number) for number in numbers]),)
        with self._database.reading() as connection:
            # One row of text: at each row of its own, a thread waits for its turn of the interpreter.
            try:
                (found,) = connection.execute(_LIGHT, listed).fetchone()
            except sqlite3.OperationalError:
                # Asking whether each is JSON takes as long again, so only where one is not.
                (found,) = connection.execute(_LIGHT_IF_DAMAGED, listed).fetchone()
        known = {row[0]: self._row(*row) for row in json.loads(found)}
        return tuple(known[int(number)] for number in numbers if int(number) in known)

    def number_of(self, artifact_id: str) -> int | None:
        """None for an id that isn't here."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT number FROM artifacts WHERE id = ?", (artifact_id,)).fetchone()
        return None if row is None else int(row["number"])

    def models(self) -> tuple[ModelCount, ...]:
        """The models that made what is kept, binned or not; the most used first."""
        sql = """
            WITH RECURSIVE names (name) AS (
                SELECT min(model) FROM artifacts
                UNION ALL SELECT (SELECT min(model) FROM artifacts WHERE model > name) FROM names WHERE name NOT NULL)
            SELECT name, (SELECT count(*) FROM artifacts WHERE model = name) AS made,
                (SELECT json_extract(recipe, '$.model_title') FROM artifacts WHERE number =
                    (SELECT max(number) FROM artifacts WHERE model = name)) AS title
            FROM names WHERE name NOT NULL ORDER BY made DESC, name"""
        with self._database.reading() as connection:
            edition = self._present_edition(connection)
            if self._models is not None:
                return self._models
            rows = connection.execute(sql).fetchall()
        models = tuple(ModelCount(row["name"], row["title"] or row["name"], row["made"]) for row in rows)
        with self._lock:
            if edition == self._read_edition:
                self._models = models
        return models

    def lineage(self, artifact_id: str, generations: int = 3) -> tuple[Kin, ...]:
        """Ancestors (the oldest first), then descendants, so many generations each way; binned ones are left out."""
        up = self._walk("child", "parent", artifact_id, generations)
        down = self._walk("parent", "child", artifact_id, generations)
        numbers = [number for number, _, _ in (*up, *down)]
        rows = {row.number: row for row in self.rows(numbers)}
        before = [Kin(-depth, of, rows[number]) for number, depth, of in reversed(up) if number in rows]
        after = [Kin(depth, of, rows[number]) for number, depth, of in down if number in rows]
        return (*before, *after)

    def _walk(self, here: str, there: str, artifact_id: str, generations: int) -> list[tuple[int, int, str]]:
        """(number, generation, id that it hangs on) along one side of the lineage, each relative once."""
        sql = f"""
            WITH RECURSIVE walk (id, depth, hangs_on) AS (
                SELECT {there}, 1, {here} FROM lineage WHERE {here} = ?
                UNION SELECT lineage.{there}, depth + 1, walk.id FROM lineage JOIN walk ON lineage.{here} = walk.id
                WHERE depth < ?)
            SELECT number, min(depth) AS depth, hangs_on FROM walk JOIN artifacts USING (id)
            WHERE binned_at IS NULL AND id <> ? GROUP BY id ORDER BY depth, made_at"""
        with self._database.reading() as connection:
            rows = connection.execute(sql, (artifact_id, generations, artifact_id)).fetchall()
        return [(row["number"], row["depth"], row["hangs_on"]) for row in rows]

    def _order(self, connection: sqlite3.Connection, query: HistoryQuery) -> np.ndarray:
        """Remembered until something changes, here or in another process."""
        edition = self._present_edition(connection)
        with self._lock:
            known = self._orders.get(query)
        # Whose job failed is the queue's to say, and nobody tells of it here.
        if known is not None and not query.failed:
            return known
        where, values = query.conditions
        order = _listed(connection, f"SELECT number FROM artifacts WHERE {where} ORDER BY {query.order}", values)
        order.setflags(write=False)
        with self._lock:
            if edition == self._read_edition:
                if len(self._orders) >= ORDERS_KEPT:
                    self._orders.clear()
                self._orders[query] = order
        return order

    def _present_edition(self, connection: sqlite3.Connection) -> tuple[int, int]:
        """Of the tables, as this connection sees them; what was remembered of another one is forgotten."""
        changed = int(connection.execute("PRAGMA data_version").fetchone()[0])
        with self._lock:
            edition = (changed, self._edition)
            if edition != self._read_edition:
                self._orders.clear()
                self._models = None
                self._read_edition = edition
        return edition

    def _row(
        self,
        number: int,
        artifact_id: str,
        kind: str,
        path: str,
        thumbnail: str | None,
        made_at: str,
        favourite: int,
        binned_at: str | None,
        project: int,
        told: list[Any] | None,
    ) -> HistoryRow:
        prompt, seed, item, count, branch = told or ("", 0, 0, 1, None)
        return HistoryRow(
            number=number,
            id=artifact_id,
            kind=kind,
            file=f"{self._bin}{path.rpartition('/')[2]}" if binned_at else f"{self._root}{path}",
            small=f"{self._root}{thumbnail}" if thumbnail else "",
            made_at=made_at,
            prompt=prompt or "",
            seed=seed or 0,
            item=item or 0,
            count=count or 1,
            favourite=bool(favourite),
            branched=branch is not None,
            binned=binned_at is not None,
            project=project,
        )


def _listed(connection: sqlite3.Connection, query: str, values: tuple[Any, ...]) -> np.ndarray:
    """(N,) int64: the numbers that a query selects, in its order.

    One row of text, not a hundred thousand of Python's: SQLite makes it in one go, in which other threads run on. It
    keeps the order of a query that it lists (docs of its optimisation "omit-order-by").
    """
    (listed,) = connection.execute(f"SELECT group_concat(number) FROM ({query})", values).fetchone()
    return np.empty(0, np.int64) if listed is None else np.fromstring(listed, np.int64, sep=",")
