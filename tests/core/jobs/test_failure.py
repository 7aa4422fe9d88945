from __future__ import annotations

import errno
import sqlite3

import pytest
import torch

from core.artifacts.image import PictureError
from core.errors import DeviceError, GenerationError, LayoutError, ModelError, NoisetteError, RequestError
from core.jobs.event import Cause
from core.jobs.failure import failed


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (GenerationError("it broke up"), "not_finite"),
        (ModelError("damaged"), "model_file"),
        (RequestError("too many"), "request"),
        (DeviceError("no card"), "device"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk"),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), "device"),
        (LayoutError("no scene"), "request"),
        (NoisetteError("else"), "other"),
        (MemoryError(), "memory"),
        (ZeroDivisionError("a bug"), "other"),
    ],
)
def test_the_cause_follows_from_the_kind_of_error(error: Exception, cause: Cause) -> None:
    event = failed("job", error)
    assert event.cause == cause
    assert event.expected != isinstance(error, ZeroDivisionError)


@pytest.mark.parametrize(
    "origin", [OSError(errno.ENOSPC, "No space left on device"), sqlite3.OperationalError("database or disk is full")]
)
def test_a_full_disk_is_seen_behind_our_own_error(origin: Exception) -> None:
    error = PictureError("a.png can't be saved; free some space")
    error.__cause__ = origin
    event = failed("job", error)
    assert (event.cause, event.sentence) == ("disk", "a.png can't be saved; free some space")


def test_torchs_own_lack_of_memory_names_what_was_needed() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 58, dtype=torch.uint8)
    event = failed("job", caught.value)
    assert event.cause == "memory"
    assert event.needed_bytes == 1 << 58
    assert event.free_bytes is None or 0 < event.free_bytes < 1 << 58


def test_a_graphics_cards_lack_of_memory_names_both_figures() -> None:
    message = (
        "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 7.79 GiB of which 512.00 MiB "
        "is free. Including non-PyTorch memory, this process has 7.20 GiB memory in use."
    )
    event = failed("job", torch.OutOfMemoryError(message))
    assert (event.cause, event.needed_bytes, event.free_bytes) == ("memory", 5 << 29, 512 << 20)
