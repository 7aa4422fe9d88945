"""Two solvers of the plane measured: the curve of their errors, the same as a table, and one sentence."""

from __future__ import annotations

from core.compare.statistics import fitted_slope, local_slopes
from core.toy import ToyErrors, ToyField
from studio.viewmodels import wording
from studio.viewmodels.compare import told_error
from studio.viewmodels.compare_views import CurveLine, CurveView
from studio.viewmodels.plot_table import UNKNOWN, Figure, PlotTable
from studio.viewmodels.race_lanes import series_of
from studio.viewmodels.toy_inputs import (
    PROCESS_NAMES,
    ToyInputs,
    errors_wanted,
    models_wanted,
    requests_wanted,
    solver_names,
)

HEADS = ("Solver", "Evaluations", "Steps", "Error", "Slope")
NOTE = "Root mean square distance from where the model truly takes the particles, in units of the plane."
FIELD_HEADS = ("Model", "Straightness", "Even pace", "To fresh data", "Fresh to fresh")
FIELD_NOTE = "Straightness is 1 for straight lines. Distances are sliced Wasserstein; a perfect model has the last."
NOTHING = "No figures yet"


def curve_of(inputs: ToyInputs) -> CurveView:
    """The errors of both solvers, with their slopes near the chosen cost and their measured orders."""
    lines, orders = list[CurveLine](), list[str]()
    for name, series, errors in _measured(inputs):
        points = tuple((float(x), y) for x, y in zip(errors.evaluations, errors.errors, strict=True) if y > 0.0)
        if not points:
            continue
        slopes = local_slopes(points)
        near = min(range(len(points)), key=lambda at: abs(points[at][0] - inputs.evaluations))
        slope = slopes[near]
        told = "" if slope is None or errors.fresh_noise else wording.signed(slope)
        lines.append(CurveLine(name, series, points, (None,) * len(points), told))
        order = fitted_slope(points)
        if errors.fresh_noise:
            orders.append(f"{name} none, as it draws fresh noise")
        elif order is not None:
            orders.append(f"{name} {wording.signed(-order).removeprefix('+')}")
    says = "; ".join(
        f"{line.name}: {', '.join(f'{told_error(y)} at {x:.0f}' for x, y in line.points)}"
        + (f", slope {line.slope}" if line.slope else "")
        for line in lines
    )
    refused = any(request in dict(inputs.refused) for request in errors_wanted(inputs))
    empty = "" if lines else "These can't be measured" if refused else "Being measured…"
    words = f"Measured order: {', '.join(orders)}" if orders else ""
    return CurveView(tuple(lines), inputs.evaluations, "", words, empty, says or "not measured yet")


def table_of(inputs: ToyInputs) -> PlotTable:
    """What the layout measures, row by row."""
    if inputs.layout != "solvers":
        return _field_table(inputs)
    rows = list[tuple[Figure, ...]]()
    for name, _, errors in _measured(inputs):
        slopes = local_slopes(tuple((float(x), y) for x, y in zip(errors.evaluations, errors.errors, strict=True)))
        for x, steps, y, slope in zip(errors.evaluations, errors.steps, errors.errors, slopes, strict=True):
            if slope is None or errors.fresh_noise:
                told = Figure(UNKNOWN, "")
            else:
                told = _number(slope, wording.signed(slope, 2))
            rows.append((_words(name), _words(str(x)), _words(str(steps)), _number(y, told_error(y)), told))
    return PlotTable(HEADS, tuple(rows), words=(0,), note=NOTE, empty="" if rows else NOTHING)


def solvers_finding(inputs: ToyInputs) -> str:
    """One sentence about both solvers, made from the numbers; "" before both have run."""
    runs = dict(inputs.runs)
    pair = [runs.get(request) for request in requests_wanted(inputs)]
    if len(pair) != 2 or pair[0] is None or pair[1] is None:
        return ""
    one, other = pair[0], pair[1]
    names = solver_names(inputs.solvers)
    if not (one.fresh_noise or other.fresh_noise) and other.error < one.error:
        one, other, names = other, one, names[::-1]
    same = one.evaluations == other.evaluations
    cost = f"At {one.evaluations} evaluations" + ("" if same else f" against {other.evaluations}")
    steps = ""
    if one.steps != other.steps:
        steps = f" {names[0]} makes {wording.count(one.steps, 'step')} of them, {names[1]} {other.steps}."
    if one.fresh_noise or other.fresh_noise:
        noisy = " and ".join(name for name, run in zip(names, (one, other), strict=True) if run.fresh_noise)
        drawn = f"{noisy} {'draw' if one.fresh_noise and other.fresh_noise else 'draws'} fresh noise"
        near = f"{names[0]} ends {one.distance:.2f} from fresh data, {names[1]} {other.distance:.2f}"
        return f"{cost} {near}: {drawn}, so the true end is no measure.{steps}"
    if not one.error:
        return ""
    return f"{cost} {names[0]} is {other.error / one.error:.1f} times nearer to the true end than {names[1]}.{steps}"


def _measured(inputs: ToyInputs) -> tuple[tuple[str, int, ToyErrors], ...]:
    """(name, series, errors) of those that are known."""
    known = dict(inputs.errors)
    series = series_of(tuple(solver.sampler for solver in inputs.solvers), dict(inputs.series))
    each = zip(solver_names(inputs.solvers), series, errors_wanted(inputs), strict=False)
    return tuple((name, own, known[request]) for name, own, request in each if request in known)


def _field_table(inputs: ToyInputs) -> PlotTable:
    known = dict(inputs.fields)
    fields = [(PROCESS_NAMES[model.process], known[model]) for model in models_wanted(inputs) if model in known]
    rows = tuple(_field_row(name, field) for name, field in fields)
    return PlotTable(FIELD_HEADS, rows, words=(0,), note=FIELD_NOTE, empty="" if rows else NOTHING)


def _field_row(name: str, field: ToyField) -> tuple[Figure, ...]:
    figures = (field.straightness, field.even_straightness, field.distance, field.floor)
    return (_words(name), *(_number(value, f"{value:.3f}") for value in figures))


def _words(words: str) -> Figure:
    return Figure(words, words)


def _number(value: float, words: str) -> Figure:
    return Figure(words, repr(float(value)))
