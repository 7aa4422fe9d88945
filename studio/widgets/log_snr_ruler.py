"""The ruler under the filmstrip: log-SNR with a dot for each step, and the hill of how much the guess changed there."""

from __future__ import annotations

import math
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from studio.theme import fonts
from studio.theme.tokens import Tokens
from studio.viewmodels import wording
from studio.viewmodels.trajectory import RULER, TrajectoryView, ruler_place

HILL = 20.0
"""Height of the hill's top, logical pixels."""
FOOT = 1.5
"""How far beyond its first and last point the hill comes down, in log-SNR."""


def paint_ruler(painter: QPainter, tokens: Tokens, box: QRectF, view: TrajectoryView | None) -> None:
    """The line lies at the top of `box` and is as long as it is wide; the hill stands on it, `box` high at most."""
    if view is not None:
        _paint_hill(painter, tokens, box, view.hill)
    y = box.top()
    painter.setFont(fonts.caption())
    painter.setPen(QPen(QColor(tokens.ctl), 1))
    painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
    for log_snr in range(int(RULER[0]) + 1, int(RULER[1]), 2):
        x = _x(box, log_snr)
        painter.setPen(QPen(QColor(tokens.ctl), 1))
        painter.drawLine(QPointF(x, y), QPointF(x, y + 4))
        painter.setPen(QColor(tokens.tx3))
        words = wording.signed(log_snr, 0)
        painter.drawText(QRectF(x - 20, y + 5, 40, 16), Qt.AlignmentFlag.AlignCenter, words)
    painter.setPen(Qt.PenStyle.NoPen)
    for mark in view.marks if view else ():
        if not math.isnan(mark.log_snr):
            painter.setBrush(QColor(tokens.tx1 if mark.reached else tokens.line2))
            painter.drawEllipse(QPointF(_x(box, mark.log_snr), y), 2.1, 2.1)


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
