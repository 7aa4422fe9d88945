"""Time and memory from what was measured here: kept, combined, never guessed; and what to do where it is too much."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.jobs.event import Measured
from core.requests import Branch, GuidanceSettings, ImageRequest, StartPicture
from studio.background import Background
from studio.main_window import MainWindow
from studio.measures import KEPT, Measures
from studio.settings import Settings
from studio.viewmodels.cost import Cost, Measurements, cost_of, cost_words, levels_to_make, shortage_words
from tests.studio.scripted import CARD, SIDE, Script
from tests.studio.test_session import WAIT_MS, make

GB = 10**9
ASKED = ImageRequest("x", CARD.id, sampler="euler", steps=10, guidance=GuidanceSettings(3.0), width=SIDE, height=SIDE)
BATCH = Measured("job", CARD.id, SIDE, SIDE, "cpu", 1, True, 0.2, 0.1, 1.0, 2 * GB)


@pytest.fixture
def settings(tmp_path: Path, qtbot: QtBot) -> Iterator[Settings]:  # noqa: ARG001 - the writer needs an application
    kept = Settings(Background(), tmp_path)
    yield kept
    kept.close()


@pytest.fixture
def measures(settings: Settings) -> Measures:
    return Measures(settings)


def seconds(known: Measurements, **asked: object) -> tuple[float | None, bool]:
    cost = cost_of(replace(ASKED, **asked), "flow", known)
    return (None if cost.seconds is None else pytest.approx(cost.seconds)), cost.at_most


def test_nothing_is_said_before_something_is_measured(measures: Measures) -> None:
    assert measures.of(ASKED, CARD) == Cost()
    measures.note(BATCH, "auto")
    for other in (replace(ASKED, width=64, height=64), replace(ASKED, device="cuda")):
        assert measures.of(other, CARD) == Cost()
    assert measures.of(ASKED, None) == Cost()
    assert cost_words(Cost()) == "time not measured yet"


def test_a_device_that_chose_itself_is_remembered(measures: Measures) -> None:
    measures.note(replace(BATCH, device="cuda", free_bytes=5 * GB), "auto")
    assert measures.of(ASKED, CARD).seconds == pytest.approx(1.0 + 10 * 0.2)
    assert measures.of(replace(ASKED, device="cuda"), CARD) == measures.of(ASKED, CARD)
    assert measures.of(replace(ASKED, device="cpu"), CARD) == Cost()


def test_the_median_of_the_latest_counts(measures: Measures) -> None:
    for value in (9.0, 9.0, 9.0, 0.1, 0.3, 0.2, 0.4, 100.0):
        measures.note(replace(BATCH, guided_s=value), "cpu")
    assert measures.of(replace(ASKED, device="cpu"), CARD).seconds == pytest.approx(1.0 + 10 * 0.3)
    assert KEPT == 5


def test_what_was_kept_by_another_hand_is_no_reason_to_fail(settings: Settings) -> None:
    key = f"measured/cpu-{CARD.id}-{SIDE}x{SIDE}"
    for kept in ({"1": 3, "beside": "x"}, {"1": {"guided_s": [True, "2", -1]}, "beside": [1.0]}, {"x": {}}):
        settings.keep(key, kept)
        assert Measures(settings).of(replace(ASKED, device="cpu"), CARD) == Cost()


def test_seconds_come_from_batches_of_that_size_else_from_a_bound() -> None:
    known = Measurements(guided=((2, 1.0), (4, 1.5)), beside=0.5)
    assert seconds(known, count=2) == (2 * 0.5 + 10.0, False)
    assert seconds(known, count=3) == (3 * 0.5 + 12.5, False)
    assert seconds(known, count=1) == (0.5 + 10.0, True)
    assert seconds(known, count=8) == (8 * 0.5 + 30.0, True)
    assert seconds(known, count=6, batch=4) == (6 * 0.5 + 15.0 + 10.0, False)
    assert seconds(known, count=2, sampler="heun") == (1.0 + 20.0, False)


def test_steps_without_guidance_have_a_pace_of_their_own() -> None:
    half = GuidanceSettings(3.0, (0.0, 0.45))
    both = Measurements(guided=((1, 0.2),), plain=((1, 0.1),), beside=0.0)
    assert seconds(both, guidance=half) == (5 * 0.2 + 5 * 0.1, False)
    assert seconds(both, guidance=GuidanceSettings(1.0)) == (1.0, False)
    assert seconds(replace(both, plain=()), guidance=GuidanceSettings(1.0)) == (2.0, True)
    assert seconds(replace(both, guided=())) == (None, False)


def test_a_branch_and_a_start_picture_make_fewer_steps() -> None:
    assert len(levels_to_make(ASKED, "flow")) == 10
    assert len(levels_to_make(replace(ASKED, branch=Branch("job", 0, 7)), "flow")) == 3
    assert len(levels_to_make(replace(ASKED, start=StartPicture("0" * 64, 0.45)), "flow")) == 5
    assert levels_to_make(ASKED, "no such schedule") == ()


@pytest.mark.parametrize(
    ("free", "count", "shortage", "fewer"),
    [
        (9, 4, None, 0),
        (7, 4, (8, 7), 2),
        (7, 6, (8, 7), 2),
        (5, 2, None, 0),
        (3, 4, (8, 3), 1),
        (1, 4, (8, 1), 1),
        (1, 1, None, 0),
    ],
)
def test_too_much_is_what_was_seen_to_need_more_than_is_free(
    free: int, count: int, shortage: tuple[int, int] | None, fewer: int
) -> None:
    known = Measurements(guided_peak=((2, 4.0 * GB), (4, 8.0 * GB)), free=free * GB)
    cost = cost_of(replace(ASKED, count=count), "flow", known)
    assert cost.shortage == (None if shortage is None else (shortage[0] * GB, shortage[1] * GB))
    assert cost.fewer == fewer
    assert cost_of(replace(ASKED, count=count), "flow", replace(known, free=None)).shortage is None
    assert cost_of(replace(ASKED, count=count, guidance=GuidanceSettings()), "flow", known).shortage is None


def test_the_window_warns_and_offers_smaller_batches(window: MainWindow, qtbot: QtBot, script: Script) -> None:
    session, foot = window.session, window.create_page.prompt.foot
    make(window, qtbot, script, prompt="a red cube", count=4)
    qtbot.waitUntil(lambda: "12 MB" in foot.estimate.text(), timeout=WAIT_MS)
    assert not foot.shortage.isVisible()
    session.desk.set_free_memory(10_000_000)
    assert foot.shortage.text() == "Too much for this computer now: 12 MB of memory needed, 10 MB free"
    assert foot.shortage.isVisible()
    assert foot.main.isEnabled()
    assert foot.fewer.text() == "Make 2 at a time"
    foot.fewer.click()
    assert session.desk.request().batch == 2
    assert not foot.shortage.isVisible()
    assert foot.at_once.text() == "2 at a time"
    assert foot.batch_row.isVisible()
    foot.drop_batch.click()
    assert session.desk.request().batch is None
    assert foot.shortage.isVisible()
    assert shortage_words(Cost()) == ""


def test_what_was_measured_outlives_the_window(
    open_studio: Callable[..., MainWindow], qtbot: QtBot, script: Script
) -> None:
    first = open_studio()
    make(first, qtbot, script, prompt="a red cube")
    words = "1 picture, about 2 s, 3.0 MB"
    qtbot.waitUntil(lambda: first.session.desk.prompt.view.estimate == words, timeout=WAIT_MS)
    first.close()
    assert open_studio().session.desk.prompt.view.estimate == words
