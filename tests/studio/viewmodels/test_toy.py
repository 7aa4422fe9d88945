from __future__ import annotations

from dataclasses import replace

import pytest

from core.toy import ToyData, ToyModel, ToyRequest
from studio.viewmodels.toy import (
    PARTICLES,
    ToyInputs,
    Training,
    derive_toy,
    models_wanted,
    requests_wanted,
)
from tests.studio.toy_parts import errors_of, field_of, run_of

ROLL = ToyData("swiss_roll")
READY = ToyInputs(ready=True)
WEIGHTS = (("flow", "/flow"), ("rectified", "/rectified"))


def test_at_first_the_exact_flow_is_wanted_and_said_to_be_at_work() -> None:
    assert models_wanted(READY) == (ToyModel(ROLL, "flow"),)
    view = derive_toy(READY)
    assert view.at_work
    assert view.planes[0].field is None
    found = derive_toy(replace(READY, fields=((ToyModel(ROLL, "flow"), field_of()),)))
    assert not found.at_work
    assert found.planes[0].caption == "exact"
    assert dict(found.figures)["Straightness"] == "0.500"


def test_solvers_get_equal_cost_and_the_nearer_one_is_named() -> None:
    inputs = replace(READY, layout="solvers", evaluations=10)
    wanted = requests_wanted(inputs)
    assert [(each.sampler, each.evaluations) for each in wanted] == [("euler", 10), ("heun", 10)]
    whole = tuple(ToyRequest(each.model, each.sampler, each.grid, 16, PARTICLES) for each in wanted)
    view = derive_toy(
        replace(
            inputs,
            runs=tuple((each, run_of(each)) for each in wanted),
            errors=tuple((each, errors_of(each)) for each in whole),
        )
    )
    assert [plane.caption for plane in view.planes] == [
        "10 steps, 10 evaluations, error 0.30",
        "5 steps, 10 evaluations, error 0.10",
    ]
    assert view.finding == "At 10 evaluations Heun is 3.0 times nearer to the true end than Euler."
    assert [line.slope for line in view.lines] == [pytest.approx(-1.0), pytest.approx(-2.0)]


def test_where_costs_differ_both_are_said() -> None:
    inputs = replace(READY, layout="solvers", evaluations=10)
    euler, heun = requests_wanted(inputs)
    cheaper = replace(run_of(heun), evaluations=9)
    view = derive_toy(replace(inputs, runs=((euler, run_of(euler)), (heun, cheaper))))
    assert view.finding.startswith("At 9 evaluations against 10 Heun")


def test_processes_stand_side_by_side_trained_where_they_are() -> None:
    inputs = replace(READY, layout="processes", trained=True, weights=WEIGHTS)
    wanted = models_wanted(inputs)
    assert [(each.process, each.weights) for each in wanted] == [
        ("vp", None),
        ("flow", "/flow"),
        ("rectified", "/rectified"),
    ]
    bent = (0.5, 0.4, 0.8)
    fields = tuple((each, field_of(each, straightness=value)) for each, value in zip(wanted, bent, strict=True))
    view = derive_toy(replace(inputs, fields=fields))
    assert view.finding == (
        "Rectified flow goes straightest: its paths are 1.25 times as long as straight lines; Flow: 2.50."
    )
    assert [plane.caption for plane in view.planes] == [
        "exact, straight 0.50",
        "trained, straight 0.40",
        "trained, straight 0.80",
    ]


def test_what_is_not_trained_is_not_shown() -> None:
    view = derive_toy(replace(READY, process="rectified"))
    assert "Train it" in view.planes[0].empty
    assert not view.can_be_exact
    assert view.reason == "Trains the flow first"
    assert not view.at_work


def test_a_network_in_training_is_shown_as_it_is() -> None:
    live = field_of()
    inputs = replace(READY, trained=True, live=live, training=Training("flow", 300, 1500, waiting=False, loss=1.5))
    view = derive_toy(inputs)
    assert view.planes[0].field is live
    assert view.planes[0].caption == "as it learns"
    assert view.action == "Stop training"
    assert view.reason.startswith("Flow: step 300 of ")
    assert view.reason.endswith("loss 1.500")
    assert view.fraction == 0.2


def test_a_drawing_needs_a_stroke() -> None:
    empty = replace(READY, shape="drawn")
    assert models_wanted(empty) == ()
    assert derive_toy(empty).reason == "Nothing is drawn yet"
    drawn = replace(empty, strokes=(((0.0, 0.0), (1.0, 1.0)),))
    assert models_wanted(drawn)[0].data == ToyData("drawn", drawn.strokes)
    assert models_wanted(replace(drawn, drawing=True)) == ()
