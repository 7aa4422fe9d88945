"""Threads that work in the background leave the cores to those that answer the user."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

JOBS = 10
"""How much nicer than the window's thread is one that carries out jobs."""
ERRANDS = 4
"""How much nicer one is that reads and decodes what the window is to show."""

_here = threading.local()


def give_way(niceness: int) -> None:
    """Have the scheduler prefer the process's main thread to the calling one, by JOBS or ERRANDS. Cheap to repeat.

    Threads that the calling one starts, as torch's are, inherit it. Linux alone has a niceness for each thread;
    elsewhere nothing happens.
    """
    if sys.platform != "linux" or getattr(_here, "gives_way", False):
        return
    _here.gives_way = True
    with suppress(OSError):
        own = os.getpriority(os.PRIO_PROCESS, os.getpid())
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), own + niceness)
