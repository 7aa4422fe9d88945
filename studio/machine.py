"""What this computer has, read from the system without anything heavy. Call it off the GUI thread."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

_MEMORY = Path("/proc/meminfo")
_STAT = Path("/proc/stat")
_NVIDIA = Path("/proc/driver/nvidia/gpus")


@dataclass(frozen=True, slots=True)
class Machine:
    """memory, disk: (free, total) bytes, None where the system does not say. graphics: a card's name, "" for none."""

    cores: int
    memory: tuple[int, int] | None
    disk: tuple[int, int] | None
    graphics: str


@dataclass(frozen=True, slots=True)
class ProcessorTimes:
    """Clock ticks since the machine started. busy of total."""

    busy: int
    total: int

    def load_since(self, earlier: ProcessorTimes) -> float:
        """The busy part, 0 to 1, since an earlier reading."""
        span = self.total - earlier.total
        return (self.busy - earlier.busy) / span if span > 0 else 0.0


def read_machine(home: Path) -> Machine:
    """home: whose disk is asked for."""
    return Machine(cores(), read_memory(), _disk(home), _graphics())


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_memory() -> tuple[int, int] | None:
    """(free, total) bytes of memory; None where the system does not say."""
    try:
        rows = dict(row.split(":", 1) for row in _MEMORY.read_text(encoding="ascii").splitlines())
        free, total = (int(rows[key].split()[0]) * 1024 for key in ("MemAvailable", "MemTotal"))
    except (OSError, KeyError, ValueError, IndexError):
        return None
    return free, total


def read_processor() -> ProcessorTimes | None:
    """Present times of all cores together; None where the system does not say."""
    try:
        ticks = [int(part) for part in _STAT.read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    except (OSError, ValueError):
        return None
    return ProcessorTimes(sum(ticks) - ticks[3] - ticks[4], sum(ticks))


def _disk(home: Path) -> tuple[int, int] | None:
    folder = next((place for place in (home, *home.parents) if place.exists()), None)
    if folder is None:
        return None
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total


def _graphics() -> str:
    try:
        for card in sorted(_NVIDIA.iterdir()):
            for row in (card / "information").read_text(encoding="utf-8").splitlines():
                if row.startswith("Model:"):
                    return row.split(":", 1)[1].strip()
    except OSError:
        return ""
    return ""
