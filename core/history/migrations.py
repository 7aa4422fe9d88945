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
    (
        # The model is read off the recipe, so that it can be filtered by and never disagrees with it.
        """
        ALTER TABLE artifacts ADD COLUMN model TEXT GENERATED ALWAYS AS
            (CASE WHEN json_valid(recipe) THEN json_extract(recipe, '$.request.model_id') END) VIRTUAL
        """,
        "DROP INDEX artifacts_by_time",
        "CREATE INDEX artifacts_by_time ON artifacts (binned_at, made_at DESC, id DESC, kind, model, favourite)",
        "CREATE INDEX artifacts_by_model ON artifacts (model)",
        # Beginnings of one and two letters have an index of their own: they are what typing starts with.
        """
        CREATE VIRTUAL TABLE prompts_by_beginning
            USING fts5(prompt, negative_prompt, model, tokenize = 'unicode61', prefix = '1 2')
        """,
        """
        INSERT INTO prompts_by_beginning (rowid, prompt, negative_prompt, model)
            SELECT rowid, prompt, negative_prompt, model FROM prompts
        """,
        "DROP TABLE prompts",
        "ALTER TABLE prompts_by_beginning RENAME TO prompts",
        """
        CREATE TABLE lineage (
            child TEXT NOT NULL,
            parent TEXT NOT NULL,
            PRIMARY KEY (child, parent)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX lineage_by_parent ON lineage (parent, child)",
        """
        INSERT OR IGNORE INTO lineage (child, parent)
            SELECT artifacts.id, entry.value FROM artifacts, json_each(artifacts.parents) AS entry
        """,
    ),
    (
        """
        CREATE TABLE projects (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            deleted_at TEXT
        ) STRICT
        """,
        "INSERT INTO projects (number, name) VALUES (1, 'Untitled')",
        # Of jobs, so that it outlives a kill before their first picture; the first project's have no row.
        """
        CREATE TABLE job_projects (
            job TEXT PRIMARY KEY,
            project INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        "ALTER TABLE artifacts ADD COLUMN project INTEGER NOT NULL DEFAULT 1",
        """
        CREATE INDEX artifacts_by_project
            ON artifacts (project, binned_at, made_at DESC, id DESC, kind, model, favourite)
        """,
    ),
)
