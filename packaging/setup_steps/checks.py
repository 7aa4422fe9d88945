"""`start.py test`: every check in turn, each under its heading, stopping at the first that fails."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff check: lint", ("-m", "ruff", "check", ".")),
    ("ruff format: layout of the code", ("-m", "ruff", "format", "--check", ".")),
    ("pyright: types", ("-m", "pyright")),
    ("pytest: tests", ("-m", "pytest", "--numprocesses=auto", "--maxprocesses=4", "--dist=worksteal")),
)


def run_all(
    python: Path,
    env: Mapping[str, str],
    repository: Path,
    checks: Sequence[tuple[str, tuple[str, ...]]] = CHECKS,
    screen: TextIO | None = None,
) -> int:
    """Run the checks with the environment's interpreter; returns 0, or the exit code of the one that failed."""
    out = screen if screen is not None else sys.stdout
    began = time.monotonic()
    for done, (title, arguments) in enumerate(checks):
        out.write(f"\n== {title}\n")
        out.flush()
        code = subprocess.run([python, *arguments], env=_quiet(env), cwd=repository, check=False).returncode
        if code != 0:
            out.write(f"\n{title.partition(':')[0]} failed (exit {code}), after {done} of {len(checks)} checks\n")
            out.flush()
            # A negative code is a signal's number: no exit code of a shell, but a failure all the same.
            return code if code > 0 else 1
    out.write(f"\nall {len(checks)} checks passed in {time.monotonic() - began:.0f} s\n")
    out.flush()
    return 0


def _quiet(env: Mapping[str, str]) -> dict[str, str]:
    """Without pyright's look for a newer release of itself."""
    return {**env, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", "PYTHONUNBUFFERED": "1"}
