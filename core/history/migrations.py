"""How the history's tables came to be, one edition after another. Never edit an edition that was released: append."""

from __future__ import annotations

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE artifacts (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            path TEXT NOT NULL,
            thumbnail TEXT,
            recipe TEXT NOT NULL,
            parents TEXT NOT NULL DEFAULT '[]',
            made_at TEXT NOT NULL,
            favourite INTEGER NOT NULL DEFAULT 0,
            binned_at TEXT
        ) STRICT
        """,
        "CREATE INDEX artifacts_by_time ON artifacts (made_at DESC, id DESC) WHERE binned_at IS NULL",
        "CREATE VIRTUAL TABLE prompts USING fts5(prompt, negative_prompt, model, tokenize = 'unicode61')",
        """
        CREATE TABLE queue (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            request TEXT NOT NULL
        ) STRICT
        """,
    ),
    (
        "ALTER TABLE queue ADD COLUMN place INTEGER NOT NULL DEFAULT 0",
        "UPDATE queue SET place = number",
        """
        CREATE TABLE ended_jobs (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            request TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('cancelled', 'failed')),
            ending TEXT NOT NULL,
            done INTEGER NOT NULL,
            total INTEGER NOT NULL,
            ended_at TEXT NOT NULL
        ) STRICT
        """,
        "CREATE TABLE queue_state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT",
    ),
)
