"""The bridge's pace: what lasts comes at once, what only progresses comes in its newest state and not too often."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QTimer
from pytestqt.qtbot import QtBot

from core.jobs.event import Done, Event, Preview, Progress, Started
from core.jobs.mailbox import Mailbox
from studio.background import Background
from studio.bridge import REST_MS, Bridge


class Posting:
    """Stands for an engine whose events the test posts by hand."""

    def __init__(self) -> None:
        self.mailbox = Mailbox()
        self.closed = False

    def subscribe(self, wake: object) -> Mailbox:
        self.mailbox = Mailbox(wake)  # type: ignore[arg-type]
        return self.mailbox

    def start(self) -> None:
        """Nothing works behind it."""

    def close(self) -> None:
        """Nothing to stop, but it is told."""
        self.closed = True


@pytest.fixture
def posting() -> Posting:
    return Posting()


@pytest.fixture
def bridge(qtbot: QtBot, posting: Posting) -> Bridge:
    background = Background()
    bridge = Bridge(lambda: posting, background)  # type: ignore[arg-type, return-value]
    with qtbot.waitSignal(bridge.opened):
        bridge.open()
    background.close()
    return bridge


def progress(done: int) -> Progress:
    return Progress("a", done, 8, float(done))


def heard(bridge: Bridge) -> list[Event]:
    events: list[Event] = []
    bridge.happened.connect(events.append)
    return events


def resting(bridge: Bridge) -> bool:
    return any(timer.isActive() for timer in bridge.findChildren(QTimer))


def preview(done: int) -> Preview:
    return Preview("a", done - 1, 8, 1.0, 0.0, np.zeros((1, 2, 2, 3), np.uint8))


def test_a_first_progress_comes_with_its_preview_and_the_next_after_a_rest(
    qtbot: QtBot, bridge: Bridge, posting: Posting
) -> None:
    events, settled = heard(bridge), list[int]()
    bridge.settled.connect(lambda: settled.append(len(events)))
    posting.mailbox.post(progress(1))
    QCoreApplication.processEvents()
    assert events == []
    first = preview(1)
    posting.mailbox.post(first)
    qtbot.waitUntil(lambda: bool(settled))
    assert events == [progress(1), first]
    assert settled == [2]
    assert resting(bridge)
    for timer in bridge.findChildren(QTimer):
        timer.setInterval(60_000)
    for done in (2, 3, 4):
        posting.mailbox.post(progress(done))
    QCoreApplication.processEvents()
    assert events == [progress(1), first]
    for timer in bridge.findChildren(QTimer):
        timer.setInterval(0)
    qtbot.waitUntil(lambda: len(settled) > 1)
    assert events == [progress(1), first, progress(4)]


def test_what_lasts_comes_at_once_and_brings_the_newest_progress_along(
    qtbot: QtBot, bridge: Bridge, posting: Posting
) -> None:
    events = heard(bridge)
    posting.mailbox.post(Started("a"))
    qtbot.waitUntil(lambda: bool(events))
    events.clear()
    for timer in bridge.findChildren(QTimer):
        timer.setInterval(60_000)
    posting.mailbox.post(progress(2))
    posting.mailbox.post(progress(3))
    posting.mailbox.post(Done("a", 1.0))
    qtbot.waitUntil(lambda: bool(events))
    assert resting(bridge)
    assert events == [progress(3), Done("a", 1.0)]


def test_a_rest_without_news_ends_by_itself(qtbot: QtBot, bridge: Bridge, posting: Posting) -> None:
    events = heard(bridge)
    posting.mailbox.post(Started("a"))
    qtbot.waitUntil(lambda: bool(events))
    qtbot.waitUntil(lambda: not resting(bridge))
    assert events == [Started("a")]
    assert REST_MS <= 1000 / 15, "a preview may come fifteen times a second"


@pytest.mark.usefixtures("qapp")
def test_an_engine_that_comes_as_the_window_closes_is_closed(posting: Posting) -> None:
    background = Background()
    bridge = Bridge(lambda: posting, background)  # type: ignore[arg-type, return-value]
    bridge.open()
    background.close()
    assert not bridge.is_open
    bridge.close()
    assert posting.closed
