"""The most memory that a piece of work held: the graphics card's own count, on the CPU the rise of resident memory."""

from __future__ import annotations

import ctypes
import re
from pathlib import Path

import torch

_PROCESS = Path("/proc/self")
_RESET_PEAK = "5"
"""To clear_refs: the peak of resident memory begins anew from here (Linux, Documentation/filesystems/proc)."""


class PeakMemory:
    """Begins when it is made. It costs a millisecond or two, and whatever the process does meanwhile counts."""

    def __init__(self, device: torch.device, process: Path = _PROCESS) -> None:
        self._device, self._process = device, process
        self._before: int | None = None
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)
        elif device.type == "cpu":
            self._begin()

    def octets(self, weights: int) -> int | None:
        """Bytes at most since the beginning, with a model's weights; None where the system does not tell."""
        if self._device.type == "cuda":
            return torch.cuda.max_memory_allocated(self._device)
        peak = _kibibytes(self._process / "status", "VmHWM") if self._before is not None else None
        return None if peak is None or self._before is None else weights + max(peak - self._before, 0)

    def _begin(self) -> None:
        try:
            # What earlier work freed but the allocator kept would else be used again unseen.
            ctypes.CDLL(None).malloc_trim(0)
            (self._process / "clear_refs").write_text(_RESET_PEAK, encoding="ascii")
        except (OSError, AttributeError, TypeError):
            return
        self._before = _kibibytes(self._process / "status", "VmRSS")


def free_memory(device: torch.device) -> int | None:
    """Bytes that a graphics card can still give to this process; None on the CPU."""
    if device.type != "cuda":
        return None
    free, _ = torch.cuda.mem_get_info(device)
    return free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)


def _kibibytes(listing: Path, name: str) -> int | None:
    """A row of /proc/PID/status in bytes."""
    try:
        found = re.search(rf"^{name}:\s+(\d+) kB", listing.read_text(encoding="ascii"), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None
