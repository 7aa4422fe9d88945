"""A curve through points that never overshoots them. No torch here."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise


def monotone_curve(xs: Sequence[float], ys: Sequence[float], at: Sequence[float]) -> tuple[float, ...]:
    """The curve through (xs, ys) at each of `at`: monotone wherever the points are, with a continuous slope.

    xs: at least 2, strictly rising. at: within xs[0] to xs[-1].
    Cubic pieces whose slopes are harmonic means of the neighbouring chords', which keeps them inside the region
    that makes a cubic monotone. Two points make a straight line.
    Source: Fritsch and Carlson 1980 (doi:10.1137/0717021), region; Fritsch and Butland 1984 (doi:10.1137/0905021),
    slopes. As scipy's PchipInterpolator.
    """
    widths = [b - a for a, b in pairwise(xs)]
    chords = [(b - a) / width for (a, b), width in zip(pairwise(ys), widths, strict=True)]
    slopes = _slopes(widths, chords)

    def value(x: float) -> float:
        piece = min(max(bisect_right(xs, x) - 1, 0), len(widths) - 1)
        width, u = widths[piece], (x - xs[piece]) / widths[piece]
        low, rise = ys[piece], ys[piece + 1] - ys[piece]
        bend = width * (slopes[piece] * (1.0 - u) - slopes[piece + 1] * u)
        return low + u * u * (3.0 - 2.0 * u) * rise + u * (1.0 - u) * bend

    return tuple(value(x) for x in at)


def _slopes(widths: Sequence[float], chords: Sequence[float]) -> list[float]:
    if len(chords) == 1:
        return [chords[0], chords[0]]
    inner = [_inner_slope(widths[i], widths[i + 1], chords[i], chords[i + 1]) for i in range(len(chords) - 1)]
    first = _end_slope(widths[0], widths[1], chords[0], chords[1])
    last = _end_slope(widths[-1], widths[-2], chords[-1], chords[-2])
    return [first, *inner, last]


def _inner_slope(width: float, next_width: float, chord: float, next_chord: float) -> float:
    # Divided, not multiplied: a product of two tiny chords would vanish.
    if chord == 0.0 or next_chord == 0.0 or (chord > 0.0) != (next_chord > 0.0):
        return 0.0
    before, after = width + 2.0 * next_width, 2.0 * width + next_width
    return (before + after) / (before / chord + after / next_chord)


def _end_slope(width: float, next_width: float, chord: float, next_chord: float) -> float:
    """The slope at the end of a parabola through three points, held to the monotone region."""
    slope = ((2.0 * width + next_width) * chord - width * next_chord) / (width + next_width)
    if (slope > 0.0) != (chord > 0.0):
        return 0.0
    if (chord > 0.0) != (next_chord > 0.0) and abs(slope) > 3.0 * abs(chord):
        return 3.0 * chord
    return slope
