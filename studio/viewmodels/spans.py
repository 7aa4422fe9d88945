"""The times that pictures are looked for in."""

from __future__ import annotations

SPANS: tuple[tuple[int, str], ...] = ((0, "Any time"), (1, "Today"), (7, "7 days"), (30, "30 days"))
"""Days, today counted as one, and what they are called; 0 is always."""
