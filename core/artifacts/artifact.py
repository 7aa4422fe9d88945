"""One thing that was made: where it is and how it came about."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from core.artifacts.recipe import Recipe

Kind = Literal["image"]
FIRST_PROJECT = 1
"""The project that is always there: what is made without naming one belongs to it."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """id: the job's id and the item's number, which is also its file's stem. path: absolute.

    thumbnail: a small PNG, None where none could be kept. parents: ids of the artifacts it was made from.
    project: the number of the project that it belonged to when this was read.
    """

    id: str
    kind: Kind
    path: Path
    thumbnail: Path | None
    recipe: Recipe
    parents: tuple[str, ...] = field(default=())
    project: int = FIRST_PROJECT

    @property
    def job_id(self) -> str:
        """The job that made it."""
        return job_of(self.id)


def job_of(artifact_id: str) -> str:
    """The job whose item has this id."""
    return artifact_id.rpartition("-")[0]


def artifact_id(job_id: str, item: int) -> str:
    """The id of a job's item, counted from 0. A job that runs again after a crash makes the same ids."""
    return f"{job_id}-{item + 1:02d}"
