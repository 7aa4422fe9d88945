from __future__ import annotations

from dataclasses import replace

from core.compare.summary import summarise
from core.requests import ImageRequest, Lane
from studio.viewmodels.race_ran import Ran
from studio.viewmodels.race_steps import LaneStep
from tests.core.compare.records import race, record, run

REQUEST = race("euler", "heun", "dpmpp_2m")
EULER, HEUN, DPMPP = REQUEST.lanes
NEW = Lane(ImageRequest("a red cube", "mixture", sampler="uni_pc"))
STEPS = tuple((LaneStep(1, 1, 0.0, error, (None,), None),) for error in (0.3, 0.2, 0.1))
RECORD = record(REQUEST, *(run(lane, error) for lane, error in enumerate((0.3, 0.2, 0.1))))
RAN = Ran.of(REQUEST, STEPS, RECORD, complete=True)


def test_lanes_that_were_moved_keep_what_they_told() -> None:
    seen = RAN.among((DPMPP, EULER, HEUN))
    assert seen.sources == (2, 0, 1)
    assert [lane[0].error for lane in seen.steps] == [0.1, 0.3, 0.2]
    assert seen.record is not None
    told = summarise(seen.record)
    assert [(lane.name, lane.error.value) for lane in told.lanes if lane] == [
        ("DPM++ 2M", 0.1),
        ("Euler", 0.3),
        ("Heun", 0.2),
    ]
    assert told.finding == summarise(RECORD).finding
    assert seen.complete
    assert seen.record.references[0].lanes == (0, 1, 2)


def test_a_lane_that_was_added_has_told_nothing_yet() -> None:
    seen = RAN.among((EULER, HEUN, DPMPP, NEW))
    assert seen.steps[3] == ()
    assert seen.record is not None
    assert summarise(seen.record).lanes[3] is None
    assert not seen.complete


def test_a_lane_that_was_taken_away_comes_back() -> None:
    assert [lane[0].error for lane in RAN.among((EULER, DPMPP)).steps] == [0.3, 0.1]
    assert RAN.among(REQUEST.lanes).record == RECORD


def test_of_equal_lanes_each_is_served_once() -> None:
    assert RAN.among((EULER, EULER)).sources == (0, None)


def test_other_lanes_leave_the_race_as_it_was() -> None:
    assert RAN.among((NEW, replace(NEW, name="other"))) is RAN
