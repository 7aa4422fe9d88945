"""What the kill test kills: an engine that makes and records steps, in a process of its own."""

from __future__ import annotations

import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import core.tasks.generate  # noqa: F401 - loaded once, in the server that forks these processes
from core.artifacts import step_log
from core.engine import Engine
from core.jobs.event import TERMINAL
from core.requests import ImageRequest
from tests.core.models.mixture_model import install_mixture

REQUEST = ImageRequest("a cube", "mixture", steps=120, seed=5, count=2, sampler="dpmpp_2m")


def work(home: Path, models: Path, line: Connection, torn_at: int | None) -> None:
    """Take up the queue, which starts with the one job, and work until it is empty. torn_at: die in the middle of
    writing that record."""
    install_mixture(models)
    if torn_at is not None:
        _arm(torn_at)
    engine = Engine(home, models)
    mailbox = engine.subscribe()
    engine.start()
    line.send("ready")
    while not any(isinstance(event, TERMINAL) for event in mailbox.wait(60)):
        pass
    engine.close()
    line.send("done")


def _arm(torn_at: int) -> None:
    whole, calls = step_log._write, 0

    def write(file: Any, data: bytes) -> None:
        nonlocal calls
        calls += 1
        if calls == torn_at:
            whole(file, data[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        whole(file, data)

    step_log._write = write
