"""A run that tells what guidance did: the same pictures, and readings that are kept with its steps."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.artifacts.readings import newest, reading_of, record_of
from core.dissection import Quantity, Reading, Space
from core.engine import Engine
from core.jobs.context import JobContext
from core.jobs.event import Dissected, Progress
from core.jobs.mailbox import Mailbox
from core.requests import GuidanceSettings
from core.tasks.generate import generate
from tests.core.tasks.asking import ask, break_off, hashes, run

ContextMaker = Callable[[str], JobContext]


def watching(context: JobContext) -> JobContext:
    context.dissects.set()
    return context


def told(events: list[object]) -> tuple[Reading, ...]:
    return [event for event in events if isinstance(event, Dissected)][-1].readings


@pytest.fixture
def engine(tmp_path: Path, context: ContextMaker) -> Engine:
    """On the contexts' home and models."""
    return Engine(context("x").home, tmp_path / "models", keep_queue=False)


def test_pictures_are_the_same_to_the_bit(context: ContextMaker) -> None:
    for sampler in ("heun", "ddpm"):
        request = ask(count=2, sampler=sampler, guidance=GuidanceSettings(3.0, (0.2, 0.8), rescale=0.5))
        plain, seen = run(request, context(f"plain-{sampler}")), run(request, watching(context(f"seen-{sampler}")))
        assert hashes(plain) == hashes(seen)
        assert not [event for event in plain if isinstance(event, Dissected)]
        readings = told(seen)
        assert [reading.step for reading in readings] == [1, 2, 3, 4, 5, 6]
        # Heun evaluates twice a step, but once where a flow begins and where it ends.
        evaluations = [len(reading.log_snr) for reading in readings]
        assert evaluations == ([1, 2, 2, 2, 2, 1] if sampler == "heun" else [1] * 6)
        # The interval: the first step begins at no part of the run done, the third at a third of it.
        assert math.isnan(readings[0].figure(1, Quantity.ANGLE))
        assert readings[2].figure(1, Quantity.SCALE) == 3.0
        assert readings[2].figure(1, Quantity.ADDED, Space.NOISE) > 0


def test_readings_are_kept_with_the_steps_and_with_the_picture(context: ContextMaker, engine: Engine) -> None:
    live = told(run(ask(count=2, keep_trajectory=True), watching(context("job"))))
    kept = engine.dissection("job")
    assert len(kept) == len(live) == 6
    for one, other in zip(live, kept, strict=True):
        assert (one.step, one.items, one.log_snr) == (other.step, other.items, other.log_snr)
        np.testing.assert_array_equal(one.figures, other.figures)
    (context("x").home / "trajectories" / "job.steps").unlink()
    saved = newest(engine.dissection("job"), 1)
    assert [reading.items for reading in saved] == [(1,)] * 6
    assert saved[3].figure(1, Quantity.ANGLE) == live[3].figure(1, Quantity.ANGLE)
    run(ask(), context("plain"))
    assert engine.dissection("plain") == engine.dissection("no-such-job") == ()


def test_it_can_begin_in_the_middle_and_goes_on_with_a_broken_off_run(context: ContextMaker, engine: Engine) -> None:
    job = context("late")
    for event in generate(ask(), job):
        if isinstance(event, Progress) and event.note == "step 3 of 6":
            job.dissects.set()
    assert [reading.step for reading in engine.dissection("late")] == [4, 5, 6]
    break_off(ask(seed=8), watching(context("broken")), 2)
    run(ask(seed=8), watching(context("broken")))
    assert [reading.step for reading in newest(engine.dissection("broken"), 0)] == [1, 2, 3, 4, 5, 6]


def test_sketches_are_told_of_and_not_kept(context: ContextMaker, engine: Engine) -> None:
    assert len(told(run(ask(kept=False), watching(context("sketch"))))) == 6
    assert engine.dissection("sketch") == ()


def test_a_record_holds_all_of_a_reading() -> None:
    figures = np.arange(2 * len(Quantity) * 2, dtype=np.float32).reshape(1, 2, len(Quantity), 2)
    maps = (np.full((2, 3, 2, 2), 0.25, np.float16),)
    reading = Reading(4, (3, 5), (-math.inf,), figures, (("a",), ("a", "cube")), ("up",), maps, np.ones((1, 2)))
    again = reading_of(*record_of(reading))
    assert (again.step, again.items, again.log_snr, again.words) == (4, (3, 5), (-math.inf,), reading.words)
    np.testing.assert_array_equal(again.figures, figures)
    alone = again.alone(5)
    assert (alone.items, alone.words_of(5)) == ((5,), ("a", "cube"))
    assert alone.figure(5, Quantity.ANGLE) == figures[0, 0, Quantity.ANGLE, 1]


def test_a_slow_reader_finds_the_newest_word_alone() -> None:
    mailbox = Mailbox()
    for _ in range(3):
        mailbox.post(Dissected("job", ()))
    assert not mailbox.pressing
    assert mailbox.drain() == [Dissected("job", ())]
