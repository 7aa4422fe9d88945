"""What the kill test kills: an engine that generates and saves, in a process of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import core.tasks.generate  # noqa: F401 - loaded once, in the server that forks these processes
from core.artifacts import atomic
from core.artifacts.artifact import FIRST_PROJECT
from core.engine import Engine
from core.history.database import Database
from core.history.home import HomeFolder
from core.history.queue_table import StoredQueue
from core.history.store import HistoryStore
from core.jobs.event import TERMINAL
from core.requests import ImageRequest
from tests.core.models.mixture_model import install_mixture

JOBS = 8
PICTURES = 3


def fill(home: Path, models: Path) -> None:
    """An undisturbed session that only asks: its close leaves every job in the queue on disk."""
    engine = Engine(home, models)
    projects = engine.history.projects
    other = projects.add("Other").number
    for number in range(JOBS):
        request = ImageRequest(f"a red cube {number}", "mixture", steps=2, seed=10 * number, count=PICTURES)
        engine.submit(request, project=other if number % 2 else FIRST_PROJECT)
    engine.close()


def work(home: Path, models: Path, line: Connection, die_at: str | None) -> None:
    """Bring back the queue and work until it is empty; tells the line "ready", then "done"."""
    install_mixture(models)
    if die_at is not None:
        _arm(die_at)
    engine = Engine(home, models)
    mailbox = engine.subscribe()
    waiting = len(StoredQueue(Database(HomeFolder(home).database)).load()[0])
    line.send("ready")
    engine.start()
    ended = 0
    while ended < waiting:
        ended += sum(isinstance(event, TERMINAL) for event in mailbox.wait(60))
    engine.close()
    line.send("done")


def _arm(die_at: str) -> None:
    """Make this process kill itself at one exact place, the fifth time it gets there."""
    places: dict[str, tuple[Any, str]] = {
        "before the file is whole": (atomic.os, "fsync"),
        "before the rename": (atomic.Path, "replace"),
        "before the row": (HistoryStore, "add"),
    }
    owner, name = places[die_at]
    setattr(owner, name, _deadly(getattr(owner, name)))


def _deadly(function: Callable[..., Any], after: int = 5) -> Callable[..., Any]:
    calls = 0

    def call(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == after:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **options)

    return call
