"""The 2D mode: what it shows, its figures, and what its main button does."""

from __future__ import annotations

from dataclasses import dataclass

from core.samplers.cards import SamplerCard, option_of
from core.toy import ToyField, ToySolver
from studio.viewmodels import wording
from studio.viewmodels.compare import CurveView
from studio.viewmodels.sampler import SolverOption, sampler_card
from studio.viewmodels.toy_errors import curve_of, solvers_finding
from studio.viewmodels.toy_inputs import PROCESS_NAMES, ToyInputs, models_wanted, requests_wanted
from studio.viewmodels.toy_planes import Plane, planes_of

FIGURE_TIPS = {
    "Straightness": "The distances from start to end, over the lengths of the paths, as they are drawn."
    " 1 is a straight line.",
    "Straight at an even pace": "The same, but an uneven pace counts as well. At 1 a single step is exact.",
    "Distance to fresh data": "Sliced Wasserstein distance from where particles end to data that the model never saw.",
    "Fresh data to fresh data": "The same between two fresh sets of data: what a perfect model would have.",
}
PEN_WORDS = (
    "Paint with the mouse, or by keys: the arrows move the pen (Shift: finely), Space lowers and lifts it,"
    " Backspace takes the last stroke away."
)
Figures = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two solvers: its card, and what it is told. eta: 0 where it takes none."""

    card: SamplerCard
    eta: float
    options: tuple[SolverOption, ...]


@dataclass(frozen=True, slots=True)
class ToyView:
    """action: words of the main button, "" where it can't act, and then `reason` says why.

    fraction: of the training, −1 for none. at_work: that something is being worked out, in words.
    sides: the two solvers, as they are set.
    """

    planes: tuple[Plane, ...]
    figures: Figures
    curve: CurveView
    finding: str
    action: str
    reason: str
    fraction: float
    at_work: str
    field_note: str
    can_be_exact: bool
    sides: tuple[Side, ...]


def derive_toy(inputs: ToyInputs) -> ToyView:
    """What the mode shows."""
    action, reason, fraction = _action(inputs)
    return ToyView(
        planes=planes_of(inputs),
        figures=_figures(inputs),
        curve=curve_of(inputs),
        finding=inputs.problem or _finding(inputs),
        action=action,
        reason=reason,
        fraction=fraction,
        at_work="Working it out…" if inputs.ready and _missing(inputs) else "",
        field_note=_field_note(inputs),
        can_be_exact=inputs.process != "rectified",
        sides=tuple(_side(solver) for solver in inputs.solvers),
    )


def _missing(inputs: ToyInputs) -> bool:
    """Whether something on show has yet to be worked out."""
    wanted = (*models_wanted(inputs), *requests_wanted(inputs))
    known = {*dict(inputs.fields), *dict(inputs.runs), *dict(inputs.refused)}
    return any(each not in known for each in wanted)


def _side(solver: ToySolver) -> Side:
    card = sampler_card(solver.sampler)
    eta = 0.0 if card.eta is None else card.eta.default if solver.eta is None else solver.eta
    options = (SolverOption(option, option_of(card, option.setting, solver.options)) for option in card.settings)
    return Side(card, eta, tuple(options))


def _figures(inputs: ToyInputs) -> Figures:
    """Of each model on show."""
    if inputs.live is not None and inputs.layout == "field" and inputs.training is not None:
        return _of_field(inputs.live, "")
    fields, models, rows = dict(inputs.fields), models_wanted(inputs), list[tuple[str, str]]()
    for model in models:
        if model in fields:
            rows += _of_field(fields[model], PROCESS_NAMES[model.process] if len(models) > 1 else "")
    return tuple(rows)


def _of_field(field: ToyField, name: str) -> Figures:
    first = ((name, ""),) if name else ()
    return (
        *first,
        ("Straightness", f"{field.straightness:.3f}"),
        ("Straight at an even pace", f"{field.even_straightness:.3f}"),
        ("Distance to fresh data", f"{field.distance:.3f}"),
        ("Fresh data to fresh data", f"{field.floor:.3f}"),
    )


def _finding(inputs: ToyInputs) -> str:
    """One sentence, made from the numbers; while the user draws, how that goes."""
    if inputs.drawing:
        return PEN_WORDS
    if inputs.layout == "solvers":
        return solvers_finding(inputs)
    if inputs.layout != "processes":
        return ""
    fields = dict(inputs.fields)
    known = sorted(
        ((fields[m].straightness, PROCESS_NAMES[m.process]) for m in models_wanted(inputs) if m in fields),
        reverse=True,
    )
    if len(known) < 2:
        return ""
    (best, name), (worst, other) = known[0], known[-1]
    long, longer = f"{1.0 / best:.2f}", f"{1.0 / worst:.2f}"
    return f"{name} goes straightest: its paths are {long} times as long as straight lines; {other}: {longer}."


def _action(inputs: ToyInputs) -> tuple[str, str, float]:
    """Words of the main button, why it can't act, and how far the training is (−1 for none)."""
    name = PROCESS_NAMES[inputs.process]
    name = name if inputs.process in ("vp", "ve") else name.lower()
    if inputs.training is not None:
        at = inputs.training
        loss = "" if at.loss is None else f", loss {at.loss:.3f}"
        if at.waiting:
            return "Stop training", f"{PROCESS_NAMES[at.process]}: waiting for other work", 0.0
        if not at.total:
            return "Stop training", f"{PROCESS_NAMES[at.process]}: getting ready", 0.0
        words = f"{PROCESS_NAMES[at.process]}: step {wording.whole(at.step)} of {wording.whole(at.total)}{loss}"
        return "Stop training", words, at.step / at.total
    if not inputs.ready:
        return "", "Getting ready", -1.0
    if inputs.data is None:
        return "", "Nothing is drawn yet", -1.0
    again = "Train again" if inputs.process in dict(inputs.weights) else f"Train {name[:1].lower() + name[1:]}"
    note = "" if inputs.process != "rectified" or "flow" in dict(inputs.weights) else "Trains the flow first"
    return again, note, -1.0


def _field_note(inputs: ToyInputs) -> str:
    if inputs.process == "rectified":
        return "A flow trained anew on where the first one takes each noise. It has no exact form."
    if inputs.trained:
        return "A small network, trained on this computer."
    if inputs.shape == "eight_gaussians":
        return "The best guess there is, by formula: all error is the solver's."
    return "The best guess for 1024 points of the shape, each slightly blurred, by formula: all error is the solver's."
