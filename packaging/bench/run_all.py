"""Run every benchmark in this folder, one after the other, each in a process of its own, and print its tables.

    .venv/bin/python packaging/bench/run_all.py            all of them
    .venv/bin/python packaging/bench/run_all.py NAME...    some, by file name without .py
    .venv/bin/python packaging/bench/run_all.py --list     their names and what they measure

One OpenMP thread, no display. The machine should have nothing else to do: figures of a busy one are not comparable.
"""

from __future__ import annotations

import ast
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
REPOSITORY = FOLDER.parents[1]


def benchmarks(folder: Path) -> dict[str, Path]:
    """The scripts of the folder by name; modules that they share (no `__main__` part) are left out."""
    return {
        path.stem: path
        for path in sorted(folder.glob("*.py"))
        if path.stem != "run_all" and '__name__ == "__main__"' in path.read_text(encoding="utf-8")
    }


def summary(path: Path) -> str:
    """The first line of the script's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "says nothing of itself"
    return text.partition("\n")[0]


def run(chosen: dict[str, Path]) -> int:
    """Print each one's heading and tables; returns how many of them failed."""
    env = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
        "PYTHONPATH": str(REPOSITORY),
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
    }
    failed: list[str] = []
    for name, path in chosen.items():
        print(f"\n== {name}: {summary(path)}\n", flush=True)
        began = time.monotonic()
        code = subprocess.run([sys.executable, str(path)], cwd=REPOSITORY, env=env, check=False).returncode
        print(
            f"\n({name}: {time.monotonic() - began:.0f} s{'' if code == 0 else f', FAILED with exit {code}'})",
            flush=True,
        )
        if code != 0:
            failed.append(name)
    print(
        f"\n{len(chosen) - len(failed)} of {len(chosen)} benchmarks ran",
        *(f"{name} failed" for name in failed),
        sep="; ",
    )
    return len(failed)


def main(arguments: Sequence[str]) -> int:
    known = benchmarks(FOLDER)
    if "--help" in arguments or "-h" in arguments:
        print((__doc__ or "").strip())
        return 0
    if "--list" in arguments:
        width = max(map(len, known), default=0)
        for name, path in known.items():
            print(f"{name:{width}}  {summary(path)}")
        return 0
    strange = [name for name in arguments if name not in known]
    if strange:
        print(f"run_all.py: {strange[0]} is not a benchmark here; choose from {', '.join(known)}", file=sys.stderr)
        return 2
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, {platform.system()}")
    return 1 if run({name: known[name] for name in arguments} or known) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
