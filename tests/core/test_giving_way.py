from __future__ import annotations

import os
import sys
from threading import Thread, get_native_id

import pytest

from core import giving_way
from core.giving_way import JOBS, give_way


def niceness(thread: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, thread)


def in_a_thread(*moves: int) -> list[int]:
    """The niceness of a fresh thread that gives way so often."""
    seen = list[int]()

    def work() -> None:
        for move in moves:
            give_way(move)
        seen.append(niceness(get_native_id()))

    thread = Thread(target=work)
    thread.start()
    thread.join()
    return seen


def test_a_thread_gives_way_once_and_no_other_does() -> None:
    own = niceness(os.getpid())
    moved = JOBS if sys.platform == "linux" else 0
    assert in_a_thread(JOBS, JOBS) == [min(own + moved, 19)]
    assert in_a_thread() == [own]
    assert niceness(os.getpid()) == own


def test_where_a_thread_has_no_niceness_of_its_own_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving_way.sys, "platform", "darwin")
    assert in_a_thread(JOBS) == [niceness(os.getpid())]
