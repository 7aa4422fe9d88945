"""The Compare mode: lanes side by side at one noise, their errors and times, and what follows from them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from core.compare.figures import RaceRecord
from core.compare.naming import lane_names, sampler_title
from core.compare.statistics import Estimate
from core.compare.summary import LaneSummary, RaceSummary, summarise
from core.errors import NoisetteError
from core.requests import CompareRequest, Lane
from studio.viewmodels import wording
from studio.viewmodels.compare_views import (
    ColumnView,
    CompareView,
    CurveLine,
    CurveView,
    LaneMarks,
    Look,
    ScrubberView,
    TimeRow,
)
from studio.viewmodels.race_draft import RaceDraft
from studio.viewmodels.race_lanes import brief_names, series_of
from studio.viewmodels.race_steps import LaneStep
from studio.viewmodels.run import OPEN, Phase, Run
from studio.viewmodels.trajectory import RULER, ruler_place

ERRORS = (1e-4, 1.0)
"""The error bars' ends; they are logarithmic."""


@dataclass(frozen=True, slots=True)
class CompareInputs:
    """steps: by lane, those told of. scrub: the log-SNR on show, None for the end. a, b: lanes.

    run: the race's job. unfinished: of a race of this home that is not complete, (runs made, runs wanted).
    titles: of models, by id. series: of a sampler, where it has one.
    """

    draft: RaceDraft = field(default_factory=RaceDraft)
    run: Run | None = None
    request: CompareRequest | None = None
    steps: tuple[tuple[LaneStep, ...], ...] = ()
    record: RaceRecord | None = None
    complete: bool = False
    unfinished: tuple[int, int] | None = None
    scrub: float | None = None
    a: int = 0
    b: int = 1
    look: Look = Look.SWIPE
    problem: str = ""
    titles: tuple[tuple[str, str], ...] = ()
    series: tuple[tuple[str, int], ...] = ()


def derive_compare(inputs: CompareInputs) -> CompareView:
    """What every part of the mode shows."""
    request, draft = shown_request(inputs), inputs.draft
    lanes = request.lanes if request is not None else draft.lanes
    names = lane_names(request) if request is not None else tuple(sampler_title(x.request.sampler) for x in lanes)
    brief = brief_names(names)
    series = series_of(tuple(lane.request.sampler for lane in lanes), dict(inputs.series))
    record = inputs.record if request is not None and inputs.request == request else None
    told = summarise(record) if record is not None else None
    steps = inputs.steps if len(inputs.steps) == len(lanes) and inputs.request == request else ((),) * len(lanes)
    busy = inputs.run is not None and inputs.run.phase in OPEN
    a, b = (min(each, max(len(lanes) - 1, 0)) for each in (inputs.a, inputs.b))
    models = {lane.request.model_id for lane in draft.lanes}
    model = next(iter(models)) if len(models) == 1 else ""
    stale = record is not None and request != _asked(draft, inputs)
    columns = tuple(
        _column(
            inputs,
            place,
            names[place],
            series[place],
            steps[place],
            told,
            "AB"[(a, b).index(place)] if place in (a, b) else "",
            lanes[place].request.prompt,
        )
        for place in range(len(lanes))
    )
    return CompareView(
        title="Same noise, same cost",
        columns=columns,
        scrubber=_scrubber(inputs, brief, series, steps),
        curve=_curve(draft.evaluations if request is None else request.evaluations, told, brief, series),
        times=_times(told, brief, series),
        times_caption=wording.count(record.environment.threads, "thread") if record is not None else "",
        finding=told.finding if told is not None else "",
        truth=_truth(told, intervals=True),
        truth_brief=_truth(told, intervals=False),
        facts=_facts(request, dict(inputs.titles)) if request is not None else "",
        evaluations=draft.evaluations,
        seed=draft.seed,
        model=model,
        model_title=dict(inputs.titles).get(model, model),
        reference=draft.reference.steps,
        repeats=draft.repeats,
        run_label="Run again" if record is not None else "Run",
        busy=busy,
        stale=stale,
        problem=inputs.problem or _problem(draft),
        progress=_progress(inputs, stale=stale),
        can_resume=inputs.unfinished is not None and not busy,
        can_add=draft.can_add,
        can_export=record is not None and inputs.complete,
        a=a,
        b=b,
        look=inputs.look,
        keep_label=f"Keep {'B'}",
        prompt=_prompt(lanes),
    )


def shown_request(inputs: CompareInputs) -> CompareRequest | None:
    """The race whose lanes are on show: the one that ran, unless the draft's lanes are others now."""
    asked = _asked(inputs.draft, inputs)
    if inputs.request is not None and (asked is None or asked.lanes == inputs.request.lanes):
        return inputs.request
    return asked


def nearest_step(steps: tuple[LaneStep, ...], scrub: float | None) -> LaneStep | None:
    """The step whose state is nearest in log-SNR; the last for None. The last is clean data, and stands at the end."""
    if not steps or scrub is None:
        return steps[-1] if steps else None
    return min(steps, key=lambda step: abs(ruler_place(step.log_snr) - ruler_place(scrub)))


def _asked(draft: RaceDraft, inputs: CompareInputs) -> CompareRequest | None:
    try:
        made = draft.request()
    except NoisetteError:
        return None
    return made if inputs.request is None else replace(made, device=inputs.request.device)


def _problem(draft: RaceDraft) -> str:
    if not draft.lanes:
        return "Looking for models"
    if not all(lane.request.prompt for lane in draft.lanes):
        return "A race needs a prompt; write one in Create"
    try:
        draft.request()
    except NoisetteError as error:
        return str(error)
    return ""


def _column(
    inputs: CompareInputs,
    place: int,
    name: str,
    series: int,
    steps: tuple[LaneStep, ...],
    told: RaceSummary | None,
    side: str,
    prompt: str,
) -> ColumnView:
    shown = nearest_step(steps, inputs.scrub)
    lane = told.lanes[place] if told is not None else None
    at_end = shown is not None and shown.step == shown.total
    # At the end the race's own figure: over several seeds it is the median.
    value = lane.error.value if lane is not None and at_end else shown.error if shown is not None else None
    if shown is None:
        facts = ""
    elif at_end:
        evaluations = len(shown.evaluated)
        facts = f"{wording.count(shown.total, 'step')}, {wording.count(evaluations, 'evaluation')}"
    else:
        facts = f"step {shown.step} of {shown.total}"
    seconds = f"{lane.seconds.value:.2f} s" if lane is not None and at_end else ""
    error = "" if value is None else told_error(value)
    closest = told is not None and told.closest == place and at_end
    parts = (name, f"error {error}" if error else "", facts, seconds, "closest to the reference" if closest else "")
    return ColumnView(
        name=name,
        series=series,
        clean=shown.clean if shown is not None else None,
        error=error,
        bar=-1.0 if value is None else _bar(value),
        facts=facts,
        brief=facts.replace("evaluations", "eval."),
        seconds=seconds,
        closest=closest,
        side=side,
        says=", ".join(part for part in parts if part),
        tip=_tip(name, prompt, lane),
    )


def told_error(value: float) -> str:
    """Two or three figures: 0.0465, 3.2e−5."""
    if value == 0.0:
        return "0"
    if value >= 1e-3:
        return f"{value:.4f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{wording.MINUS}{abs(int(exponent))}"


def _tip(name: str, prompt: str, lane: LaneSummary | None) -> str:
    lines = [name, prompt]
    if lane is not None:
        if lane.error.low is not None and lane.error.high is not None:
            lines.append(
                f"Median error over {lane.error.count} seeds, 95 % from {told_error(lane.error.low)} "
                f"to {told_error(lane.error.high)}"
            )
        if lane.evaluations != lane.steps:
            lines.append(f"{lane.evaluations} evaluations are {lane.steps} steps of it")
        if lane.fresh_noise:
            lines.append("Draws fresh noise, so it does not come to the reference")
    return "\n".join(lines)


def _bar(error: float) -> float:
    low, high = (math.log10(end) for end in ERRORS)
    return min(max((math.log10(max(error, 1e-30)) - low) / (high - low), 0.0), 1.0)


def _scrubber(
    inputs: CompareInputs, names: tuple[str, ...], series: tuple[int, ...], steps: tuple[tuple[LaneStep, ...], ...]
) -> ScrubberView:
    stops = tuple(sorted({(ruler_place(step.log_snr), step.log_snr) for lane in steps for step in lane}))
    scrub = inputs.scrub
    # While no lane has come to its end, the newest step of all is what is on show.
    head = scrub if scrub is not None else stops[-1][1] if stops else math.inf
    place = ruler_place(head) if stops else -1.0
    at = len(stops) - 1 if scrub is None else _index(stops, place)
    lanes = list[LaneMarks]()
    near = list[str]()
    for name, lane_series, lane in zip(names, series, steps, strict=True):
        evaluated = lane[-1].evaluated if lane else ()
        marks = tuple(ruler_place(-math.inf if log_snr is None else log_snr) for log_snr in evaluated)
        shown = nearest_step(lane, scrub)
        passed = len(shown.evaluated) if shown is not None else 0
        lanes.append(LaneMarks(name, lane_series, marks, passed))
        if shown is not None:
            near.append(f"{name} {passed}")
    pill = "end" if math.isinf(head) else wording.signed(head)
    where = "clean data" if pill == "end" else f"log-SNR {pill}"
    says = f"{where}    nearest: {', '.join(near)}" if near else "fills as the lanes run"
    return ScrubberView(tuple(lanes), place, pill, says, stops, at)


def _prompt(lanes: tuple[Lane, ...]) -> str:
    """Of the lanes on show, each that there is once."""
    return " | ".join(dict.fromkeys(lane.request.prompt for lane in lanes))


def _index(stops: tuple[tuple[float, float], ...], place: float) -> int:
    return min(range(len(stops)), key=lambda each: abs(stops[each][0] - place), default=-1)


def _curve(evaluations: int, told: RaceSummary | None, names: tuple[str, ...], series: tuple[int, ...]) -> CurveView:
    lines, orders = list[CurveLine](), list[str]()
    seeds = 1
    for lane, name, own in zip(told.lanes if told is not None else (), names, series, strict=False):
        if lane is None:
            continue
        points = [(float(point.evaluations), point.error.value) for point in lane.curve if point.error.value > 0.0]
        spans = tuple(_span(point.error) for point in lane.curve if point.error.value > 0.0)
        slope = "" if lane.slope is None else wording.signed(lane.slope)
        lines.append(CurveLine(name, own, tuple(points), spans, slope))
        seeds = max(seeds, lane.error.count)
        if lane.order is not None:
            orders.append(f"{name} {lane.order:.1f}")
    empty = "" if any(len(line.points) for line in lines) else "Errors show here as the lanes finish"
    caption = f"median over {seeds} seeds" if seeds > 1 else "one seed"
    says = "; ".join(
        f"{line.name}: {', '.join(f'{told_error(y)} at {x:.0f} evaluations' for x, y in line.points)}"
        + (f", slope {line.slope}" if line.slope else "")
        for line in lines
    )
    words = f"Measured order: {', '.join(orders)}" if orders else ""
    return CurveView(tuple(lines), evaluations, caption if lines else "", words, empty, says or empty)


def _span(estimate: Estimate) -> tuple[float, float] | None:
    return None if estimate.low is None or estimate.high is None else (estimate.low, estimate.high)


def _times(told: RaceSummary | None, names: tuple[str, ...], series: tuple[int, ...]) -> tuple[TimeRow, ...]:
    return tuple(
        TimeRow(
            name,
            own,
            (lane.timing.network, lane.timing.solver, lane.timing.decode),
            f"{lane.seconds.value:.2f} s",
        )
        for lane, name, own in zip(told.lanes if told is not None else (), names, series, strict=False)
        if lane is not None
    )


def _facts(request: CompareRequest, titles: dict[str, str]) -> str:
    """What every lane of a race has in common."""
    models = {lane.request.model_id for lane in request.lanes}
    model = next(iter(models))
    parts = (
        f"seed {wording.whole(request.seed)}" if request.repeats == 1 else _seeds(request),
        f"{request.evaluations} evaluations each",
        titles.get(model, model) if len(models) == 1 else "several models",
        f"reference Heun with {wording.whole(2 * request.reference.steps)} evaluations",
    )
    return ", ".join(parts)


def _seeds(request: CompareRequest) -> str:
    first, last = request.seeds[0], request.seeds[-1]
    return f"seeds {wording.whole(first)} to {wording.whole(last)} (pictures: {wording.whole(first)})"


def _truth(told: RaceSummary | None, *, intervals: bool) -> str:
    """How many pictures show all that was asked, where a judge looked."""
    parts = list[str]()
    for lane in told.lanes if told is not None else ():
        if lane is not None and lane.exact is not None and lane.exact.low is not None and lane.exact.high is not None:
            exact = lane.exact
            share = f"{exact.value:.0%}" + (f" ({exact.low:.0%} to {exact.high:.0%})" if intervals else "")
            parts.append(f"{lane.name} {share}".replace("%", "\u00a0%"))
    return f"Shows all that was asked: {', '.join(parts)}" if parts else ""


def _progress(inputs: CompareInputs, *, stale: bool) -> str:
    run, stopped = inputs.run, ""
    if inputs.unfinished is not None:
        made, wanted = inputs.unfinished
        stopped = f"Stopped, {wording.whole(made)} of {wording.count(wanted, 'run')} kept"
    elif stale and (run is None or run.phase not in OPEN):
        return "Settings have changed since this race"
    if run is None:
        return stopped
    match run.phase:
        case Phase.RUNNING:
            if not run.total:
                return "Getting ready"
            return f"{run.note}, {run.done / run.total:.0%} of all evaluations".replace("%", " %")
        case Phase.WAITING:
            return f"Waiting, {run.ahead} ahead" if run.ahead else "Waiting"
        case Phase.CANCELLED:
            return stopped
        case Phase.FAILED:
            return f"Stopped: {wording.shortened(run.sentence, 140)}"
        case _:
            return ""


def scrub_range() -> tuple[float, float]:
    """The log-SNR at the ends of the scrubber."""
    return RULER
