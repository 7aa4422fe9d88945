"""The Schedules page: which curves lie over one another, what is read off them, and what can be done with one."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.diffusion.grids.cards import GRID_CARDS
from core.diffusion.schedule import SCHEDULES, schedule_named
from core.grid_settings import GIVEN
from core.microscope.curve import GridCurve, differences
from core.microscope.overlay import DRAWN, LIST, Overlay, Wanted
from core.microscope.peers import PEER_CARDS, TOOLS, is_laid_on
from core.microscope.plot import Across, Plot, Quantity
from core.microscope.reading import UNIT_WORDS, Imported
from core.models.card import ModelCard
from studio.viewmodels import wording
from studio.viewmodels.handles import Handles, log_snrs_of
from studio.viewmodels.plot_table import UNKNOWN, Figure, PlotTable

MOST = 10
"""Curves at once: beyond, they can't be told apart."""
MOST_STEPS = 200
SCHEDULE_TITLES = {
    "flow": "Flow",
    "latent_1000": "Stable Diffusion's thousand",
    "ddpm_1000": "DDPM's thousand",
    "vp_linear": "VP, linear",
    "vp_cosine": "VP, cosine",
    "ve": "VE (EDM)",
}
QUANTITIES = ("σ", "log-SNR", "Steps", "Steps in t")
ACROSS = ("Over steps", "Over t")
OURS, YOURS = "Ours", "Yours"
NOTHING = "Choose a grid at the left, and its curve comes here."
NOTE = (
    "σ is noise over signal. Δ: how far the step goes that begins there. From base: how much cleaner (+) or noisier "
    "(−) in log-SNR than the base, after the same part of the steps."
)


@dataclass(frozen=True, slots=True)
class MicroscopeInputs:
    """chosen: names of curves, in the order in which they were chosen, "" where a pen is free again.

    current: the curve that the keys act on; at: which of its levels, from 0. base: what differences are from.
    lists: imported ones, and those that were optimised for a model. shown: what was worked out last.
    """

    schedule: str = "flow"
    steps: int = 12
    chosen: tuple[str, ...] = ("uniform", "karras", "comfyui:karras")
    current: str = "uniform"
    at: int = 0
    base: str = "uniform"
    quantity: Quantity = Quantity.SIGMA
    across: Across = Across.STEP
    handles: Handles = ()
    lists: tuple[Imported, ...] = ()
    cards: tuple[ModelCard, ...] = ()
    shown: Overlay | None = None
    problem: str = ""

    @property
    def wanted(self) -> Wanted:
        """What is to be worked out."""
        return Wanted(
            self.schedule,
            self.steps,
            tuple(name for name in self.chosen if name),
            self.base,
            self.quantity,
            self.across,
            self.handles,
            tuple(each for each in self.lists if LIST + each.name in self.chosen),
        )


@dataclass(frozen=True, slots=True)
class GridRow:
    """A grid that can be chosen. note: what differs, or what it does. pen: which it is drawn with, −1 for none."""

    name: str
    title: str
    note: str
    pen: int = -1


@dataclass(frozen=True, slots=True)
class Group:
    """rows: empty where `note` says why there are none."""

    title: str
    rows: tuple[GridRow, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Drawable:
    """A curve with its pen."""

    curve: GridCurve
    pen: int
    current: bool


@dataclass(frozen=True, slots=True)
class HandleSpot:
    """Where a handle stands: x, y of the square; step from 1; words for a screen reader."""

    x: float
    y: float
    step: float
    log_snr: float
    words: str


@dataclass(frozen=True, slots=True)
class MicroscopeView:
    """curves: in the order of plot's lines. handles: () where the drawn curve can't be bent in this plot.

    readout: of the level at hand. says: the whole plot for a screen reader. problem: a sentence, "" for none.
    schedules: (name, title) each.
    """

    groups: tuple[Group, ...]
    schedules: tuple[tuple[str, str], ...]
    curves: tuple[Drawable, ...]
    plot: Plot | None
    difference: Plot | None
    handles: tuple[HandleSpot, ...]
    at: int
    base: str
    bases: tuple[tuple[str, str], ...]
    readout: str
    says: str
    problem: str
    can_use: bool


def derive_microscope(inputs: MicroscopeInputs) -> MicroscopeView:
    """What the page shows."""
    shown = inputs.shown
    curves = shown.curves if shown is not None else ()
    current = next((curve for curve in curves if curve.name == inputs.current), curves[0] if curves else None)
    base = next((curve for curve in curves if curve.name == inputs.base), curves[0] if curves else None)
    at = min(inputs.at, current.steps) if current is not None else 0
    problems = [sentence for _, sentence in shown.problems] if shown is not None else []
    pens = {name: pen for pen, name in enumerate(inputs.chosen) if name}
    return MicroscopeView(
        groups=_groups(inputs.schedule, pens, inputs.lists, drawn=bool(inputs.handles)),
        schedules=_schedules(inputs.cards),
        curves=tuple(Drawable(each, pens.get(each.name, 0), each is current) for each in curves),
        plot=shown.plot if shown is not None and curves else None,
        difference=shown.difference if shown is not None and curves else None,
        handles=_handles(inputs, shown),
        at=at,
        base=base.name if base is not None else "",
        bases=tuple((curve.name, curve.title) for curve in curves),
        readout=_readout(current, base, at) if current is not None else NOTHING,
        says=_said(curves, base),
        problem=inputs.problem or (problems[0] if problems else ""),
        can_use=current is not None,
    )


def toggled(chosen: tuple[str, ...], name: str) -> tuple[str, ...] | None:
    """The choice with a curve put on or taken off; those that stay keep their pens. None where no pen is left."""
    if name in chosen:
        fewer = ["" if each == name else each for each in chosen]
        while fewer and not fewer[-1]:
            fewer.pop()
        return tuple(fewer)
    if "" in chosen:
        place = chosen.index("")
        return (*chosen[:place], name, *chosen[place + 1 :])
    return (*chosen, name) if len(chosen) < MOST else None


def told_list(found: Imported) -> str:
    """As what a list was read, and from which end."""
    how = "" if not found.guessed else ", as it seems"
    order = "" if not found.turned else "; its noise rose, so it is read from its end"
    return f"{wording.count(found.steps, 'level')}, read as {UNIT_WORDS[found.unit]}{how}{order}"


def _schedules(cards: tuple[ModelCard, ...]) -> tuple[tuple[str, str], ...]:
    models = {card.schedule: card.title for card in reversed(cards)}
    return tuple(
        (name, f"{SCHEDULE_TITLES[name]} ({models[name]})" if name in models else SCHEDULE_TITLES[name])
        for name in SCHEDULES
    )


def _groups(schedule_name: str, pens: dict[str, int], lists: tuple[Imported, ...], *, drawn: bool) -> tuple[Group, ...]:
    schedule = schedule_named(schedule_name)
    ours = tuple(
        GridRow(card.name, card.title, card.summary, pens.get(card.name, -1))
        for card in GRID_CARDS
        if card.name not in GIVEN
    )
    yours = [GridRow(DRAWN, "Drawn", "Bent by the handles in the plot", pens.get(DRAWN, -1))] if drawn else []
    yours += [GridRow(LIST + each.name, each.name, told_list(each), pens.get(LIST + each.name, -1)) for each in lists]
    groups = [Group(YOURS, tuple(yours), "" if yours else "Draw a curve, or import a list of levels.")]
    groups.append(Group(OURS, ours))
    for tool, title in TOOLS.items():
        rows = tuple(
            GridRow(card.id, card.title, card.differs, pens.get(card.id, -1))
            for card in PEER_CARDS
            if card.tool == tool and (is_laid_on(card, schedule) or card.id in pens)
        )
        note = "" if rows else f"Lays no grids on this schedule: {SCHEDULE_TITLES[schedule_name]}."
        groups.append(Group(title, rows, note))
    return tuple(groups)


def _handles(inputs: MicroscopeInputs, shown: Overlay | None) -> tuple[HandleSpot, ...]:
    """On the drawn curve, where the plot has the step below and the noise at the side."""
    bendable = inputs.across is Across.STEP and inputs.quantity in (Quantity.SIGMA, Quantity.LOG_SNR)
    if shown is None or not bendable or not inputs.handles or DRAWN not in inputs.chosen:
        return ()
    plot, curve = shown.plot, shown.curve(DRAWN)
    if curve is None or plot.across is not inputs.across or plot.quantity is not inputs.quantity:
        return ()
    spots = list[HandleSpot]()
    places = log_snrs_of(inputs.handles, schedule_named(inputs.schedule))
    for (fraction, _), log_snr in zip(inputs.handles, places, strict=True):
        step = 1.0 + fraction * (curve.steps - 1)
        y = min(max(plot.height(axis_value(log_snr, plot.quantity)), 0.0), 1.0)
        words = f"σ {wording.sigma(_sigma(log_snr))}, log-SNR {wording.signed(log_snr)}, step {step:.3g}"
        spots.append(HandleSpot(plot.x_of_step(step), y, step, log_snr, words))
    return tuple(spots)


def axis_value(log_snr: float, quantity: Quantity) -> float:
    """A log-SNR on the plot's axis: itself, or log10 of σ."""
    return log_snr if quantity is Quantity.LOG_SNR else -0.5 * log_snr / math.log(10.0)


def log_snr_at_height(plot: Plot, height: float) -> float:
    """The log-SNR at a height of the square, of a plot of σ or of log-SNR."""
    value = plot.low + min(max(height, 0.0), 1.0) * (plot.high - plot.low)
    return value if plot.quantity is Quantity.LOG_SNR else -2.0 * math.log(10.0) * value


def _sigma(log_snr: float) -> float:
    return math.exp(-0.5 * log_snr) if log_snr > -math.inf else math.inf


def _readout(curve: GridCurve, base: GridCurve | None, at: int) -> str:
    """ "Karras, step 3 of 12: σ 4.12, log-SNR −2.8, t 0.800, a step of 1.20; 0.30 noisier than Uniform"."""
    level = curve.levels[at]
    place = f"step {at + 1} of {curve.steps}" if at < curve.steps else "the end"
    told = f"{curve.title}, {place}: σ {wording.sigma(level.ratio)}, log-SNR {wording.signed(level.log_snr, 2)}"
    told += f", t {level.t:.3f}"
    if at < curve.steps:
        size = curve.log_snr_steps[at]
        told += f", a step of {size:.2f}" if math.isfinite(size) else ""
    if base is None or base is curve:
        return told
    apart = differences(curve, base)[at]
    if apart is None:
        return told
    if abs(apart) < 0.005:
        return f"{told}; as {base.title}"
    return f"{told}; {abs(apart):.2f} {'cleaner' if apart > 0 else 'noisier'} than {base.title}"


def _said(curves: tuple[GridCurve, ...], base: GridCurve | None) -> str:
    if not curves:
        return NOTHING
    parts = list[str]()
    for curve in curves:
        first, last = (wording.sigma(curve.levels[index].ratio) for index in (0, curve.steps - 1))
        parts.append(f"{curve.title}: {wording.count(curve.steps, 'step')}, σ from {first} to {last}")
    named = f"; base {base.title}" if base is not None else ""
    return "; ".join(parts) + named


def microscope_table(view: MicroscopeView) -> PlotTable:
    """Every level of the curves on show, one after the other; the row of now is the level in hand."""
    curves, at = tuple(each.curve for each in view.curves), view.at
    base = next((curve for curve in curves if curve.name == view.base), None)
    current = next((each.curve for each in view.curves if each.current), None)
    heads = ("Curve", "Step", "t", "σ", "log-SNR", "Δ log-SNR", "Δ t", "From base")
    rows, now = list[tuple[Figure, ...]](), -1
    for curve in curves:
        apart = differences(curve, base) if base is not None else (None,) * len(curve.levels)
        sizes, times = (*curve.log_snr_steps, None), (*curve.time_steps, None)
        for index, level in enumerate(curve.levels):
            if curve is current and index == at:
                now = len(rows)
            rows.append(
                (
                    Figure(curve.title, curve.title),
                    Figure(str(index + 1), str(index + 1)),
                    Figure(f"{level.t:.4f}", repr(level.t)),
                    Figure(wording.sigma(level.ratio) if level.sigma else "0", repr(level.ratio)),
                    Figure(wording.signed(level.log_snr, 2), repr(level.log_snr)),
                    _size(sizes[index]),
                    _size(times[index], places=4),
                    _size(apart[index], signed=True),
                )
            )
    return PlotTable(heads, tuple(rows), words=(0,), current=now, note=NOTE, empty="" if rows else NOTHING)


def _size(value: float | None, *, places: int = 2, signed: bool = False) -> Figure:
    if value is None:
        return Figure(UNKNOWN, "")
    if math.isinf(value):
        return Figure("∞", repr(value))
    return Figure(wording.signed(value, places) if signed else f"{value:.{places}f}", repr(value))
