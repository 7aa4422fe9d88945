"""Curves laid over one another in a square from 0 to 1: what the window, a PNG and an SVG draw alike. No torch here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from core.diffusion.time_grid import CEILING
from core.microscope.curve import GridCurve, differences

ROOM = 0.04
"""Of the square's height, left free above and below the curves."""
MOST_TICKS = 8


class Quantity(IntEnum):
    """What stands over the steps."""

    SIGMA = 0
    LOG_SNR = 1
    LOG_SNR_STEP = 2
    TIME_STEP = 3
    DIFFERENCE = 4


class Across(IntEnum):
    """What stands below: the step that begins at a level, or the level's t, noise at the left."""

    STEP = 0
    TIME = 1


QUANTITY_TITLES = ("σ, noise over signal", "log-SNR", "step in log-SNR", "step in t", "log-SNR above the base")
ACROSS_TITLES = ("step", "t")


@dataclass(frozen=True, slots=True)
class Mark:
    """A level, or a step, in the square: x to the right, y up. index: of the level or step, from 0.

    value: what it stands for, in the quantity's own measure. beyond: it lies off the axis, at infinity.
    """

    index: int
    x: float
    y: float
    value: float
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """at: its place, 0 to 1."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Plot:
    """lines: of each curve, in their order. low, high: the ends of the axis; of sigma, its log10.

    first, last: the steps at the square's sides. zero: where a line at 0 is due, None for none.
    """

    quantity: Quantity
    across: Across
    lines: tuple[tuple[Mark, ...], ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    low: float
    high: float
    first: float
    last: float
    zero: float | None = None

    @property
    def title(self) -> str:
        """What stands over the steps, and where pure noise is shown if a curve begins in it."""
        title = QUANTITY_TITLES[self.quantity]
        if not any(mark.beyond for marks in self.lines for mark in marks):
            return title
        return f"{title}; pure noise lies at the {'upper' if self.quantity is Quantity.SIGMA else 'lower'} edge"

    def height(self, axis_value: float) -> float:
        """Of a place on the axis (of sigma, its log10), 0 to 1."""
        return (axis_value - self.low) / (self.high - self.low)

    def x_of_step(self, step: float) -> float:
        """Of a step from 1; across t it means nothing."""
        return (step - self.first) / (self.last - self.first)


def lay_out(
    curves: Sequence[GridCurve],
    quantity: Quantity,
    across: Across,
    base: GridCurve | None = None,
    span: tuple[float, float] | None = None,
) -> Plot:
    """The curves in the square. base: of differences. span: sigmas that the axis reaches to at least.

    What is not finite (pure noise, clean data, the step to it) is left out, but for pure noise at the start of a curve
    of sigma or log-SNR, which stands at the axis' end.
    """
    values = [_values(curve, quantity, base) for curve in curves]
    finite = [value for each in values for value in each if value is not None and math.isfinite(value)]
    if span is not None and quantity in (Quantity.SIGMA, Quantity.LOG_SNR):
        finite += [_axis_of_sigma(sigma, quantity) for sigma in span]
    low, high = _range(finite, quantity)
    last = max([_last_step(curve) for curve in curves] or [2.0])
    plot = Plot(quantity, across, (), (), (), low, high, 1.0, max(last, 2.0))
    return Plot(
        quantity,
        across,
        tuple(_marks(plot, curve, each) for curve, each in zip(curves, values, strict=True)),
        _x_ticks(plot),
        _y_ticks(plot),
        low,
        high,
        plot.first,
        plot.last,
        plot.height(0.0) if quantity is Quantity.DIFFERENCE else None,
    )


def _values(curve: GridCurve, quantity: Quantity, base: GridCurve | None) -> list[float | None]:
    """On the axis, level by level or step by step; ±inf for pure noise, None for what is left out."""
    if quantity is Quantity.DIFFERENCE:
        return list(differences(curve, base)) if base is not None else [None] * len(curve.levels)
    if quantity is Quantity.LOG_SNR_STEP:
        return [size if math.isfinite(size) else None for size in curve.log_snr_steps]
    if quantity is Quantity.TIME_STEP:
        return list(curve.time_steps)
    levels = (level.ratio if quantity is Quantity.SIGMA else level.log_snr for level in curve.levels)
    if quantity is Quantity.SIGMA:
        return [math.log10(ratio) if ratio > 0.0 else None for ratio in levels]
    return [log_snr if log_snr < math.inf else None for log_snr in levels]


def _axis_of_sigma(sigma: float, quantity: Quantity) -> float:
    return math.log10(sigma) if quantity is Quantity.SIGMA else -2.0 * math.log(sigma)


def _range(values: Sequence[float], quantity: Quantity) -> tuple[float, float]:
    if not values:
        return (math.log10(1e-2), math.log10(CEILING)) if quantity is Quantity.SIGMA else (-1.0, 1.0)
    low, high = min(values), max(values)
    if quantity in (Quantity.LOG_SNR_STEP, Quantity.TIME_STEP):
        low = min(low, 0.0)
    if quantity is Quantity.DIFFERENCE:
        low, high = min(low, -0.1), max(high, 0.1)
    spread = high - low or max(abs(high), 1.0)
    return low - ROOM * spread, high + ROOM * spread


def _last_step(curve: GridCurve) -> float:
    """Of an axis for every quantity: a level that is no clean data stands one further."""
    return float(curve.steps if curve.ends_clean else curve.steps + 1)


def _marks(plot: Plot, curve: GridCurve, values: Sequence[float | None]) -> tuple[Mark, ...]:
    found = list[Mark]()
    for index, value in enumerate(values):
        if value is None or value == (-math.inf if plot.quantity is Quantity.SIGMA else math.inf):
            continue
        beyond = math.isinf(value)
        y = (1.0 if value > 0 else 0.0) if beyond else plot.height(value)
        x = plot.x_of_step(index + 1.0) if plot.across is Across.STEP else 1.0 - curve.levels[index].t
        told = value if plot.quantity is not Quantity.SIGMA or beyond else 10.0**value
        found.append(Mark(index, x, y, told, beyond))
    return tuple(found)


def _x_ticks(plot: Plot) -> tuple[Tick, ...]:
    if plot.across is Across.TIME:
        return tuple(Tick(1.0 - t, f"{t:g}") for t in (1.0, 0.8, 0.6, 0.4, 0.2, 0.0))
    last = int(plot.last)
    stride = next(each for m in range(6) for k in (1, 2, 5) if last / (each := k * 10**m) <= MOST_TICKS)
    steps = dict.fromkeys([1, *range(stride, last + 1, stride)])
    return tuple(Tick(plot.x_of_step(step), str(step)) for step in steps if step == 1 or step > 0.6 * stride)


def _y_ticks(plot: Plot) -> tuple[Tick, ...]:
    if plot.quantity is Quantity.SIGMA:
        decades = range(math.ceil(plot.low), math.floor(plot.high) + 1)
        whole = [10.0**each for each in decades]
        if len(whole) < 3:
            near = (m * 10.0**e for e in range(math.floor(plot.low), math.ceil(plot.high) + 1) for m in (1, 2, 5))
            whole = [each for each in near if plot.low <= math.log10(each) <= plot.high]
        return tuple(Tick(plot.height(math.log10(each)), f"{each:g}") for each in whole)
    size = (plot.high - plot.low) / 5.0
    power = 10.0 ** math.floor(math.log10(size))
    stride = next(k * power for k in (1, 2, 5, 10) if k * power >= size * 0.999)
    first = math.ceil(plot.low / stride - 1e-9)
    places = [each * stride for each in range(first, math.floor(plot.high / stride + 1e-9) + 1)]
    signed = plot.quantity in (Quantity.LOG_SNR, Quantity.DIFFERENCE)
    return tuple(Tick(plot.height(each), _number(each, signed=signed)) for each in places)


def _number(value: float, *, signed: bool) -> str:
    words = f"{abs(value):.10g}"
    if float(words) == 0.0:
        return "0"
    return ("−" if value < 0 else "+" if signed else "") + words
