"""The noise of each step, drawn: a dot a step, a grey band where guidance acts, a line at the present step."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from studio.theme import Theme, fonts
from studio.theme.tokens import SAMPLER_SERIES
from studio.viewmodels import wording
from studio.viewmodels.sampler import Curve

LEFT, RIGHT, TOP, BOTTOM = 36.0, 12.0, 12.0, 24.0
FLOOR, CEILING = 1e-3, 100.0


class SchedulePlot(QWidget):
    """Shows a Curve, or words on why there is none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._curve: Curve | None = None
        self._problem = ""
        self._low, self._high = 0.0, 1.0
        self.setFixedHeight(132)
        self.setAccessibleName("Noise schedule")
        theme.changed.connect(self.update)

    def show_curve(self, curve: Curve | None, problem: str = "") -> None:
        self._curve, self._problem = curve, problem
        if curve is not None:
            self._low, self._high = self._bounds(curve)
            ends = f"from σ {wording.sigma(curve.sigmas[0])} to {wording.sigma(curve.sigmas[-2])}"
            self.setAccessibleDescription(f"{len(curve.sigmas) - 1} steps {ends}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(tokens.line2), 1))
            painter.setBrush(QColor(tokens.bg1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
            if self._curve is None:
                painter.setFont(fonts.caption())
                painter.setPen(QColor(tokens.tx3))
                flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
                painter.drawText(self.rect().adjusted(14, 8, -14, -8), flags, self._problem)
                return
            self._paint_axes(painter, self._curve)
            self._paint_curve(painter, self._curve)

    def _values(self, curve: Curve) -> list[float]:
        """Heights on the axis for the steps' starts: log10 sigma, or log-SNR; infinite ones at the axis' end."""
        if curve.as_log_snr:
            return [min(max(value, -10.0), 10.0) for value in curve.log_snrs[:-1]]
        return [math.log10(min(max(value, FLOOR), CEILING)) for value in curve.sigmas[:-1]]

    def _ticks(self, curve: Curve) -> list[tuple[float, str]]:
        if curve.as_log_snr:
            return [(float(v), wording.signed(v, 0)) for v in (-10, -5, 0, 5, 10)]
        return [(math.log10(v), f"{v:g}") for v in (100, 10, 1, 0.1, 0.01, 0.001)]

    def _bounds(self, curve: Curve) -> tuple[float, float]:
        values = self._values(curve)
        low, high = min(values), max(values)
        ticks = [height for height, _ in self._ticks(curve)]
        return max((t for t in ticks if t <= low), default=low), min((t for t in ticks if t >= high), default=high)

    def _point(self, curve: Curve, step: int, value: float) -> QPointF:
        last = max(len(curve.sigmas) - 2, 1)
        low, high = self._low, self._high
        part = (value - low) / (high - low) if high > low else 0.5
        x = LEFT + (self.width() - LEFT - RIGHT) * step / last
        return QPointF(x, self.height() - BOTTOM - (self.height() - TOP - BOTTOM) * part)

    def _paint_axes(self, painter: QPainter, curve: Curve) -> None:
        tokens = self._theme.tokens
        low, high = self._low, self._high
        painter.setFont(fonts.caption())
        for height, words in self._ticks(curve):
            if low - 1e-9 <= height <= high + 1e-9:
                y = self._point(curve, 0, height).y()
                painter.setPen(QPen(QColor(tokens.line), 1))
                painter.drawLine(QPointF(LEFT, y), QPointF(self.width() - RIGHT, y))
                painter.setPen(QColor(tokens.tx3))
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(QRectF(0, y - 8, LEFT - 6, 16), right, words)
        steps = len(curve.sigmas) - 1
        painter.setPen(QColor(tokens.tx3))
        for step in sorted({1, (steps + 1) // 2, steps}):
            x = self._point(curve, step - 1, low).x()
            box = QRectF(x - 20, self.height() - BOTTOM + 4, 40, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(step))
        if curve.on is not None:
            self._paint_band(painter, curve)

    def _paint_band(self, painter: QPainter, curve: Curve) -> None:
        assert curve.on is not None
        tokens = self._theme.tokens
        left = self._point(curve, curve.on[0] - 1, 0).x()
        right = self._point(curve, curve.on[1] - 1, 0).x()
        band = QRectF(left, TOP, max(right - left, 2.0), self.height() - TOP - BOTTOM)
        ground = QColor(tokens.ctl)
        ground.setAlphaF(0.16)
        painter.fillRect(band, ground)
        painter.setPen(QPen(QColor(tokens.ctl), 1))
        painter.drawLine(band.topLeft(), band.bottomLeft())
        painter.drawLine(band.topRight(), band.bottomRight())
        if band.width() > 80:
            painter.setPen(QColor(tokens.tx3))
            foot = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
            painter.drawText(band.adjusted(6, 0, -6, -2), foot, "guidance on")

    def _paint_curve(self, painter: QPainter, curve: Curve) -> None:
        tokens = self._theme.tokens
        series = tokens.series[SAMPLER_SERIES.get(curve.series, 0)]
        points = [self._point(curve, step, value) for step, value in enumerate(self._values(curve))]
        done = len(points) if curve.done is None else min(curve.done, len(points))
        solid, dashed = QPen(QColor(series.colour), 1.6), QPen(QColor(series.colour), 1.2)
        dashed.setDashPattern([4, 3])
        painter.setPen(solid)
        painter.drawPolyline(QPolygonF(points[: max(done, 1)]))
        painter.setPen(dashed)
        painter.drawPolyline(QPolygonF(points[max(done - 1, 0) :]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(series.colour))
        radius = 2.2 if len(points) <= 60 else 1.0
        for point, sigma in zip(points, curve.sigmas, strict=False):
            if sigma <= CEILING:
                painter.drawEllipse(point, radius, radius)
        if curve.sigmas[0] > CEILING:
            self._paint_beyond(painter, points[0], series.colour)
        if curve.done:
            x = points[min(curve.done, len(points)) - 1].x()
            painter.setPen(QPen(QColor(tokens.acc), 1.6))
            painter.drawLine(QPointF(x, TOP), QPointF(x, self.height() - BOTTOM))

    def _paint_beyond(self, painter: QPainter, point: QPointF, colour: str) -> None:
        """A small arrow: this level lies above the axis (pure noise)."""
        painter.drawPolygon(QPolygonF([point + QPointF(-4, 3), point + QPointF(4, 3), point + QPointF(0, -4)]))
        painter.setPen(QColor(self._theme.tokens.tx3))
        painter.drawText(QRectF(point.x() + 6, point.y() - 9, 80, 16), Qt.AlignmentFlag.AlignVCenter, "pure noise")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
