from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.jobs.broadcast import Broadcast
from core.jobs.event import Cancelled, Done, Event, Notice, Preview, Progress, Started
from core.jobs.mailbox import Mailbox


def progress(job: str, done: int) -> Progress:
    return Progress(job, done, 10, 0.0)


def preview(job: str, index: int) -> Preview:
    return Preview(job, index, 10, 1.0, 0.0, np.zeros((1, 2, 2, 3), np.uint8))


def test_only_the_newest_progress_and_preview_of_each_job_are_kept() -> None:
    mailbox = Mailbox()
    for event in (progress("a", 1), progress("b", 1), preview("a", 1), progress("a", 2), preview("a", 2)):
        mailbox.post(event)
    kept = [(type(event), event.job_id, getattr(event, "done", None)) for event in mailbox.drain()]
    assert kept == [(Progress, "b", 1), (Progress, "a", 2), (Preview, "a", None)]


def test_a_drain_empties_the_mailbox() -> None:
    mailbox = Mailbox()
    mailbox.post(Started("a"))
    assert mailbox.drain() == [Started("a")]
    assert mailbox.drain() == []


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3))))
def test_nothing_else_is_dropped_and_order_is_kept(script: list[tuple[str, int]]) -> None:
    mailbox = Mailbox()
    makers = (progress, lambda job, n: Notice(job, str(n)), preview, lambda job, n: Done(job, n))
    sent: list[Event] = [makers[kind](job, number) for number, (job, kind) in enumerate(script)]
    for event in sent:
        mailbox.post(event)
    kept = mailbox.drain()
    places = [next(place for place, other in enumerate(sent) if other is event) for event in kept]
    assert places == sorted(places)
    assert [e for e in kept if isinstance(e, Notice | Done)] == [e for e in sent if isinstance(e, Notice | Done)]
    for job in "ab":
        for kind in (Progress, Preview):
            of_kind = [e for e in sent if isinstance(e, kind) and e.job_id == job]
            assert [e is of_kind[-1] for e in kept if isinstance(e, kind) and e.job_id == job] == [True] * bool(of_kind)


def test_wake_is_called_when_it_turns_non_empty_and_when_it_closes() -> None:
    calls: list[str] = []
    mailbox = Mailbox(lambda: calls.append("wake"))
    mailbox.post(Started("a"))
    mailbox.post(Done("a", 1.0))
    assert calls == ["wake"]
    assert mailbox.pressing
    mailbox.drain()
    mailbox.post(Started("b"))
    assert calls == ["wake", "wake"]
    mailbox.close()
    assert calls == ["wake"] * 3


def test_wake_is_called_again_when_something_lasting_joins_what_only_progresses() -> None:
    calls: list[str] = []
    mailbox = Mailbox(lambda: calls.append("wake"))
    for done in (1, 2, 3):
        mailbox.post(Progress("a", done, 8, 0.1))
    assert (calls, mailbox.pressing) == (["wake"], False)
    mailbox.post(Done("a", 1.0))
    mailbox.post(Started("b"))
    assert (calls, mailbox.pressing) == (["wake"] * 2, True)
    mailbox.drain()
    assert not mailbox.pressing


def test_a_failing_wake_reaches_the_log_and_not_the_sender(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise RuntimeError("listener broke")

    mailbox = Mailbox(fail)
    mailbox.post(Started("a"))
    assert mailbox.drain() == [Started("a")]
    assert "listener broke" in caplog.text


def test_wait_returns_at_the_first_event_of_another_thread() -> None:
    mailbox = Mailbox()
    sender = threading.Thread(target=mailbox.post, args=(Started("a"),))
    sender.start()
    assert mailbox.wait(60) == [Started("a")]
    sender.join()


def test_wait_returns_empty_at_its_timeout_and_at_the_close() -> None:
    mailbox = Mailbox()
    assert mailbox.wait(0) == []
    closer = threading.Thread(target=mailbox.close)
    closer.start()
    assert mailbox.wait() == []
    closer.join()


def test_what_was_unread_at_the_close_can_still_be_drained_and_no_more_comes() -> None:
    mailbox = Mailbox()
    mailbox.post(Started("a"))
    mailbox.close()
    mailbox.post(Done("a", 1.0))
    assert mailbox.drain() == [Started("a")]


def test_a_broadcast_reaches_every_open_mailbox_from_its_opening_on() -> None:
    broadcast = Broadcast()
    first = broadcast.subscribe()
    broadcast.send(Started("a"))
    second = broadcast.subscribe()
    first_closed = broadcast.subscribe()
    first_closed.close()
    broadcast.send(Cancelled("a", 0, 0))
    assert first.drain() == [Started("a"), Cancelled("a", 0, 0)]
    assert second.drain() == [Cancelled("a", 0, 0)]
    assert first_closed.drain() == []


def test_a_closed_broadcast_gives_closed_mailboxes() -> None:
    broadcast = Broadcast()
    open_one = broadcast.subscribe()
    broadcast.close()
    assert open_one.closed
    assert broadcast.subscribe().closed
