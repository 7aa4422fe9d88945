"""Pre-made training data on disk, and the order in which steps read it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np

from core.artifacts.atomic import write_text
from core.errors import NoisetteError

HEADER = "cache.json"


class CacheError(NoisetteError):
    """A cache of training data is missing or not what is wanted."""


@dataclass(frozen=True, slots=True)
class Column:
    """One array of a cache: `count` rows of `shape`, kept as `dtype` (a numpy name) in NAME.bin."""

    name: str
    shape: tuple[int, ...]
    dtype: str


def build_cache(
    folder: Path,
    columns: tuple[Column, ...],
    count: int,
    identity: str,
    make: Callable[[int, int], Mapping[str, np.ndarray]],
    chunk: int = 1024,
) -> Iterator[int]:
    """Fill a cache of `count` rows, chunk by chunk; yields the rows there are so far, first those found.

    make(start, stop) -> {column: (stop - start, *shape)}: a pure function, so an interrupted build goes on where
    it stopped. identity: names all that decides the content; a cache of another identity, or with other columns, is
    made anew, and one with fewer rows is prolonged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    header = _read_header(folder)
    same = header is not None and header["identity"] == identity and _columns(header) == columns
    done = min(int(header["done"]), count) if same and header is not None else 0
    for column in columns:
        path = _file(folder, column)
        if not same:
            path.unlink(missing_ok=True)
        path.touch()
        with path.open("r+b") as file:
            file.truncate(max(path.stat().st_size, count * _row_bytes(column)))
    yield done
    while done < count:
        stop = min(done + chunk, count)
        rows = make(done, stop)
        for column in columns:
            array = np.memmap(_file(folder, column), column.dtype, "r+", shape=(count, *column.shape))
            array[done:stop] = rows[column.name]
            array.flush()
        done = stop
        _write_header(folder, identity, columns, done)
        yield done


def open_cache(folder: Path, identity: str, count: int) -> dict[str, np.ndarray]:
    """The columns of a cache, read-only, `count` rows each. Raises CacheError unless it holds that many."""
    header = _read_header(folder)
    if header is None or header["identity"] != identity or int(header["done"]) < count:
        found = "nothing" if header is None else f"{header['done']} rows of {header['identity']!r}"
        raise CacheError(f"{folder} holds {found}; {count} rows of {identity!r} are needed: build the cache first")
    return {
        column.name: np.memmap(_file(folder, column), column.dtype, "r", shape=(count, *column.shape))
        for column in _columns(header)
    }


def batch_indices(seed: int, step: int, batch_size: int, count: int) -> np.ndarray:
    """Which rows a step reads: (batch_size,) int64, a pure function of its arguments.

    Each epoch is a permutation of its own, and batches run on across epochs, so every row is read equally often.
    """
    positions = np.arange(step * batch_size, (step + 1) * batch_size)
    epochs, places = np.divmod(positions, count)
    rows = np.empty(batch_size, np.int64)
    for epoch in np.unique(epochs):
        chosen = epochs == epoch
        rows[chosen] = _permutation(seed, int(epoch), count)[places[chosen]]
    return rows


@lru_cache(maxsize=2)
def _permutation(seed: int, epoch: int, count: int) -> np.ndarray:
    return np.random.default_rng((seed, epoch)).permutation(count)


def _file(folder: Path, column: Column) -> Path:
    return folder / f"{column.name}.bin"


def _row_bytes(column: Column) -> int:
    return np.dtype(column.dtype).itemsize * int(np.prod(column.shape, dtype=np.int64))


def _columns(header: dict[str, Any]) -> tuple[Column, ...]:
    return tuple(Column(str(name), tuple(shape), str(dtype)) for name, shape, dtype in header["columns"])


def _read_header(folder: Path) -> dict[str, Any] | None:
    try:
        header = json.loads((folder / HEADER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except json.JSONDecodeError as error:
        raise CacheError(f"{folder / HEADER} is damaged ({error.msg}); remove the folder") from error
    if not isinstance(header, dict) or not {"identity", "columns", "done"} <= set(cast("dict[str, Any]", header)):
        raise CacheError(f"{folder / HEADER} is not a cache's header; remove the folder")
    return cast("dict[str, Any]", header)


def _write_header(folder: Path, identity: str, columns: tuple[Column, ...], done: int) -> None:
    rows = [[column.name, list(column.shape), column.dtype] for column in columns]
    text = json.dumps({"identity": identity, "columns": rows, "done": done})
    write_text(folder / HEADER, text)
