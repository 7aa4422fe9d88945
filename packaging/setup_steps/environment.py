"""The virtual environment: made, found broken, mended or made anew."""

from __future__ import annotations

import csv
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from setup_steps.console import Console
from setup_steps.errors import SetupError
from setup_steps.places import Places

_STRAY = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "VIRTUAL_ENV")


def child_environment(places: Places, base: Mapping[str, str]) -> dict[str, str]:
    """The environment of every process started from here: this repository's modules and no stray ones."""
    env = {name: value for name, value in base.items() if name not in _STRAY}
    env["PYTHONPATH"] = str(places.repository)
    # Read when torch loads: idle OpenMP threads sleep rather than spin on a busy machine.
    env.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    return env


def has_ensurepip() -> bool:
    """Debian splits pip's installer out of Python; without it no environment can be made."""
    return importlib.util.find_spec("ensurepip") is not None


def python_answers(places: Places, *arguments: str) -> bool:
    """Whether the environment's interpreter starts and carries out `arguments`."""
    try:
        done = subprocess.run([places.python, *arguments], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def ensure(places: Places, console: Console, env: Mapping[str, str], lock: int) -> None:
    """Leave a working environment with pip in it. Raises SetupError where none can be made."""
    if places.venv.exists() or places.venv.is_symlink():
        if python_answers(places, "-m", "pip", "--version"):
            for name in mend(places.site_packages):
                console.say(f"{name} was only half there; it will be installed again")
            return
        console.say("the environment in .venv is broken; it is made anew")
        _remove(places.venv)
    console.say(f"making the environment in {places.venv}")
    code, last = console.run(
        [_outer_python(), "-m", "venv", str(places.venv)], env=env, cwd=places.repository, lock=lock
    )
    if code != 0:
        raise SetupError(f"no virtual environment could be made: {_tail(last)}; the log is {console.log_path}", 1)


def mend(site_packages: Path) -> tuple[str, ...]:
    """Forget each distribution whose files are not all there, so that pip installs it again; returns their names.

    A killed install or a power cut can leave files missing or cut short while pip takes the package for installed.
    """
    broken = tuple(info for info in sorted(site_packages.glob("*.dist-info")) if not _complete(info))
    for info in broken:
        shutil.rmtree(info)
    # pip renames what it replaces to ~name; a killed one leaves it behind.
    for remnant in site_packages.glob("~*"):
        shutil.rmtree(remnant, ignore_errors=True)
    return tuple(info.name.split("-")[0] for info in broken)


def _complete(info: Path) -> bool:
    try:
        with (info / "RECORD").open(encoding="utf-8", newline="") as record:
            rows = list(csv.reader(record))
    except OSError:
        return False
    return bool(rows) and (info / "METADATA").is_file() and _sizes_match(rows, info.parent)


def _sizes_match(rows: Iterable[list[str]], folder: Path) -> bool:
    for row in rows:
        if not row:
            continue
        try:
            size = os.stat(os.path.join(folder, row[0])).st_size  # noqa: PTH116, PTH118 - tens of thousands of files
        except OSError:
            # Compiled modules are listed without a hash and may be cleared by anyone.
            if row[0].endswith(".pyc"):
                continue
            return False
        if len(row) > 2 and row[2] and size != int(row[2]) and not row[0].endswith(".pyc"):
            return False
    return True


def _outer_python() -> str:
    """The interpreter outside any environment: the one in .venv may be what has to be replaced."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _remove(venv: Path) -> None:
    try:
        if venv.is_symlink():
            venv.unlink()
        else:
            shutil.rmtree(venv)
    except OSError as error:
        raise SetupError(f"{venv} is broken and can't be removed ({error}); remove it and start again") from error


def _tail(lines: Iterable[str]) -> str:
    return " / ".join(line.strip() for line in list(lines)[-3:] if line.strip()) or "it said nothing"
