"""What the set-up shows while it works: a line a stage, what pip does now, and a log of everything."""

from __future__ import annotations

import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TextIO

from setup_steps.errors import SetupError

TICK_SECONDS = 0.25
HEARTBEAT_SECONDS = 20.0
LOG_LIMIT_BYTES = 4 << 20
LAST_LINES = 12


class Console:
    """A log file, and a screen that holds one changing line on a terminal and sparse plain lines in a pipe."""

    def __init__(self, log: Path, screen: TextIO | None = None) -> None:
        self._screen = screen if screen is not None else sys.stdout
        self._live = self._screen.isatty()
        self._began = time.monotonic()
        self.log_path = log
        log.parent.mkdir(parents=True, exist_ok=True)
        fresh = not log.exists() or log.stat().st_size > LOG_LIMIT_BYTES
        self._log = log.open("w" if fresh else "a", encoding="utf-8", errors="replace")
        self._log.write(
            f"\n=== {time.strftime('%Y-%m-%d %H:%M:%S')} Python {sys.version.split()[0]} on {sys.platform}\n"
        )

    def close(self) -> None:
        self._log.close()

    def say(self, sentence: str) -> None:
        """A line of its own, with the time since the set-up began."""
        self._erase()
        self._screen.write(f"[{self._elapsed():6.1f} s] {sentence}\n")
        self._screen.flush()
        self.note(sentence)

    def note(self, line: str) -> None:
        """Into the log alone."""
        self._log.write(line.rstrip("\n") + "\n")
        self._log.flush()

    def run(
        self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, lock: int | None = None
    ) -> tuple[int, tuple[str, ...]]:
        """Run a command, logging its output and showing what it does now.

        lock: a descriptor that the child inherits (POSIX), so that it holds the set-up's lock while it lives.
        Returns its exit code and its last lines. Raises SetupError where it can't be started at all.
        """
        self.note("$ " + " ".join(command))
        keep = (lock,) if lock is not None and os.name == "posix" else ()
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                env=dict(env),
                cwd=cwd,
                pass_fds=keep,
            )
        except OSError as error:
            raise SetupError(f"{command[0]} can't be started ({error}); see {self.log_path}", 1) from error
        assert process.stdout is not None
        with process:
            last = self._follow(process.stdout)
        return process.returncode, last

    def _follow(self, output: IO[str]) -> tuple[str, ...]:
        lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

        def read() -> None:
            for line in output:
                lines.put(line.rstrip("\n"))
            lines.put(None)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        last: deque[str] = deque(maxlen=LAST_LINES)
        doing, shown_at = "", time.monotonic()
        while True:
            try:
                line = lines.get(timeout=TICK_SECONDS)
            except queue.Empty:
                pass
            else:
                if line is None:
                    reader.join()
                    self._erase()
                    return tuple(last)
                self.note("  " + line)
                last.append(line)
                doing = condensed(line) or doing
            if self._live:
                self._draw(doing)
            elif doing and time.monotonic() - shown_at > HEARTBEAT_SECONDS:
                self._screen.write(f"[{self._elapsed():6.1f} s]   {doing}\n")
                self._screen.flush()
                shown_at = time.monotonic()

    def _elapsed(self) -> float:
        return time.monotonic() - self._began

    def _draw(self, doing: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        self._screen.write(("\r" + f"[{self._elapsed():6.1f} s]   {doing}"[:width]).ljust(width + 1))
        self._screen.flush()

    def _erase(self) -> None:
        if self._live:
            self._screen.write("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r")


_PIP_LINES = (
    (re.compile(r"\s*Downloading (?:\S*/)?([^/\s-]+)-\S+ \(([^)]+)\)"), "downloading {0} ({1})"),
    (re.compile(r"\s*(?:Using cached|Processing) (?:\S*/)?([^/\s-]+)-\S+\.(?:whl|tar\.gz)"), "reading {0}"),
    (re.compile(r"\s*Collecting ([\w.-]+)"), "looking for {0}"),
    (re.compile(r"Requirement already satisfied: ([\w.-]+)"), "found {0}"),
    (re.compile(r"(?:Get|Hit):\d+ \S+ (.+)"), "fetching {0}"),
    (re.compile(r"(?:Unpacking|Setting up) ([\w.+-]+)"), "unpacking {0}"),
)


def condensed(line: str) -> str:
    """A few words for a line of pip's or apt's output; empty where it tells a user nothing."""
    collected = re.match(r"Installing collected packages: (.+)", line)
    if collected:
        count = collected[1].count(",") + 1
        return f"unpacking {count} package{'s' if count > 1 else ''}"
    for pattern, words in _PIP_LINES:
        found = pattern.match(line)
        if found:
            return words.format(*found.groups())
    return ""
