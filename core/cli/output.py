"""What a command prints: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text


def say(line: str) -> None:
    """A result."""
    sys.stdout.write(f"{line}\n")


def say_json(value: Any) -> None:
    """A result for another program: one JSON value, indented."""
    say(json.dumps(value, indent=2, ensure_ascii=False))


def remark(line: str) -> None:
    """Something to know beside the result."""
    sys.stderr.write(f"{line}\n")


def complain(sentence: str) -> None:
    """An error, on one line whatever it holds."""
    remark(f"noisette: {' '.join(sentence.split())}")


def say_table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """A table fitted to the terminal; in a pipe one tab-separated line a row, after the columns' names."""
    if not sys.stdout.isatty():
        for row in (columns, *rows):
            say("\t".join(row))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        # Text, not str: a prompt may hold what rich would read as markup.
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
