from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NoisetteError
from core.jobs.context import JobContext
from core.jobs.event import TERMINAL, Cancelled, Done, Event, Failed, Notice, Progress, Queued, Started
from core.jobs.gate import JobInterrupted
from core.jobs.lookup import find_task
from core.requests import ImageRequest
from tests.core.jobs.hand_driven import Bench, names, task


def progress(job: str, done: int) -> Progress:
    return Progress(job, done, 5, 0.0)


def test_a_job_lives_in_order_and_ends_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a=task(progress("a", 1), Notice("a", "look"), progress("a", 2)))
    assert names(bench.run()) == ["Queued", "Started", "Progress", "Notice", "Progress", "Done"]
    assert bench.finished == ["a"]


def test_done_tells_the_seconds_since_the_start(tmp_path: Path) -> None:
    bench = Bench(tmp_path)

    def play(_: ImageRequest, __: JobContext) -> Iterator[Event]:
        bench.clock.now += 2.5
        yield progress("a", 1)

    bench.tasks["a"] = play
    bench.add("a")
    assert bench.run()[-1] == Done("a", 2.5)


def test_jobs_run_one_after_another_in_order(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a=task(progress("a", 1)), b=task(progress("b", 1)))
    events = bench.run()
    assert [event.job_id for event in events if isinstance(event, Started | Done)] == ["a", "a", "b", "b"]
    assert [event.ahead for event in events if isinstance(event, Queued)] == [0, 1]


@pytest.mark.parametrize("error", [ValueError("odd"), SystemExit(3), KeyboardInterrupt(), StopAsyncIteration()])
def test_any_exception_of_a_task_is_one_failure_with_its_traceback(tmp_path: Path, error: BaseException) -> None:
    bench = Bench(tmp_path, a=task(progress("a", 1), error), b=task())
    events = bench.run()
    assert names(events) == ["Queued", "Queued", "Started", "Progress", "Failed", "Started", "Done"]
    failure = next(event for event in events if isinstance(event, Failed))
    assert "unexpected" in failure.sentence
    assert type(error).__name__ in failure.details


def test_our_own_errors_are_shown_as_they_stand(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a=task(NoisetteError("7 is odd; give an even number")))
    failure = bench.run()[-1]
    assert isinstance(failure, Failed)
    assert failure.sentence == "7 is odd; give an even number"


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes")]
)
def test_a_lack_of_memory_has_a_remedy(tmp_path: Path, error: Exception) -> None:
    failure = Bench(tmp_path, a=task(error)).run()[-1]
    assert isinstance(failure, Failed)
    assert "fewer pictures" in failure.sentence


def test_a_task_that_can_not_be_found_fails_its_job(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.add("a")
    assert names(bench.run()) == ["Queued", "Started", "Failed"]


def test_a_cancelled_job_says_how_far_it_came_and_pulls_no_more(tmp_path: Path) -> None:
    def forbidden(_: JobContext) -> None:
        raise AssertionError("worked on after the cancellation")

    bench = Bench(tmp_path, a=task(progress("a", 3), forbidden))
    bench.worker.step()
    bench.worker.step()
    bench.gate.interrupt()
    assert bench.run()[-1] == Cancelled("a", 3, 5)
    assert bench.finished == ["a"]
    assert bench.ends == [(Cancelled("a", 3, 5), 3, 5)]


def test_a_failure_is_handed_on_with_how_far_it_came(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a=task(progress("a", 3), NoisetteError("7 is odd; give an even number")))
    bench.run()
    [(event, done, total)] = bench.ends
    assert isinstance(event, Failed)
    assert (done, total) == (3, 5)


def test_a_worker_that_broke_gives_its_job_up(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a=task(progress("a", 1), progress("a", 2)))
    bench.worker.step()
    bench.worker.step()
    bench.worker.give_up(RuntimeError("the mailboxes are gone"))
    bench.worker.give_up(RuntimeError("again"))
    events = bench.mailbox.drain()
    assert names(events) == ["Queued", "Started", "Progress", "Failed"]
    assert bench.finished == ["a"]


def test_a_cancellation_between_two_evaluations_of_one_step_is_seen_at_the_pause_point(tmp_path: Path) -> None:
    evaluations: list[int] = []

    def play(_: ImageRequest, context: JobContext) -> Iterator[Event]:
        for number in range(4):
            context.pause_point()
            evaluations.append(number)
            if number == 1:
                context.gate.interrupt()
        yield progress("a", 1)

    bench = Bench(tmp_path, a=play)
    assert names(bench.run()) == ["Queued", "Started", "Cancelled"]
    assert evaluations == [0, 1]


def test_a_cancellation_of_one_job_does_not_touch_the_next(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a=task(progress("a", 1)), b=task(progress("b", 1)))
    bench.worker.step()
    bench.gate.interrupt()
    ends = [event for event in bench.run() if isinstance(event, TERMINAL)]
    assert [(type(event), event.job_id) for event in ends] == [(Cancelled, "a"), (Done, "b")]


def test_a_generator_whose_close_raises_ends_as_one_failure(tmp_path: Path) -> None:
    def play(_: ImageRequest, __: JobContext) -> Iterator[Event]:
        try:
            yield progress("a", 1)
            yield progress("a", 2)
        finally:
            raise OSError("could not tidy up")

    bench = Bench(tmp_path, a=play)
    bench.worker.step()
    bench.worker.step()
    bench.gate.interrupt()
    events = bench.run()
    assert names(events)[-1] == "Failed"
    assert sum(isinstance(event, TERMINAL) for event in events) == 1


def test_a_generator_that_goes_on_after_its_close_ends_as_one_failure(tmp_path: Path) -> None:
    def play(_: ImageRequest, __: JobContext) -> Iterator[Event]:
        while True:
            try:
                yield progress("a", 1)
            except GeneratorExit:
                yield progress("a", 2)

    bench = Bench(tmp_path, a=play)
    bench.worker.step()
    bench.worker.step()
    bench.gate.interrupt()
    events = bench.run()
    assert isinstance(events[-1], Failed)
    assert "GeneratorExit" in events[-1].details


def test_a_task_may_end_itself_and_what_it_says_after_is_not_heard(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a=task(Done("a", 9.0), progress("a", 1)))
    assert bench.run()[1:] == [Started("a"), Done("a", 9.0)]


@pytest.mark.parametrize("stray", [Started("a"), Queued("a", 0), Notice("b", "not mine")])
def test_a_task_that_sends_what_is_not_its_own_fails(tmp_path: Path, stray: Event) -> None:
    assert names(Bench(tmp_path, a=task(stray, progress("a", 1))).run()) == ["Queued", "Started", "Failed"]


def test_while_paused_nothing_moves_and_then_it_goes_on(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a=task(progress("a", 1), progress("a", 2)))
    bench.gate.set_paused(True)
    assert not bench.worker.ready
    assert names(bench.run()) == ["Queued"]
    bench.gate.set_paused(False)
    assert bench.worker.ready
    bench.worker.step()
    bench.worker.step()
    bench.gate.set_paused(True)
    assert names(bench.run()) == ["Started", "Progress"]
    bench.gate.set_paused(False)
    assert names(bench.run()) == ["Progress", "Done"]


def test_a_paused_job_can_be_cancelled(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a=task(progress("a", 1), progress("a", 2)))
    bench.worker.step()
    bench.worker.step()
    bench.gate.set_paused(True)
    bench.gate.interrupt()
    assert bench.worker.ready
    assert names(bench.run())[-1] == "Cancelled"


def test_a_job_that_a_close_stopped_is_not_finished_so_it_comes_back(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a=task(progress("a", 1), progress("a", 2)))
    bench.worker.step()
    bench.worker.step()
    bench.gate.close()
    assert names(bench.run())[-1] == "Cancelled"
    assert bench.finished == []


def test_a_job_cancelled_just_before_a_close_does_not_come_back(tmp_path: Path) -> None:
    bench = Bench(tmp_path, a=task(progress("a", 1), progress("a", 2)))
    bench.worker.step()
    bench.worker.step()
    bench.gate.interrupt()
    bench.gate.close()
    bench.worker.close()
    assert bench.finished == ["a"]


MOVES: dict[str, Callable[[str], object]] = {
    "progress": lambda job: progress(job, 1),
    "notice": lambda job: Notice(job, "n"),
    "done": lambda job: Done(job, 1.0),
    "stray": lambda job: Started(job),
    "error": lambda _: ValueError("x"),
    "stop": lambda _: JobInterrupted(),
    "interrupt": lambda _: lambda context: context.gate.interrupt(),
    "close": lambda _: lambda context: context.gate.close(),
    "pause_point": lambda _: lambda context: context.pause_point(),
}


@given(st.lists(st.lists(st.sampled_from(sorted(MOVES)), max_size=6), min_size=1, max_size=4))
def test_every_job_that_starts_ends_exactly_once_whatever_it_does(
    tmp_path_factory: pytest.TempPathFactory, scripts: list[list[str]]
) -> None:
    jobs = {f"j{n}": task(*(MOVES[move](f"j{n}") for move in script)) for n, script in enumerate(scripts)}
    bench = Bench(tmp_path_factory.mktemp("home"), **jobs)
    events = bench.run()
    bench.worker.close()
    events += bench.mailbox.drain()
    for job in jobs:
        own = [event for event in events if event.job_id == job]
        started = sum(isinstance(event, Started) for event in own)
        assert started <= 1
        assert sum(isinstance(event, TERMINAL) for event in own) == started
        assert not started or isinstance(own[-1], TERMINAL)


def test_a_request_of_no_known_kind_names_the_known_ones() -> None:
    with pytest.raises(NoisetteError, match=r"a str can't be carried out; give one of ImageRequest"):
        find_task("a red cube")  # type: ignore[arg-type]
