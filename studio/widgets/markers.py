"""The marks of series: a shape for each, so that colour is never alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from studio.theme.tokens import Marker


def draw_marker(painter: QPainter, box: QRectF, marker: Marker, colour: QColor) -> None:
    """Draw a series' mark into `box`; nothing for "none"."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    middle = box.center()
    match marker:
        case "circle":
            painter.drawEllipse(box)
        case "square":
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        case "triangle":
            painter.drawPolygon(QPolygonF([QPointF(middle.x(), box.top()), box.bottomRight(), box.bottomLeft()]))
        case "diamond":
            corners = [
                QPointF(middle.x(), box.top()),
                QPointF(box.right(), middle.y()),
                QPointF(middle.x(), box.bottom()),
                QPointF(box.left(), middle.y()),
            ]
            painter.drawPolygon(QPolygonF(corners))
        case "cross":
            painter.setPen(QPen(colour, 2))
            painter.drawLine(box.topLeft(), box.bottomRight())
            painter.drawLine(box.topRight(), box.bottomLeft())
        case "none":
            return
