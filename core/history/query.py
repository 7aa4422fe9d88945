"""What to look for in the history, and how that is asked in SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Which artifacts, in which order. project: its number, None is any.

    search: every word begins a word of prompt, leave-out or model. kind, model: "" is any.
    since: made at that moment or later (ISO 8601, UTC), "" is always. failed: of a job that failed part way, as long as
        the queue remembers it. binned: what lies in the bin instead.
    """

    search: str = ""
    kind: str = ""
    model: str = ""
    since: str = ""
    favourite: bool = False
    failed: bool = False
    binned: bool = False
    oldest_first: bool = False
    project: int | None = None

    @property
    def conditions(self) -> tuple[str, tuple[Any, ...]]:
        """SQL and its values for all but the search."""
        # An equality with NULL lets the index by time serve what is not in the bin, the usual question.
        found, values = [f"binned_at IS {'NOT ' if self.binned else ''}NULL"], list[Any]()
        if self.favourite:
            found.append("favourite")
        if self.failed:
            # An artifact's id is its job's with a two-figure number after a dash.
            found.append("substr(id, 1, length(id) - 3) IN (SELECT id FROM ended_jobs WHERE kind = 'failed')")
        for column, sign, value in (
            ("project", "=", self.project),
            ("kind", "=", self.kind),
            ("+model", "=", self.model),
            ("made_at", ">=", self.since),
        ):
            if value:
                found.append(f"{column} {sign} ?")
                values.append(value)
        return " AND ".join(found), tuple(values)

    @property
    def order(self) -> str:
        """SQL that puts them in order; ids settle ties."""
        way = "ASC" if self.oldest_first else "DESC"
        return f"made_at {way}, id {way}"


def fts_words(search: str) -> str | None:
    """A search as FTS5 reads it: each word a beginning. "" asks for everything, None can match nothing."""
    if not search.strip():
        return ""
    # Quoted, each word is plain text to FTS5, whatever it holds; the star makes it a beginning.
    words = dict.fromkeys(re.findall(r"\w+", search))
    # What another word begins with is found wherever that is: "a" beside "and" asks for nothing more, at a high price.
    telling = [word for word in words if not any(other != word and other.startswith(word) for other in words)]
    return " ".join(f'"{word}"*' for word in telling) or None


def start_of(span_days: int, now: datetime) -> str:
    """The `since` of a span that ends now: 1 is today from midnight, 7 today and the six days before; 0 is always.

    now: with its own time zone, whose midnight counts.
    """
    if span_days < 1:
        return ""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - timedelta(days=span_days - 1)).astimezone(UTC).isoformat()
