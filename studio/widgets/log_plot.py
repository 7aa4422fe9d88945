"""Errors of solvers over their evaluations, both axes logarithmic; a line, marker and dash each."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.theme import Theme, fonts, sizes
from studio.viewmodels.toy import ErrorLine
from studio.widgets.markers import draw_marker
from studio.widgets.spoken import Part, Spoken

LEFT, RIGHT, TOP, BOTTOM = 40, 10, 8, 32
TICKS = (4, 8, 16, 32, 64)
MARK = 7.0


class LogPlot(QWidget):
    """Shows ErrorLines; at: the number of evaluations that is chosen now."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._lines, self._at = theme, tuple[ErrorLine, ...](), 0
        self.setAccessibleName("Error over evaluations")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        sizes.fix(self, height=170, lines=2)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(220, sizes.tall(170, 2))

    def show_lines(self, lines: tuple[ErrorLine, ...], at: int) -> None:
        self._lines, self._at = lines, at
        told = "; ".join(f"{line.name}: " + ", ".join(f"{y:.3g} at {x:.0f}" for x, y in line.points) for line in lines)
        self.setAccessibleDescription(told or "not measured yet")
        self.update()

    def spoken(self) -> Spoken:
        return Spoken(Part.CHART, self.accessibleDescription())

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        box = QRectF(self.rect()).adjusted(sizes.wide(LEFT), TOP, -RIGHT, -sizes.tall(BOTTOM, 2))
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self.hasFocus():
                painter.setPen(QPen(QColor(tokens.focus), 2))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
            ys = [y for line in self._lines for _, y in line.points]
            if not ys:
                painter.setPen(QColor(tokens.tx3))
                painter.setFont(fonts.label())
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Being measured…")
                return
            low, high = math.log10(min(ys)) - 0.1, math.log10(max(ys)) + 0.1
            self._paint_axes(painter, box, low, high)
            for line in self._lines:
                self._paint_line(painter, box, low, high, line)

    def _across(self, box: QRectF, x: float) -> float:
        first, last = math.log(3), math.log(70)
        return box.left() + box.width() * (math.log(max(x, 3.0)) - first) / (last - first)

    def _paint_axes(self, painter: QPainter, box: QRectF, low: float, high: float) -> None:
        tokens = self._theme.tokens
        painter.setFont(fonts.caption())
        whole = [10.0**each for each in range(math.ceil(low), math.floor(high) + 1)]
        halves = [m * 10.0**e for e in range(math.floor(low), math.ceil(high) + 1) for m in (1, 2, 5)]
        for value in whole if len(whole) > 1 else [each for each in halves if low <= math.log10(each) <= high]:
            y = box.bottom() - box.height() * (math.log10(value) - low) / (high - low)
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(QColor(tokens.tx3))
            room = QRectF(0, y - 8, box.left() - 6, 16)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:g}")
        for tick in TICKS:
            x = self._across(box, tick)
            painter.setPen(QColor(tokens.tx3))
            room = QRectF(x - 20, box.bottom() + 2, 40, sizes.tall(15))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, str(tick))
        foot = QRectF(box.left(), box.bottom() + sizes.tall(15), box.width(), sizes.tall(17))
        painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, "network evaluations")
        if self._at:
            x = self._across(box, self._at)
            painter.setPen(QPen(QColor(tokens.acc), 1.4))
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def _paint_line(self, painter: QPainter, box: QRectF, low: float, high: float, line: ErrorLine) -> None:
        series = self._theme.tokens.series[line.series]
        colour = QColor(series.colour)
        points = [
            QPointF(self._across(box, x), box.bottom() - box.height() * (math.log10(y) - low) / (high - low))
            for x, y in line.points
        ]
        pen = QPen(colour, 1.6)
        if series.dash:
            pen.setDashPattern(list(series.dash))
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        for point in points:
            draw_marker(painter, QRectF(point.x() - MARK / 2, point.y() - MARK / 2, MARK, MARK), series.marker, colour)
