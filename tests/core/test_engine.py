from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.artifacts.artifact import FIRST_PROJECT
from core.engine import ENGINE, Engine
from core.errors import RequestError
from core.jobs.context import JobContext
from core.jobs.event import (
    TERMINAL,
    Cancelled,
    Done,
    Event,
    Failed,
    Fault,
    Notice,
    Produced,
    Progress,
    Queued,
    QueueHeld,
    Remembered,
    Started,
)
from core.jobs.job import Job
from core.jobs.lookup import Task, find_preparation, find_task
from core.jobs.mailbox import Mailbox
from core.models.loader import _loaded, load_model
from core.models.registry import ModelRegistry
from core.requests import ImageRequest
from tests.core.models.mixture_model import install_mixture

PATIENCE = 20.0
"""Seconds after which a test that waits for an event is broken."""


def collect(mailbox: Mailbox, until: Callable[[list[Event]], bool]) -> list[Event]:
    events: list[Event] = []
    while not until(events):
        fresh = mailbox.wait(PATIENCE)
        assert fresh, f"nothing came in {PATIENCE} s after {events}"
        events += fresh
    return events


def ended(count: int = 1) -> Callable[[list[Event]], bool]:
    return lambda events: sum(isinstance(event, TERMINAL) for event in events) >= count


def engine_with(home: Path, play: Task, **options: Any) -> Engine:
    return Engine(home, home / "models", find_task=lambda _: play, **options)


class Endless:
    """A task that passes pause points until it is stopped; `under_way` tells that it runs."""

    def __init__(self) -> None:
        self.under_way = threading.Event()

    def __call__(self, _: ImageRequest, context: JobContext) -> Iterator[Event]:
        yield Progress(context.job_id, 1, 9, 0.0)
        while True:
            self.under_way.set()
            context.pause_point()


def brief(_: ImageRequest, context: JobContext) -> Iterator[Event]:
    yield Progress(context.job_id, 1, 1, 0.0)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_prompt_becomes_a_kept_picture(home: Path, tmp_path: Path) -> None:
    install_mixture(tmp_path / "models")
    engine = Engine(home, tmp_path / "models")
    mailbox = engine.subscribe()
    engine.start()
    job_id = engine.submit(ImageRequest("a red cube", model_id="mixture", steps=3))
    events = collect(mailbox, ended())
    artifacts = [event.artifact for event in events if isinstance(event, Produced)]
    assert isinstance(events[-1], Done)
    assert [artifact.id for artifact in artifacts] == [f"{job_id}-01"]
    assert engine.history.page() == tuple(artifacts)
    assert [card.id for card in engine.cards()] == ["mixture"]
    engine.close()


def test_a_jobs_steps_go_with_the_last_of_its_pictures(home: Path, tmp_path: Path) -> None:
    install_mixture(tmp_path / "models")
    with Engine(home, tmp_path / "models") as engine:
        mailbox = engine.subscribe()
        pair = engine.submit(ImageRequest("two", model_id="mixture", steps=2, count=2))
        other = engine.submit(ImageRequest("one", model_id="mixture", steps=2))
        collect(mailbox, ended(2))
        engine.history.delete([f"{pair}-01"])
        engine.history.empty_bin(days=0.0)
        assert engine.trajectory(pair) is not None
        engine.history.delete([f"{pair}-02"])
        assert engine.trajectory(pair) is not None
        engine.history.empty_bin(days=0.0)
        assert engine.trajectory(pair) is None
        assert engine.trajectory(other) is not None


def test_a_job_that_may_go_on_keeps_its_steps(home: Path, tmp_path: Path) -> None:
    install_mixture(tmp_path / "models")

    def halting(request: Any, context: JobContext) -> Iterator[Event]:
        for event in find_task(request)(request, context):
            yield event
            while isinstance(event, Produced):
                context.pause_point()

    with Engine(home, tmp_path / "models", find_task=lambda _: halting) as engine:
        mailbox = engine.subscribe()
        job_id = engine.submit(ImageRequest("two", model_id="mixture", steps=2, count=2, batch=1))
        collect(mailbox, lambda events: any(isinstance(event, Produced) for event in events))
        engine.cancel(job_id)
        collect(mailbox, ended())
        engine.history.delete(engine.history.ids())
        engine.history.empty_bin(days=0.0)
        assert [each.job.id for each in engine.ended()] == [job_id]
        assert engine.trajectory(job_id) is not None


def test_importing_the_engine_loads_no_torch() -> None:
    code = "import core.engine, core.artifacts.image, core.history.recovery, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_queued_comes_before_started_and_says_how_many_wait_before(home: Path) -> None:
    engine = engine_with(home, brief)
    mailbox = engine.subscribe()
    ids = [engine.submit(ImageRequest("x")) for _ in range(3)]
    engine.start()
    events = collect(mailbox, ended(3))
    engine.close()
    assert [event.ahead for event in events if isinstance(event, Queued)] == [0, 1, 2]
    for job_id in ids:
        assert [type(event) for event in events if event.job_id == job_id][:2] == [Queued, Started]


def test_a_running_job_counts_as_ahead_and_is_listed_first(home: Path) -> None:
    endless = Endless()
    engine = engine_with(home, endless)
    mailbox = engine.subscribe()
    engine.start()
    first = engine.submit(ImageRequest("first"))
    assert endless.under_way.wait(PATIENCE)
    second = engine.submit(ImageRequest("second"))
    assert Queued(second, 1) in mailbox.drain()
    assert [job.id for job in engine.jobs()] == [first, second]
    engine.close()
    assert engine.jobs() == ()


def test_cancel_stops_a_running_and_a_waiting_job_and_knows_no_other(home: Path) -> None:
    endless = Endless()
    engine = engine_with(home, endless)
    mailbox = engine.subscribe()
    engine.start()
    running = engine.submit(ImageRequest("x"))
    assert endless.under_way.wait(PATIENCE)
    waiting = engine.submit(ImageRequest("y"))
    assert not engine.remove(running)
    assert engine.cancel(waiting)
    assert engine.cancel(running)
    ends = [event for event in collect(mailbox, ended(2)) if isinstance(event, TERMINAL)]
    assert ends == [Cancelled(waiting, 0, 0), Cancelled(running, 1, 9)]
    assert not engine.cancel(running)
    engine.close()


def test_a_paused_engine_takes_no_job_until_it_goes_on(home: Path) -> None:
    engine = engine_with(home, brief)
    mailbox = engine.subscribe()
    engine.pause()
    engine.start()
    engine.submit(ImageRequest("x"))
    assert engine.paused
    assert [type(event) for event in mailbox.drain()] == [QueueHeld, Queued]
    engine.resume()
    assert not engine.paused
    assert isinstance(collect(mailbox, ended())[-1], Done)
    engine.close()


def test_a_close_ends_every_job_once_and_closes_the_mailboxes(home: Path) -> None:
    endless = Endless()
    engine = engine_with(home, endless)
    mailbox = engine.subscribe()
    engine.start()
    ids = [engine.submit(ImageRequest("x")) for _ in range(3)]
    assert endless.under_way.wait(PATIENCE)
    engine.close()
    engine.close()
    ends = [event for event in mailbox.drain() if isinstance(event, TERMINAL)]
    assert [event.job_id for event in ends] == ids
    assert all(isinstance(event, Cancelled) for event in ends)
    assert mailbox.closed
    with pytest.raises(RequestError, match="the engine is closed"):
        engine.submit(ImageRequest("x"))


def test_an_engine_that_never_started_ends_its_jobs_too(home: Path) -> None:
    engine = engine_with(home, brief)
    mailbox = engine.subscribe()
    job_id = engine.submit(ImageRequest("x"))
    engine.close()
    assert mailbox.drain() == [Queued(job_id, 0), Cancelled(job_id, 0, 0)]


def test_unfinished_jobs_come_back_in_order_and_finished_ones_do_not(home: Path) -> None:
    endless = Endless()
    engine = engine_with(
        home, lambda request, context: (endless if request.prompt == "long" else brief)(request, context)
    )
    mailbox = engine.subscribe()
    engine.start()
    engine.submit(ImageRequest("short"))
    long = engine.submit(ImageRequest("long"))
    waiting, removed = engine.submit(ImageRequest("waiting")), engine.submit(ImageRequest("removed"))
    assert endless.under_way.wait(PATIENCE)
    engine.remove(removed)
    engine.close()

    again = engine_with(home, brief)
    mailbox = again.subscribe()
    again.start()
    events = collect(mailbox, ended(2))
    again.close()
    assert [event.job_id for event in events if isinstance(event, Done)] == [long, waiting]

    third = engine_with(home, brief)
    mailbox = third.subscribe()
    third.start()
    own = third.submit(ImageRequest("own"))
    events = [event for event in collect(mailbox, ended()) if not isinstance(event, Remembered)]
    assert {event.job_id for event in events} == {own}
    third.close()


def test_a_second_engine_on_the_same_home_leaves_the_first_ones_queue_alone(home: Path) -> None:
    endless = Endless()
    first = engine_with(home, endless)
    first.start()
    first.submit(ImageRequest("x"))
    assert endless.under_way.wait(PATIENCE)
    second = engine_with(home, brief)
    mailbox = second.subscribe()
    second.start()
    own = second.submit(ImageRequest("own"))
    events = collect(mailbox, ended())
    assert {event.job_id for event in events} == {own, ENGINE}
    assert any(isinstance(event, Notice) and "another Noisette" in event.sentence for event in events)
    second.close()
    first.close()


def test_an_engine_that_keeps_no_queue_neither_writes_nor_takes_one(home: Path) -> None:
    first = engine_with(home, brief)
    kept = first.submit(ImageRequest("kept"))
    first.close()
    passing = engine_with(home, brief, keep_queue=False)
    passing.submit(ImageRequest("passing"))
    passing.close()
    third = engine_with(home, brief)
    mailbox = third.subscribe()
    third.start()
    events = collect(mailbox, ended())
    third.close()
    assert {event.job_id for event in events} == {kept}


def test_a_held_queue_stays_held_after_a_restart_and_says_so(home: Path) -> None:
    first = engine_with(home, brief)
    first.start()
    first.pause()
    waiting = first.submit(ImageRequest("x"))
    first.close()

    again = engine_with(home, brief)
    mailbox = again.subscribe()
    again.start()
    events = collect(mailbox, lambda seen: Queued(waiting, 0) in seen)
    assert events == [QueueHeld(ENGINE, True), Queued(waiting, 0)]
    assert again.paused
    again.resume()
    assert isinstance(collect(mailbox, ended())[-1], Done)
    again.close()

    third = engine_with(home, brief)
    third.start()
    third.close()
    assert not third.paused


def test_waiting_jobs_are_moved_and_keep_their_new_order_over_a_restart(home: Path) -> None:
    endless = Endless()
    engine = engine_with(home, endless)
    mailbox = engine.subscribe()
    engine.start()
    running = engine.submit(ImageRequest("x"))
    assert endless.under_way.wait(PATIENCE)
    a, b, c = (engine.submit(ImageRequest(name)) for name in "abc")
    mailbox.drain()
    assert engine.move(c, 0)
    assert mailbox.drain() == [Queued(c, 1)]
    assert not engine.move(running, 1)
    urgent = engine.submit(ImageRequest("urgent"), first=True)
    assert [job.id for job in engine.jobs()] == [running, urgent, c, a, b]
    engine.close()

    again = engine_with(home, brief)
    mailbox = again.subscribe()
    again.start()
    events = collect(mailbox, ended(5))
    again.close()
    assert [event.job_id for event in events if isinstance(event, Done)] == [running, urgent, c, a, b]


def test_what_was_cancelled_and_what_failed_is_remembered_over_restarts(home: Path) -> None:
    def play(_: ImageRequest, context: JobContext) -> Iterator[Event]:
        yield Progress(context.job_id, 6, 9, 0.0)
        raise RequestError("7 is odd; give an even number")

    engine = engine_with(home, play)
    mailbox = engine.subscribe()
    engine.pause()
    engine.start()
    failing, removed = engine.submit(ImageRequest("fails")), engine.submit(ImageRequest("waits"))
    engine.cancel(removed)
    engine.resume()
    collect(mailbox, ended(2))
    kept = engine.ended()
    engine.close()
    assert [(each.job.id, type(each.end), each.done, each.total) for each in kept] == [
        (removed, Cancelled, 0, 0),
        (failing, Failed, 6, 9),
    ]

    again = engine_with(home, brief)
    mailbox = again.subscribe()
    again.start()
    events = collect(mailbox, lambda seen: len(seen) == 2)
    assert events == [Remembered(each.job.id, each) for each in kept]
    assert again.ended() == kept
    again.forget(removed)
    assert [each.job.id for each in again.ended()] == [failing]
    again.forget()
    again.close()

    third = engine_with(home, brief)
    third.start()
    third.close()
    assert third.ended() == ()


def test_an_ended_job_is_taken_up_again_under_its_own_id(home: Path) -> None:
    endless = Endless()
    engine = engine_with(home, lambda request, context: (brief if request.steps == 3 else endless)(request, context))
    mailbox = engine.subscribe()
    engine.start()
    job_id = engine.submit(ImageRequest("x"))
    assert endless.under_way.wait(PATIENCE)
    engine.cancel(job_id)
    collect(mailbox, ended())
    assert not engine.resume_job("unknown")
    engine.pause()
    other = engine.submit(ImageRequest("other", steps=3))
    assert engine.resume_job(job_id, ImageRequest("x", steps=3))
    assert not engine.resume_job(job_id)
    assert engine.ended() == ()
    assert engine.jobs()[0] == Job(job_id, ImageRequest("x", steps=3))
    engine.close()

    again = engine_with(home, brief)
    mailbox = again.subscribe()
    again.start()
    again.resume()
    events = collect(mailbox, ended(2))
    assert [event.job_id for event in events if isinstance(event, Done)] == [job_id, other]
    assert not any(isinstance(event, Remembered) for event in events)
    again.close()
    with pytest.raises(RequestError, match="the engine is closed"):
        again.submit(ImageRequest("x"))


def test_a_jobs_project_outlives_restarts_cancellation_and_resuming(home: Path, tmp_path: Path) -> None:
    install_mixture(tmp_path / "models")
    first = Engine(home, tmp_path / "models")
    project = first.history.projects.add("Marble").number
    job_id = first.submit(ImageRequest("a red cube", model_id="mixture", steps=2), project=project)
    first.close()

    second = Engine(home, tmp_path / "models")
    second.pause()
    mailbox = second.subscribe()
    second.start()
    collect(mailbox, lambda events: any(isinstance(event, Queued) for event in events))
    assert [(job.id, job.project) for job in second.jobs()] == [(job_id, project)]
    second.cancel(job_id)
    second.close()

    third = Engine(home, tmp_path / "models")
    mailbox = third.subscribe()
    third.start()
    collect(mailbox, lambda events: any(isinstance(event, Remembered) for event in events))
    third.resume()
    assert third.resume_job(job_id)
    events = collect(mailbox, ended(1))
    made = [event.artifact for event in events if isinstance(event, Produced)]
    assert [artifact.project for artifact in made] == [project]
    assert third.history.page(project=project) == tuple(made)
    assert third.history.page(project=FIRST_PROJECT) == ()
    third.close()


def test_a_sketch_is_neither_kept_nor_remembered(home: Path) -> None:
    engine = engine_with(home, brief)
    kept, sketch = engine.submit(ImageRequest("x")), engine.submit(ImageRequest("x", kept=False), first=True)
    assert [job.id for job in engine.jobs()] == [sketch, kept]
    engine.cancel(sketch)
    engine.submit(ImageRequest("x", kept=False))
    assert engine.ended() == ()
    engine.close()
    again = engine_with(home, brief)
    mailbox = again.subscribe()
    again.start()
    assert {event.job_id for event in collect(mailbox, ended())} == {kept}
    again.close()


def test_a_fault_of_the_worker_itself_is_told_and_the_next_job_runs(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.jobs.work_thread.FAULT_REST_S", 0.001)
    engine = engine_with(home, brief)
    mailbox = engine.subscribe()
    pull, broken = engine._worker._pull, [True]

    def fragile(running: Any) -> None:
        if broken.pop() if broken else False:
            raise RuntimeError("the queue lost its place")
        pull(running)

    monkeypatch.setattr(engine._worker, "_pull", fragile)
    engine.start()
    first, second = engine.submit(ImageRequest("x")), engine.submit(ImageRequest("y"))
    events = collect(mailbox, ended(2))
    engine.close()
    [fault] = [event for event in events if isinstance(event, Fault)]
    assert "the queue lost its place" in fault.sentence
    assert "fragile" in fault.details
    assert [(type(event), event.job_id) for event in events if isinstance(event, TERMINAL)] == [
        (Failed, first),
        (Done, second),
    ]


def test_a_home_that_can_not_be_used_is_told_and_jobs_still_end(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    engine = engine_with(blocked, brief)
    mailbox = engine.subscribe()
    engine.start()
    job_id = engine.submit(ImageRequest("x"))
    events = collect(mailbox, ended())
    engine.close()
    assert isinstance(events[-1], Done)
    assert events[-1].job_id == job_id
    assert any(isinstance(event, Notice) and "earlier session" in event.sentence for event in events)


def test_wake_tells_another_thread_that_something_came(home: Path) -> None:
    woken = threading.Event()
    engine = engine_with(home, brief)
    mailbox = engine.subscribe(woken.set)
    engine.start()
    engine.submit(ImageRequest("x"))
    assert woken.wait(PATIENCE)
    assert mailbox.drain()
    engine.close()


def test_a_model_is_loaded_before_a_job_needs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, done = list[str](), threading.Event()

    def load(_registry: ModelRegistry, model_id: str) -> None:
        loaded.append(model_id)
        if model_id == "broken":
            raise RequestError("'broken' is not installed; choose one of: none")
        if model_id == "mixture":
            done.set()

    monkeypatch.setattr("core.engine.find_preparation", lambda: load)
    with engine_with(tmp_path, Endless(), prepares=True) as engine:
        engine.prepare("broken")
        engine.prepare("mixture")
        assert done.wait(PATIENCE)
    assert loaded[-1] == "mixture"
    with engine_with(tmp_path, Endless()) as engine:
        before = list(loaded)
        engine.prepare("mixture")
    assert loaded == before


def test_a_job_that_comes_while_a_model_fails_to_load_runs(tmp_path: Path) -> None:
    ran = threading.Event()

    def play(_request: Any, context: JobContext) -> Iterator[Event]:
        ran.set()
        yield Progress(context.job_id, 1, 1, 0.0, "done")

    with engine_with(tmp_path, play, prepares=True) as engine:
        mailbox = engine.subscribe()
        engine.prepare("not installed")
        engine.submit(ImageRequest("a red cube"))
        collect(mailbox, ended())
    assert ran.is_set()


def test_preparing_loads_the_model(tmp_path: Path) -> None:
    install_mixture(tmp_path)
    find_preparation()(ModelRegistry((tmp_path,)), "mixture")
    kept = _loaded.cache_info().currsize
    assert load_model(ModelRegistry((tmp_path,)), "mixture").device.type
    assert _loaded.cache_info().currsize == kept
