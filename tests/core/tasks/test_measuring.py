"""What jobs take is measured while they run, and told once a batch."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from mmap import mmap
from pathlib import Path

import numpy as np
import pytest
import torch

from core.jobs.context import JobContext
from core.jobs.event import Event, Measured, Progress
from core.requests import GuidanceSettings
from core.tasks.generate import generate
from core.tasks.measuring import MEMORY_TIMES
from core.tasks.peak_memory import PeakMemory, free_memory
from tests.core.tasks.asking import ask, run

ContextMaker = Callable[[str], JobContext]
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")


def measured(events: list[Event]) -> list[Measured]:
    return [event for event in events if isinstance(event, Measured)]


def test_each_batch_is_measured_once_it_is_kept(context: ContextMaker) -> None:
    events = run(ask("a cube", count=3, batch=2, guidance=GuidanceSettings(3.0, (0.0, 0.5))), context("three"))
    first, second = measured(events)
    assert (first.batch, second.batch) == (2, 1)
    assert (first.model_id, first.width, first.height, first.device) == ("mixture", 16, 16, "cpu")
    assert first.guided
    for seconds in (first.guided_s, first.plain_s, first.beside_s):
        assert seconds is not None
        assert 0.0 < seconds < 60.0


def test_steps_without_guidance_tell_nothing_of_those_with(context: ContextMaker) -> None:
    (off,) = measured(run(ask("a cube", guidance=GuidanceSettings(1.0)), context("off")))
    (on,) = measured(run(ask("a cube", guidance=GuidanceSettings(2.0)), context("on")))
    assert (off.guided, off.guided_s, on.guided, on.plain_s) == (False, None, True, None)
    assert off.plain_s is not None
    assert on.guided_s is not None


def test_a_pause_in_the_middle_does_not_count(context: ContextMaker) -> None:
    """The clock stands still but for what this test adds: a second at each event, a thousand at one of them."""
    now = [0.0]
    timed = replace(context("slow"), clock=lambda: now[0])
    found: list[Event] = []
    for event in generate(ask("a cube", steps=8), timed):
        found.append(event)
        now[0] += 1000.0 if isinstance(event, Progress) and event.note == "step 4 of 8" else 1.0
    (told,) = measured(found)
    assert told.guided_s is not None
    assert 0.0 < told.guided_s <= 2.0


def test_two_evaluations_a_step_share_its_seconds(context: ContextMaker) -> None:
    def seconds(sampler: str) -> float:
        now = [0.0]
        timed = replace(context(sampler), clock=lambda: now[0])
        found: list[Event] = []
        for event in generate(ask("a cube", sampler=sampler, steps=6), timed):
            found.append(event)
            now[0] += 1.0 if isinstance(event, Progress) else 0.0
        value = measured(found)[0].guided_s
        assert value is not None
        return value

    assert seconds("heun") == 0.5 * seconds("euler") == 0.5


def test_a_sketch_is_not_measured(context: ContextMaker) -> None:
    assert measured(run(ask("a cube", kept=False), context("sketch"))) == []


@LINUX
def test_memory_is_measured_the_first_times_of_a_kind(context: ContextMaker) -> None:
    shared = context("memory")
    told = [
        measured(run(ask("a cube", count=count), replace(shared, job_id=f"m-{at}-{count}")))[0].peak_bytes
        for count in (1, 2)
        for at in range(MEMORY_TIMES + 1)
    ]
    for of_kind in (told[: MEMORY_TIMES + 1], told[MEMORY_TIMES + 1 :]):
        assert None not in of_kind[:MEMORY_TIMES]
        assert of_kind[MEMORY_TIMES] is None


@LINUX
def test_the_peak_is_that_of_the_work_itself() -> None:
    def work(megabytes: int) -> Iterator[int]:
        memory = PeakMemory(torch.device("cpu"))
        with mmap(-1, megabytes << 20) as held:
            np.frombuffer(held, np.uint8).fill(1)
        yield memory.octets(weights=1_000_000) or 0

    for megabytes in (64, 16):
        (peak,) = work(megabytes)
        # Linux counts pages a few dozen at a time.
        assert (megabytes - 1) << 20 <= peak - 1_000_000 < (megabytes + 24) << 20


def test_where_the_system_does_not_tell_nothing_is_said(tmp_path: Path) -> None:
    nowhere = PeakMemory(torch.device("cpu"), tmp_path / "none")
    assert nowhere.octets(5) is None
    assert free_memory(torch.device("cpu")) is None
    assert PeakMemory(torch.device("meta")).octets(5) is None
