"""The SQLite file: opened late, migrated in steps, one connection behind one lock."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from core.errors import NoisetteError
from core.history.migrations import MIGRATIONS

CACHE_KIB = 32 * 1024
"""Of pages in memory, at most: the indices of a hundred thousand artifacts fit."""


class HistoryError(NoisetteError):
    """The history can't be read or written."""


class Database:
    """WAL, so that other processes read while one writes. Safe between threads.

    A commit isn't fsynced (synchronous=NORMAL): a power cut may lose the newest rows, never break the file, and
    the next start finds those pictures again by the recipes inside them.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._closed = False

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """All or nothing: committed at the end, rolled back where the block raises.

        Raises HistoryError for any failure of the database.
        """
        with self._lock:
            try:
                connection = self._open()
                with connection:
                    connection.execute("BEGIN IMMEDIATE")
                    yield connection
            except (sqlite3.Error, OSError) as error:
                raise self._error(error) from error

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """Raises HistoryError for any failure of the database."""
        with self._lock:
            try:
                yield self._open()
            except (sqlite3.Error, OSError) as error:
                raise self._error(error) from error

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._closed:
            raise HistoryError("the history is closed; open Noisette again")
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # check_same_thread off: the lock above is what keeps threads apart.
            connection = sqlite3.connect(self._path, timeout=20.0, isolation_level=None, check_same_thread=False)
            try:
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
                _migrate(connection, self._path)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _error(self, error: Exception) -> HistoryError:
        return HistoryError(f"the history {self._path} failed ({error}); check the disk's space and rights")


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the file to the newest edition, each step in its own transaction with its number."""
    while True:
        connection.execute("BEGIN IMMEDIATE")
        try:
            edition = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if edition > len(MIGRATIONS):
                raise HistoryError(
                    f"the history {path} has edition {edition}; "
                    f"this Noisette knows up to {len(MIGRATIONS)}, so update it"
                )
            if edition == len(MIGRATIONS):
                connection.execute("COMMIT")
                return
            for statement in MIGRATIONS[edition]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {edition + 1}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
