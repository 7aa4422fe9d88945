"""An append-only file of records, each whole or not there: what a run leaves behind at every step. No torch here.

A record is a line of JSON and some arrays. On disk: the lengths and check sums of both, the JSON, the arrays as
safetensors. A kill at any instant, or damage anywhere, leaves the whole records before it readable.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from core.errors import TrajectoryError

MAGIC = b"NOISETTE STEPS 1\n"
_FRAME = struct.Struct("<IIQI")
"""Bytes of the JSON and their crc32, bytes of the arrays and their crc32."""
MAX_JSON = 1 << 24


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record's arrays lie in the file."""

    offset: int
    length: int
    crc32: int


@dataclass(frozen=True, slots=True)
class Record:
    """What it says, and where its arrays are."""

    data: dict[str, Any]
    place: Place


class StepLog:
    """Writes records to the end of a file. What an earlier writer left half done is cut off first.

    One writer at a time: the file is locked until `close` or the end of the process (on Windows it is not). Nothing is
    flushed to the disk itself: written records survive the end of the process, not a power cut.
    """

    def __init__(self, path: Path) -> None:
        """Raises OSError, also where another process writes the file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = whole_length(path)
        self._file = path.open("r+b" if path.exists() else "xb", buffering=0)
        if not _claimed(self._file):
            self._file.close()
            raise OSError("another Noisette is writing it")
        self._file.truncate(whole)
        self._file.seek(whole)
        if not whole:
            _write(self._file, MAGIC)

    def append(self, data: dict[str, Any], arrays: Mapping[str, np.ndarray] | None = None) -> Place:
        """Raises OSError; the file may then end in a torn record, which readers leave out."""
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
        body = save_arrays({name: np.ascontiguousarray(value) for name, value in arrays.items()}) if arrays else b""
        check = zlib.crc32(body)
        _write(self._file, _FRAME.pack(len(text), zlib.crc32(text), len(body), check) + text + body)
        return Place(self._file.tell() - len(body), len(body), check)

    def close(self) -> None:
        self._file.close()


def read_log(path: Path) -> Iterator[Record]:
    """The whole records from the start on; none where there is no such file or it is none of ours.

    Arrays are only measured, not read. Raises TrajectoryError where the disk fails.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if file.read(len(MAGIC)) != MAGIC:
                return
            while (record := _next(file, size)) is not None:
                yield record
    except FileNotFoundError:
        return
    except OSError as error:
        raise TrajectoryError(f"the kept steps {path} can't be read ({error}); check the file's rights") from error


def at_work(path: Path) -> bool:
    """Whether a process has the file open for writing, this one included."""
    try:
        with path.open("rb") as file:
            return not _claimed(file)
    except OSError:
        return False


def whole_length(path: Path) -> int:
    """Bytes of the whole records at the start; 0 for no file or another kind of file. Raises TrajectoryError."""
    length = 0
    for record in read_log(path):
        length = record.place.offset + record.place.length
    return length


def read_arrays(path: Path, place: Place) -> dict[str, np.ndarray]:
    """A record's arrays. Raises TrajectoryError where they are damaged or gone."""
    try:
        with path.open("rb") as file:
            file.seek(place.offset)
            body = file.read(place.length)
        if zlib.crc32(body) != place.crc32:
            raise TrajectoryError(f"the kept steps {path} are damaged at byte {place.offset}; make the picture again")
        return load_arrays(body)
    except (OSError, SafetensorError) as error:
        raise TrajectoryError(f"the kept steps {path} can't be read ({error}); make the picture again") from error


def _next(file: BinaryIO, size: int) -> Record | None:
    """The record at hand, leaving the file behind it; None for the end, or anything that is not whole."""
    frame = file.read(_FRAME.size)
    if len(frame) < _FRAME.size:
        return None
    text_length, text_check, length, check = cast("tuple[int, int, int, int]", _FRAME.unpack(frame))
    if text_length > MAX_JSON:
        return None
    text = file.read(text_length)
    offset = file.tell()
    if zlib.crc32(text) != text_check or len(text) < text_length or offset + length > size:
        return None
    try:
        data = json.loads(text)
    except ValueError:
        return None
    file.seek(length, os.SEEK_CUR)
    return Record(cast("dict[str, Any]", data), Place(offset, length, check)) if isinstance(data, dict) else None


def _claimed(file: BinaryIO) -> bool:
    """Take the file's lock until it is closed; False where another has it. Windows would lock readers out too: no."""
    if sys.platform != "win32":
        import fcntl

        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True


def _write(file: BinaryIO, data: bytes) -> None:
    """All of it: an unbuffered write may take less than it is given."""
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]
