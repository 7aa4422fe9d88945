"""From an exception to the sentence a user reads."""

from __future__ import annotations

import traceback

from core.errors import NoisetteError
from core.jobs.event import Failed


def failed(job_id: str, error: BaseException) -> Failed:
    """Our own errors speak for themselves; memory gets a remedy; anything else is named as unexpected, with details."""
    details = "".join(traceback.format_exception(error))
    if isinstance(error, NoisetteError):
        return Failed(job_id, str(error), details)
    if _out_of_memory(error):
        return Failed(job_id, "the memory ran out; choose a smaller size or fewer pictures at once", details)
    return Failed(
        job_id, f"something unexpected went wrong ({_named(error)}); the details tell where", details, expected=False
    )


def _out_of_memory(error: BaseException) -> bool:
    """torch's own error type is known by its name: this module must not load torch."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and "not enough memory" in str(error)


def _named(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
