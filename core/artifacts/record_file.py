"""What was measured, on disk: one kind of record as JSON that is read again, and tables of figures as CSV. No torch."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from core.errors import NoisetteError
from core.plain import PlainError, from_plain, read_json, to_plain

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class RecordFile(Generic[Record]):
    """One kind of record. word: what it is ("race"). schema: the edition that is written, and alone is read.

    command: writes such files, for the sentence that asks for one. error: raised for a file that is none.
    """

    word: str
    schema: int
    command: str
    record: type[Record]
    error: type[NoisetteError]

    def text(self, record: Record, **beside: object) -> str:
        """JSON of everything. beside: for readers alone; `read` passes it by."""
        plain = {"noisette": self.word, "schema": self.schema, self.word: to_plain(record)}
        plain |= {name: to_plain(value) for name, value in beside.items()}
        return json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    def read(self, path: Path) -> Record:
        """Raises `error`: value, rule, remedy."""
        try:
            data = read_json(path, f"the {self.word}")
            if not isinstance(data, dict) or cast("dict[str, Any]", data).get("noisette") != self.word:
                raise self.error(f"{path} is not a {self.word}; give the JSON that `{self.command} --out` wrote")
            known = cast("dict[str, Any]", data)
            if known.get("schema") != self.schema:
                edition = f"edition {known.get('schema')}; this Noisette reads {self.schema}"
                raise self.error(f"{path} is a {self.word} of {edition}")
            return from_plain(self.record, known.get(self.word), f"the {self.word} {path}")
        except PlainError as error:
            raise self.error(str(error)) from error


def table_text(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """CSV under those columns; what a row lacks, or holds as None, stays empty."""
    file = io.StringIO(newline="")
    table = csv.DictWriter(file, columns, restval="", lineterminator="\n")
    table.writeheader()
    for row in rows:
        table.writerow({name: "" if value is None else value for name, value in row.items()})
    return file.getvalue()
