"""A plot of curves as a picture: SVG, or PNG by the same strokes. No torch, and no window.

A drawing is a list of strokes and words in a sheet of WIDTH x HEIGHT units; each format puts the same list down.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import escape

from core.microscope.curve import GridCurve
from core.microscope.plot import ACROSS_TITLES, Mark, Plot

if TYPE_CHECKING:
    from PIL import ImageDraw

WIDTH, HEIGHT = 1200, 720
LEFT, RIGHT, TOP, BOTTOM = 84, 300, 64, 60
MARK = 9.0
PNG_SCALE, FINER = 2, 2
"""Pixels a unit of a PNG, and how much finer it is drawn before it is scaled down."""
FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"
Shape = Literal["circle", "square", "triangle", "diamond", "cross", "none"]
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Pen:
    """How one curve is drawn: colour "#rrggbb", marker, dash pattern in widths of the line (empty is solid)."""

    colour: str
    marker: Shape
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of a sheet, and pens for the curves; `pens` tells what those beyond get."""

    ground: str = "#FFFFFF"
    ink: str = "#1A1A1E"
    faint: str = "#5E5E68"
    line: str = "#DCDCE1"
    pens: tuple[Pen, ...] = (
        Pen("#155BC4", "circle"),
        Pen("#716612", "square", (6.0, 3.0)),
        Pen("#A63277", "triangle", (1.0, 2.0)),
        Pen("#178E53", "diamond", (5.0, 2.0, 1.0, 2.0)),
        Pen("#2504A6", "cross", (3.0, 2.0)),
    )


def pens(some: Sequence[Pen], count: int) -> tuple[Pen, ...]:
    """A pen for each of `count` curves, no two alike in colour, marker and dash up to the square of their number.

    In each round marker and dash move on against the colours.
    """
    n = len(some)
    return tuple(
        Pen(some[i % n].colour, some[(i + i // n) % n].marker, some[(i + 2 * (i // n)) % n].dash) for i in range(count)
    )


@dataclass(frozen=True, slots=True)
class _Words:
    x: float
    y: float
    text: str
    size: float
    colour: str
    anchor: Anchor = "start"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class _Stroke:
    points: tuple[tuple[float, float], ...]
    colour: str
    width: float
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class _Spot:
    x: float
    y: float
    shape: Shape
    colour: str


_Drawing = list[_Words | _Stroke | _Spot]


def svg_of(plot: Plot, curves: Sequence[GridCurve], title: str, look: Look | None = None) -> str:
    """The plot as an SVG file's text, with the curves named beside it."""
    look = look or Look()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="Inter, sans-serif">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{look.ground}"/>',
    ]
    parts += [_svg(each) for each in _drawing(plot, curves, title, look)]
    return "\n".join([*parts, "</svg>", ""])


def png_of(plot: Plot, curves: Sequence[GridCurve], title: str, look: Look | None = None) -> bytes:
    """The same as a PNG file's octets, at twice the sheet's size."""
    from PIL import Image, ImageDraw

    look = look or Look()
    scale = PNG_SCALE * FINER
    image = Image.new("RGB", (WIDTH * scale, HEIGHT * scale), look.ground)
    draw = ImageDraw.Draw(image)
    for each in _drawing(plot, curves, title, look):
        _png(draw, each, scale)
    out = io.BytesIO()
    image.resize((WIDTH * PNG_SCALE, HEIGHT * PNG_SCALE), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()


def _drawing(plot: Plot, curves: Sequence[GridCurve], title: str, look: Look) -> _Drawing:
    wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        return LEFT + x * wide, TOP + (1.0 - y) * tall

    made: _Drawing = [_Words(LEFT, 34, title, 17, look.ink, bold=True)]
    made.append(_Words(LEFT, TOP - 8, plot.title, 13, look.faint))
    for tick in plot.y_ticks:
        x, y = at(0.0, tick.at)
        made.append(_Stroke(((x, y), (x + wide, y)), look.line, 1.0))
        made.append(_Words(x - 10, y + 5, tick.words, 13, look.faint, "end"))
    for tick in plot.x_ticks:
        x, y = at(tick.at, 0.0)
        made.append(_Stroke(((x, y), (x, y + 5)), look.faint, 1.0))
        made.append(_Words(x, y + 22, tick.words, 13, look.faint, "middle"))
    if plot.zero is not None:
        made.append(_Stroke((at(0.0, plot.zero), at(1.0, plot.zero)), look.faint, 1.5))
    made.append(_Stroke((at(0.0, 0.0), at(1.0, 0.0)), look.faint, 1.0))
    made.append(_Words(LEFT + wide / 2, HEIGHT - 16, ACROSS_TITLES[plot.across], 13, look.faint, "middle"))
    drawn = pens(look.pens, len(curves))
    for place, (curve, pen, marks) in enumerate(zip(curves, drawn, plot.lines, strict=True)):
        made += _line([at(mark.x, mark.y) for mark in marks], marks, pen)
        y = TOP + 12 + 24 * place
        made += _line([(WIDTH - RIGHT + 24, y), (WIDTH - RIGHT + 64, y)], (), pen)
        made.append(_Spot(WIDTH - RIGHT + 44, y, pen.marker, pen.colour))
        made.append(_Words(WIDTH - RIGHT + 74, y + 5, _short(curve.title), 14, look.ink))
    return made


def _line(points: Sequence[tuple[float, float]], marks: Sequence[Mark], pen: Pen) -> _Drawing:
    made: _Drawing = []
    if len(points) > 1:
        made.append(_Stroke(tuple(points), pen.colour, 2.0, pen.dash))
    made += [
        _Spot(x, y, pen.marker, pen.colour) for (x, y), mark in zip(points, marks, strict=False) if not mark.beyond
    ]
    return made


def _short(title: str, most: int = 29) -> str:
    return title if len(title) <= most else f"{title[: most - 1].rstrip()}…"


def _corners(spot: _Spot) -> list[tuple[float, float]]:
    x, y, r = spot.x, spot.y, MARK / 2
    if spot.shape == "square":
        return [(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)]
    if spot.shape == "triangle":
        return [(x, y - r), (x + r, y + r), (x - r, y + r)]
    return [(x, y - r), (x + r, y), (x, y + r), (x - r, y)]


def _svg(each: _Words | _Stroke | _Spot) -> str:
    if isinstance(each, _Words):
        weight = ' font-weight="600"' if each.bold else ""
        return (
            f'<text x="{each.x:.2f}" y="{each.y:.2f}" font-size="{each.size:g}" fill="{each.colour}" '
            f'text-anchor="{each.anchor}"{weight}>{escape(each.text)}</text>'
        )
    if isinstance(each, _Stroke):
        dash = " ".join(f"{part * each.width:g}" for part in each.dash)
        return (
            f'<polyline points="{_points(each.points)}" fill="none" stroke="{each.colour}" '
            f'stroke-width="{each.width:g}"' + (f' stroke-dasharray="{dash}"' if dash else "") + "/>"
        )
    r = MARK / 2
    if each.shape == "circle":
        return f'<circle cx="{each.x:.2f}" cy="{each.y:.2f}" r="{r:g}" fill="{each.colour}"/>'
    if each.shape == "cross":
        a, b, c, d = each.x - r, each.y - r, each.x + r, each.y + r
        return (
            f'<path d="M{a:.2f} {b:.2f}L{c:.2f} {d:.2f}M{c:.2f} {b:.2f}L{a:.2f} {d:.2f}" '
            f'stroke="{each.colour}" stroke-width="2"/>'
        )
    return "" if each.shape == "none" else f'<polygon points="{_points(_corners(each))}" fill="{each.colour}"/>'


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)


def _png(draw: ImageDraw.ImageDraw, each: _Words | _Stroke | _Spot, scale: int) -> None:
    if isinstance(each, _Words):
        from PIL import ImageFont

        face = FONTS / ("Inter-SemiBold.otf" if each.bold else "Inter-Regular.otf")
        font = ImageFont.truetype(str(face), round(each.size * scale))
        anchor = {"start": "ls", "middle": "ms", "end": "rs"}[each.anchor]
        draw.text((each.x * scale, each.y * scale), each.text, fill=each.colour, font=font, anchor=anchor)
        return
    if isinstance(each, _Stroke):
        for part in _dashes(each):
            draw.line([(x * scale, y * scale) for x, y in part], fill=each.colour, width=round(each.width * scale))
        return
    x, y, r = each.x * scale, each.y * scale, MARK / 2 * scale
    if each.shape == "circle":
        draw.ellipse((x - r, y - r, x + r, y + r), fill=each.colour)
    elif each.shape == "cross":
        for way in (1, -1):
            draw.line([(x - r, y - way * r), (x + r, y + way * r)], fill=each.colour, width=2 * scale)
    elif each.shape != "none":
        draw.polygon([(a * scale, b * scale) for a, b in _corners(each)], fill=each.colour)


def _dashes(stroke: _Stroke) -> list[list[tuple[float, float]]]:
    """The stroke cut into its dashes, which PIL can't do."""
    if not stroke.dash:
        return [list(stroke.points)]
    lengths = [part * stroke.width for part in stroke.dash]
    made, on, left, place = [[stroke.points[0]]], True, lengths[0], 0
    for (x, y), (to_x, to_y) in zip(stroke.points, stroke.points[1:], strict=False):
        whole = math.hypot(to_x - x, to_y - y)
        gone = 0.0
        while whole - gone > left:
            gone += left
            point = (x + (to_x - x) * gone / whole, y + (to_y - y) * gone / whole)
            if on:
                made[-1].append(point)
            else:
                made.append([point])
            on, place = not on, (place + 1) % len(lengths)
            left = lengths[place]
        left -= whole - gone
        if on:
            made[-1].append((to_x, to_y))
    return made
