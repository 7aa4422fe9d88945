"""The noise of each step, drawn: a dot a step, a grey band where guidance acts, a line at the present step, handles."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.theme import Theme, fonts, sizes
from studio.theme.tokens import SAMPLER_SERIES
from studio.viewmodels import wording
from studio.viewmodels.sampler import Curve
from studio.widgets.bubble import Bubble
from studio.widgets.layer import Layer
from studio.widgets.schedule_handle import ScheduleHandle
from studio.widgets.spoken import Part, Span, Spoken

LEFT, RIGHT, TOP, BOTTOM = 36.0, 14.0, 18.0, 26.0
"""Round the plot, at text scale 1."""
NUDGES = 100
"""Presses of an arrow key from the plot's foot to its top."""
EDGE_GRIP = 6.0
"""How near to an edge of the guidance band a press takes it in hand, logical pixels."""
VCENTER = Qt.AlignmentFlag.AlignVCenter
TIP = (
    "Drag a handle, or move it with the arrow keys (Shift: ten times, Alt: a tenth).\n"
    "Double-click, or Insert, adds one; Delete removes it. Shift holds a drag to one direction."
)


class SchedulePlot(QWidget):
    """Shows a Curve and its handles, or words on why there is none.

    moved(index, fraction, log_snr), added(fraction, log_snr), removed(index): what the user wants of the handles.
    banded(side, step): an edge of the guidance band was dragged to a step, from 1; side 0 is where it begins.
    """

    moved = Signal(int, float, float)
    added = Signal(float, float)
    removed = Signal(int)
    banded = Signal(int, int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._curve: Curve | None = None
        self._plain: Curve | None = None
        self._problem = ""
        self._ground = Layer(self)
        self._traced_for: object = None
        self._trace: tuple[list[QPointF], list[QPointF]] = [], []
        self._low, self._high = 0.0, 1.0
        self._hovered: int | None = None
        self._edge: int | None = None
        self.handles: list[ScheduleHandle] = []
        self.bubble = Bubble(theme, self)
        sizes.fix(self, height=144, lines=2)
        self.setMouseTracking(True)
        self.setToolTip(TIP)
        self.setAccessibleName("Noise schedule")
        theme.changed.connect(self._place_handles)
        theme.changed.connect(self.update)

    def show_curve(self, curve: Curve | None, problem: str = "") -> None:
        plain = None if curve is None else replace(curve, done=None)
        moved = plain is None or plain != self._plain
        before, self._curve, self._plain, self._problem = self._curve, curve, plain, problem
        self.setAccessibleDescription(problem if curve is None else _described(curve))
        if curve is None or before is None or moved or None in (before.done, curve.done):
            self._arrange()
            self.update()
        else:
            self._update_between(curve, before.done or 1, curve.done or 1)

    def _update_between(self, curve: Curve, *steps: int) -> None:
        """Paint the part of the plot between these steps (from 1) anew."""
        dots = self._traced(curve)[0]
        ends = [dots[min(step, len(dots)) - 1].x() for step in steps]
        left, right = int(min(ends)) - 4, int(max(ends)) + 5
        self.update(left, 0, right - left, self.height())

    def _arrange(self) -> None:
        """Axis and handles for another curve; steps made change neither."""
        curve = self._curve
        if curve is not None:
            ends = sorted(curve.height(-2.0 * math.log(sigma)) for sigma in curve.span)
            self._low, self._high = ends
        self._set_count(len(curve.handles) if curve else 0)
        self._place_handles()

    def spoken(self) -> Spoken:
        return Spoken(Part.CHART, self.accessibleDescription())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_handles()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._edge = self._edge_at(event.position())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._edge = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._curve is not None and self._edge is not None:
            steps = len(self._curve.sigmas) - 1
            self.banded.emit(self._edge, round(self._fraction_at(event.position().x()) * max(steps - 1, 0)) + 1)
        elif self._curve is not None:
            near = self._edge_at(event.position()) is not None
            self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)
            place = self._fraction_at(event.position().x()) * max(len(self._curve.sigmas) - 2, 0)
            inside = event.position().x() >= self._left() - 8
            self._hovered = min(max(round(place), 0), len(self._curve.sigmas) - 2) if inside else None
            self._show_bubble()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = None
        self._show_bubble()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._curve is not None and event.button() == Qt.MouseButton.LeftButton:
            self.added.emit(self._fraction_at(event.position().x()), self._log_snr_at(event.position().y()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            shown = (self._theme.tokens, fonts.text_scale(), self._plain, self._problem)
            self._ground.draw(painter, shown, self._paint_ground)
            if self._curve is not None:
                self._paint_curve(painter, self._curve)

    def _paint_ground(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        painter.setPen(QPen(QColor(tokens.line2), 1))
        painter.setBrush(QColor(tokens.bg2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        if self._curve is not None:
            self._paint_axes(painter, self._curve)
            return
        painter.setFont(fonts.caption())
        painter.setPen(QColor(tokens.tx3))
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        painter.drawText(self.rect().adjusted(14, 8, -14, -8), flags, self._problem)

    def _set_count(self, count: int) -> None:
        while len(self.handles) > count:
            handle = self.handles.pop()
            handle.hide()
            handle.deleteLater()
        while len(self.handles) < count:
            handle = ScheduleHandle(self._theme, self)
            index = len(self.handles)
            handle.dragged.connect(lambda point, index=index: self._drag(index, point))
            handle.nudged.connect(lambda steps, rise, index=index: self._nudge(index, steps, rise))
            handle.asked.connect(lambda log_snr, index=index: self._ask(index, log_snr))
            handle.risen.connect(lambda part, index=index: self._ask(index, self._log_snr_of(part)))
            handle.added.connect(lambda index=index: self._add_beside(index))
            handle.removed.connect(lambda index=index: self.removed.emit(index))
            handle.pointed.connect(self._show_bubble)
            if self.handles:
                QWidget.setTabOrder(self.handles[-1], handle)
            self.handles.append(handle)
            handle.show()
        self.bubble.raise_()

    def _place_handles(self) -> None:
        curve = self._curve
        if curve is None:
            self._show_bubble()
            return
        colour = self._theme.tokens.series[SAMPLER_SERIES.get(curve.series, 0)].colour
        steps = len(curve.sigmas) - 1
        for index, (widget, handle) in enumerate(zip(self.handles, curve.handles, strict=True)):
            height = self._clipped(curve.height(handle.log_snr))
            step = 1.0 + handle.fraction * (steps - 1)
            noise = f"{_told_sigma(handle.log_snr)}, log-SNR {wording.signed(handle.log_snr)}"
            part = (height - self._low) / (self._high - self._low)
            name = f"Schedule handle {index + 1} of {len(self.handles)}"
            words = f"{noise}, step {step:.3g} of {steps}"
            low, high = sorted(curve.log_snr(end) for end in (self._low, self._high))
            span = Span(curve.log_snr(height), low, high, (high - low) / NUDGES)
            widget.show_at(self._point(handle.fraction, height), part, colour, name, words, span)
        self._show_bubble()

    def _show_bubble(self) -> None:
        """At the handle that is dragged or pointed at, else the step under the pointer, else the focused handle."""
        curve = self._curve
        index = next((i for i, handle in enumerate(self.handles) if handle.held), None)
        if index is None and self._hovered is None:
            index = next((i for i, handle in enumerate(self.handles) if handle.hasFocus()), None)
        if curve is None or (index is None and self._hovered is None):
            self.bubble.hide()
        elif index is not None:
            self.bubble.show_at(self.handles[index].centre, _told(curve, curve.handles[index].log_snr))
        elif self._hovered is not None:
            step = min(self._hovered, len(curve.sigmas) - 2)
            log_snr = curve.log_snrs[step]
            point = self._step_point(curve, step, self._clipped(curve.height(log_snr)))
            self.bubble.show_at(point, _told(curve, log_snr))

    def _drag(self, index: int, point: QPointF) -> None:
        self.moved.emit(index, self._fraction_at(point.x()), self._log_snr_at(point.y()))

    def _nudge(self, index: int, steps: float, rise: float) -> None:
        assert self._curve is not None
        handle = self._curve.handles[index]
        fraction = handle.fraction + steps / max(len(self._curve.sigmas) - 2, 1)
        height = self._clipped(self._curve.height(handle.log_snr)) + rise * (self._high - self._low) / NUDGES
        self.moved.emit(index, fraction, self._curve.log_snr(height))

    def _ask(self, index: int, log_snr: float) -> None:
        assert self._curve is not None
        self.moved.emit(index, self._curve.handles[index].fraction, log_snr)

    def _add_beside(self, index: int) -> None:
        """Halfway to the next handle, on the curve."""
        assert self._curve is not None
        first = min(index, len(self.handles) - 2)
        here, there = self._curve.handles[first], self._curve.handles[first + 1]
        fraction = 0.5 * (here.fraction + there.fraction)
        low, high = (self._clipped(self._curve.height(handle.log_snr)) for handle in (here, there))
        self.added.emit(fraction, self._curve.log_snr(0.5 * (low + high)))

    def _values(self, curve: Curve) -> list[float]:
        """Heights on the axis for the steps' starts; what lies beyond an end of the axis is put there."""
        return [self._clipped(curve.height(log_snr)) for log_snr in curve.log_snrs[:-1]]

    def _clipped(self, height: float) -> float:
        return min(max(height, self._low), self._high)

    def _ticks(self, curve: Curve) -> list[tuple[float, str]]:
        """The ends of a sigma axis are named, and every decade that is not too near to them."""
        if curve.as_log_snr:
            return [(float(v), wording.signed(v, 0)) for v in range(-20, 21, 4) if self._low <= v <= self._high]
        room = 0.12 * (self._high - self._low)
        decades = [v for v in range(-4, 5) if self._low + room < v < self._high - room]
        ends = [(self._low, f"{curve.span[0]:.1g}"), (self._high, f"{curve.span[1]:.2g}")]
        return [*ends, *((float(v), f"{10.0**v:g}") for v in decades)]

    # What is written round the plot grows with the text.

    def _left(self) -> float:
        return float(sizes.wide(LEFT))

    def _top(self) -> float:
        return float(sizes.tall(TOP))

    def _bottom(self) -> float:
        return float(sizes.tall(BOTTOM))

    def step_label(self, curve: Curve, step: int) -> QRectF:
        """Where a step's number stands: below its dot, and never over the plot's edge. step: from 1."""
        half = QFontMetricsF(fonts.caption()).horizontalAdvance(str(step)) / 2 + 2
        x = min(self._step_point(curve, step - 1, self._low).x(), self.width() - half)
        return QRectF(x - half, self.height() - self._bottom() + 5, 2 * half, sizes.tall(16))

    def _point(self, fraction: float, height: float) -> QPointF:
        part = (height - self._low) / (self._high - self._low)
        x = self._left() + (self.width() - self._left() - RIGHT) * fraction
        return QPointF(x, self.height() - self._bottom() - (self.height() - self._top() - self._bottom()) * part)

    def _step_point(self, curve: Curve, step: int, height: float) -> QPointF:
        return self._point(step / max(len(curve.sigmas) - 2, 1), height)

    def _fraction_at(self, x: float) -> float:
        return min(max((x - self._left()) / (self.width() - self._left() - RIGHT), 0.0), 1.0)

    def _log_snr_at(self, y: float) -> float:
        return self._log_snr_of((self.height() - self._bottom() - y) / (self.height() - self._top() - self._bottom()))

    def _log_snr_of(self, part: float) -> float:
        """At a height of the plot, 0 to 1."""
        assert self._curve is not None
        return self._curve.log_snr(self._clipped(self._low + part * (self._high - self._low)))

    def _paint_axes(self, painter: QPainter, curve: Curve) -> None:
        tokens = self._theme.tokens
        painter.setFont(fonts.caption())
        for height, words in self._ticks(curve):
            y = self._point(0.0, height).y()
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawLine(QPointF(self._left(), y), QPointF(self.width() - RIGHT, y))
            painter.setPen(QColor(tokens.tx3))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 12, self._left() - 8, 24), right, words)
        steps = len(curve.sigmas) - 1
        painter.setPen(QColor(tokens.tx3))
        for step in sorted({1, (steps + 1) // 2, steps}):
            painter.drawText(self.step_label(curve, step), Qt.AlignmentFlag.AlignCenter, str(step))
        if curve.on is not None:
            self._paint_band(painter, curve)
        if curve.sigmas[0] > curve.highest:
            painter.setPen(QColor(tokens.tx3))
            # Beyond the axis' end, clear of the curve.
            start, tall = self._traced(curve)[0][0], sizes.tall(14)
            aside = 3.0 if curve.as_log_snr else -2.0 - tall
            painter.drawText(QRectF(start.x() + 12, start.y() + aside, sizes.wide(80), tall), VCENTER, "pure noise")

    def _band(self, curve: Curve) -> QRectF:
        """Where guidance acts; empty where it is off."""
        if curve.on is None:
            return QRectF()
        left, right = (self._step_point(curve, step - 1, 0.0).x() for step in curve.on)
        return QRectF(left, self._top(), max(right - left, 2.0), self.height() - self._top() - self._bottom())

    def _edge_at(self, at: QPointF) -> int | None:
        """The edge of the band that a press there takes in hand."""
        band = self._band(self._curve) if self._curve is not None else QRectF()
        if band.isEmpty() or not band.top() <= at.y() <= band.bottom():
            return None
        gaps = (abs(at.x() - band.left()), abs(at.x() - band.right()))
        return gaps.index(min(gaps)) if min(gaps) <= EDGE_GRIP else None

    def _paint_band(self, painter: QPainter, curve: Curve) -> None:
        tokens, band = self._theme.tokens, self._band(curve)
        ground = QColor(tokens.ctl)
        ground.setAlphaF(0.16)
        painter.fillRect(band, ground)
        painter.setPen(QPen(QColor(tokens.ctl), 1))
        painter.drawLine(band.topLeft(), band.bottomLeft())
        painter.drawLine(band.topRight(), band.bottomRight())
        words = "guidance on"
        width = painter.fontMetrics().horizontalAdvance(words)
        if band.width() >= width + 12:
            left = band.left() + 6
        elif band.right() + 6 + width <= self.width() - RIGHT:
            left = band.right() + 6
        else:
            left = band.left() - 6 - width
        painter.setPen(QColor(tokens.tx3))
        foot = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        painter.drawText(QRectF(left, band.top(), width + 2, band.height() - 2), foot, words)

    def _paint_curve(self, painter: QPainter, curve: Curve) -> None:
        tokens = self._theme.tokens
        series = tokens.series[SAMPLER_SERIES.get(curve.series, 0)]
        points, through = self._traced(curve)
        done = len(points) if curve.done is None else min(curve.done, len(points))
        solid, dashed = QPen(QColor(series.colour), 1.6), QPen(QColor(series.colour), 1.2)
        dashed.setDashPattern([4, 3])
        # Dashed from end to end, so that no dash moves as steps are made.
        painter.setPen(dashed)
        painter.drawPolyline(QPolygonF(through))
        painter.setPen(solid)
        painter.drawPolyline(QPolygonF(through[: _split(curve, len(points), done)]))
        width = 4.4 if len(points) <= 60 else 2.0
        painter.setPen(QPen(QColor(series.colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        inside = [point for point, sigma in zip(points[:done], curve.sigmas, strict=False) if sigma <= curve.highest]
        painter.drawPoints(QPolygonF(inside))
        if curve.done:
            x = points[min(curve.done, len(points)) - 1].x()
            painter.setPen(QPen(QColor(tokens.acc), 1.6))
            painter.drawLine(QPointF(x, self._top()), QPointF(x, self.height() - self._bottom()))

    def _traced(self, curve: Curve) -> tuple[list[QPointF], list[QPointF]]:
        """The steps' dots and what is drawn through them, remembered."""
        traced_for = (self._plain, self.size(), fonts.text_scale())
        if traced_for != self._traced_for:
            dots = [self._step_point(curve, step, height) for step, height in enumerate(self._values(curve))]
            line = [self._point(at, self._clipped(curve.height(log_snr))) for at, log_snr in curve.line]
            self._trace, self._traced_for = (dots, line or dots), traced_for
        return self._trace


def _split(curve: Curve, steps: int, done: int) -> int:
    """How many points of the line through the dots belong to the steps made."""
    if not curve.line:
        return max(done, 1)
    if done >= steps:
        return len(curve.line)
    here = (done - 1) / max(steps - 1, 1)
    return max(bisect_left([fraction for fraction, _ in curve.line], here) + 1, 1)


def _described(curve: Curve) -> str:
    """What the plot shows at a glance, in a sentence."""
    steps = len(curve.sigmas) - 1
    first, last = (wording.sigma(curve.sigmas[at]) for at in (0, -2))
    parts = [f"{wording.count(steps, 'step')}, σ from {first} to {last}"]
    if curve.on is not None:
        parts.append(f"guidance on in steps {curve.on[0]} to {curve.on[1]}")
    if curve.done is not None:
        parts.append(f"{curve.done} of {steps} steps made")
    return "; ".join(parts)


def _told(curve: Curve, log_snr: float) -> str:
    return f"log-SNR {wording.signed(log_snr)}" if curve.as_log_snr else _told_sigma(log_snr)


def _told_sigma(log_snr: float) -> str:
    return "σ " + wording.sigma(math.exp(-0.5 * log_snr))
