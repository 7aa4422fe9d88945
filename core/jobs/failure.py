"""From an exception to the sentence a user reads, and to what a remedy depends on."""

from __future__ import annotations

import errno
import re
import traceback
from pathlib import Path

from core.errors import DeviceError, GenerationError, LayoutError, ModelError, NoisetteError, RequestError
from core.jobs.event import Cause, Failed

_TORCH_WORDS = ("not enough memory", "can't allocate memory")
"""Of torch's allocator on the CPU, on Windows and elsewhere."""
_DEVICE_WORDS = ("CUDA error", "No CUDA GPUs are available", "CUDA driver", "cuDNN error", "HIP error")
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_UNITS = {"": 1, "bytes": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
_SIZE = r"([\d.]+) ?(bytes|[KMGT]iB)?"


def failed(job_id: str, error: BaseException) -> Failed:
    """Our own errors speak for themselves; memory gets a remedy; anything else is named as unexpected, with details."""
    details = "".join(traceback.format_exception(error))
    if isinstance(error, NoisetteError):
        at_fault = error.field if isinstance(error, RequestError) else ""
        return Failed(job_id, str(error), details, cause=_cause(error), at_fault=at_fault)
    if _disk_full(error):
        return Failed(job_id, f"the disk is full ({error}); free some space", details, cause="disk")
    if _out_of_memory(error):
        sentence = "the memory ran out; choose a smaller size or fewer pictures at once"
        needed, free = _memory_of(str(error))
        return Failed(job_id, sentence, details, cause="memory", needed_bytes=needed, free_bytes=free)
    if _device_gone(error):
        sentence = f"the graphics device stopped answering ({_named(error)}); use the processor, or restart Noisette"
        return Failed(job_id, sentence, details, cause="device")
    return Failed(
        job_id, f"something unexpected went wrong ({_named(error)}); the details tell where", details, expected=False
    )


def _cause(error: NoisetteError) -> Cause:
    if _disk_full(error):
        return "disk"
    match error:
        case DeviceError():
            return "device"
        case GenerationError():
            return "not_finite"
        case ModelError():
            return "model_file"
        case RequestError() | LayoutError():
            return "request"
        case _:
            return "other"


def _disk_full(error: BaseException) -> bool:
    """The error, or one that it was raised from. SQLite knows it only in words."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in _FULL:
            return True
        if type(cause).__module__ == "sqlite3" and "disk is full" in str(cause):
            return True
        cause = cause.__cause__
    return False


def _device_gone(error: BaseException) -> bool:
    """torch's own error types are known by their names: this module must not load torch."""
    if type(error).__name__ == "AcceleratorError":
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _DEVICE_WORDS)


def _out_of_memory(error: BaseException) -> bool:
    """torch's own error type is known by its name: this module must not load torch."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _TORCH_WORDS)


def _memory_of(message: str) -> tuple[int | None, int | None]:
    """(needed, free) bytes as torch's message names them; free from the system where it is not named."""
    needed = re.search(f"tried to allocate {_SIZE}", message, re.IGNORECASE)
    free = re.search(f"{_SIZE} is free", message)
    return _bytes(needed), _bytes(free) if free else _system_free()


def _bytes(found: re.Match[str] | None) -> int | None:
    return round(float(found[1].rstrip(".")) * _UNITS[found[2] or ""]) if found else None


def _system_free(listing: Path = Path("/proc/meminfo")) -> int | None:
    """Bytes of memory that Linux could still give; None elsewhere."""
    try:
        found = re.search(r"^MemAvailable:\s+(\d+) kB", listing.read_text(encoding="ascii"), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None


def _named(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
