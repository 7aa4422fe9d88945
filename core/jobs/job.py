"""A job: one request on its way through the engine."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from core.artifacts.artifact import FIRST_PROJECT
from core.request_kinds import Request
from core.requests import ImageRequest, TrainRequest


@dataclass(frozen=True, slots=True)
class Job:
    """id: names its files and rows too, so it sorts by time to the second.

    project: the number of the project that what it makes belongs to. It rides beside the request: a recipe does not
    change with it.
    """

    id: str
    request: Request
    project: int = FIRST_PROJECT

    @property
    def kept(self) -> bool:
        """What is made to be watched is gone with its window: neither waiting nor ended is it written down."""
        match self.request:
            case ImageRequest(kept=kept):
                return kept
            case TrainRequest(watched=watched):
                return not watched
            case _:
                return True


def new_job_id(now: datetime | None = None) -> str:
    """A fresh id like `20261121-040353-9f31c2a7`: UTC to the second, then 32 random bits."""
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    return f"{moment:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
