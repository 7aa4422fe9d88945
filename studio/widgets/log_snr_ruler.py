"""The ruler under the filmstrip: log-SNR with a dot for each step, and the hill of how much the guess changed there."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen, QPolygonF

from studio.theme import fonts
from studio.theme.tokens import Tokens
from studio.viewmodels import wording
from studio.viewmodels.trajectory import RULER, TrajectoryView, ruler_place

HILL = 20.0
"""Height of the hill's top, logical pixels."""
FOOT = 1.5
"""How far beyond its first and last point the hill comes down, in log-SNR."""
DOT = 4.2
"""Of a step: how wide."""


def numbers(metrics: QFontMetrics, box: QRectF) -> tuple[tuple[int, QRectF], ...]:
    """The log-SNRs that are written below the line at the top of `box`, and where. metrics: of their face."""
    # Where numbers would touch, every second one is left out.
    room = 2 * box.width() / (RULER[1] - RULER[0])
    apart = 2 if room >= 1.5 * metrics.horizontalAdvance("+8") else 4
    written = (tick for tick in _ticks() if tick % apart == 0)
    return tuple((tick, QRectF(_x(box, tick) - 20, box.top() + 5, 40, 16)) for tick in written)


def paint_scale(painter: QPainter, tokens: Tokens, box: QRectF) -> None:
    """The line at the top of `box`, as long as it is wide, with its ticks."""
    y = box.top()
    painter.setPen(QPen(QColor(tokens.ctl), 1))
    painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
    for log_snr in _ticks():
        x = _x(box, log_snr)
        painter.drawLine(QPointF(x, y), QPointF(x, y + 4))


def paint_numbers(painter: QPainter, tokens: Tokens, box: QRectF, covered: QRectF) -> None:
    """What the ticks of `paint_scale` stand for, but for numbers that would stick out under what is `covered`."""
    painter.setFont(fonts.caption())
    painter.setPen(QColor(tokens.tx3))
    metrics = painter.fontMetrics()
    for log_snr, place in numbers(metrics, box):
        words = wording.signed(log_snr, 0)
        wide = metrics.horizontalAdvance(words) + 4
        if not QRectF(place.center().x() - wide / 2, place.top(), wide, place.height()).intersects(covered):
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)


def paint_steps(painter: QPainter, tokens: Tokens, box: QRectF, view: TrajectoryView) -> None:
    """On the scale that `paint_scale` puts into `box`: a dot a step, and the hill, `box` high at most."""
    _paint_hill(painter, tokens, box, view.hill)
    dots = _dots(view.marks, box.left(), box.width(), box.top())
    for of_them, colour in ((dots[view.reached :], tokens.line2), (dots[: view.reached], tokens.tx1)):
        painter.setPen(QPen(QColor(colour), DOT, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPoints(QPolygonF(of_them))


@lru_cache(maxsize=4)
def _dots(marks: tuple[float, ...], left: float, width: float, top: float) -> list[QPointF]:
    """Where the steps stand, remembered: only how many of them are made changes in a run."""
    return [QPointF(left + ruler_place(log_snr) * width, top) for log_snr in marks]


def _ticks() -> range:
    return range(int(RULER[0]) + 1, int(RULER[1]), 2)


def _x(box: QRectF, log_snr: float) -> float:
    return box.left() + ruler_place(log_snr) * box.width()


def _paint_hill(painter: QPainter, tokens: Tokens, box: QRectF, hill: tuple[tuple[float, float], ...]) -> None:
    if len(hill) < 2:
        return
    feet = ((hill[0][0] - FOOT, 0.0), *hill, (hill[-1][0] + FOOT, 0.0))
    points = [QPointF(_x(box, log_snr), box.top() - box.height() * change) for log_snr, change in feet]
    outline = QPainterPath(points[0])
    for start, end in pairwise(points):
        # Level at both ends, so that the hill never rises above what was measured.
        middle = (start.x() + end.x()) / 2
        outline.cubicTo(QPointF(middle, start.y()), QPointF(middle, end.y()), end)
    outline.closeSubpath()
    colour = QColor(tokens.info)
    colour.setAlphaF(0.22)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPath(outline)
