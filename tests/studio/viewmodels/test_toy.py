from __future__ import annotations

from dataclasses import replace

from core.requests import SolverSettings
from core.toy import ToyData, ToyModel, ToySolver
from studio.viewmodels.toy import derive_toy
from studio.viewmodels.toy_errors import table_of
from studio.viewmodels.toy_inputs import (
    ToyInputs,
    Training,
    errors_wanted,
    models_wanted,
    requests_wanted,
    solver_names,
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
    assert [(each.solver.sampler, each.evaluations) for each in wanted] == [("euler", 10), ("heun", 10)]
    assert errors_wanted(inputs) == errors_wanted(replace(inputs, evaluations=20))
    known = replace(
        inputs,
        runs=tuple((each, run_of(each)) for each in wanted),
        errors=tuple((each, errors_of(each)) for each in errors_wanted(inputs)),
    )
    view = derive_toy(known)
    assert [plane.caption for plane in view.planes] == [
        "10 steps, 10 evaluations, error 0.30",
        "5 steps, 10 evaluations, error 0.10",
    ]
    assert view.finding == (
        "At 10 evaluations Heun is 3.0 times nearer to the true end than Euler. Heun makes 5 steps of them, Euler 10."
    )
    assert [line.slope for line in view.curve.lines] == ["−1.0", "−2.0"]
    assert view.curve.orders == "Measured order: Euler 1.0, Heun 2.0"
    table = table_of(known)
    assert [[figure.words for figure in row] for row in table.rows[:2]] == [
        ["Euler", "4", "4", "0.2500", "−1.00"],
        ["Euler", "8", "8", "0.1250", "−1.00"],
    ]


def test_a_solver_that_draws_noise_is_measured_by_the_data() -> None:
    inputs = replace(READY, layout="solvers", solvers=(ToySolver("euler"), ToySolver("euler_ancestral")))
    runs = tuple((each, run_of(each)) for each in requests_wanted(inputs))
    view = derive_toy(replace(inputs, runs=runs))
    assert view.planes[1].caption == "16 steps, 16 evaluations, 0.20 from data"
    assert view.finding.endswith("Euler ancestral draws fresh noise, so the true end is no measure.")


def test_what_a_solver_refuses_stands_in_its_plane() -> None:
    inputs = replace(READY, layout="solvers")
    first = requests_wanted(inputs)[0]
    view = derive_toy(replace(inputs, refused=((first, "too few"),)))
    assert [plane.empty for plane in view.planes] == ["too few", ""]


def test_two_of_one_sampler_are_named_by_what_they_are_told() -> None:
    second = ToySolver("lms", options=SolverSettings(order=2))
    assert solver_names((ToySolver("lms"), second)) == ("LMS", "LMS · order 2")
    assert solver_names((second, second)) == ("LMS · order 2", "LMS · order 2 (2)")
    inputs = replace(READY, layout="solvers", solvers=(ToySolver("lms"), second))
    view = derive_toy(inputs)
    assert len({plane.series for plane in view.planes}) == 2
    assert [side.options[0].value for side in view.sides] == [4, 2]


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
