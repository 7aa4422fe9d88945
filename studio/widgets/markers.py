"""The marks of series: a shape for each, so that colour is never alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

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


def marker_icon(marker: Marker, colour: QColor) -> QIcon:
    """The mark for a list, 12 logical pixels square."""
    picture = QPixmap(24, 24)
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_marker(painter, QRectF(1, 1, 10, 10), marker, colour)
    return QIcon(picture)
