"""Error over network evaluations, both logarithmic, with local slopes: a line, marker and dash a lane."""

from __future__ import annotations

import math
from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.theme import Theme, fonts, sizes
from studio.viewmodels.compare import told_error
from studio.viewmodels.compare_views import CurveLine, CurveView
from studio.widgets.bubble import Bubble
from studio.widgets.markers import draw_marker
from studio.widgets.series_mark import draw_series
from studio.widgets.spoken import Part, Spoken

LEFT, RIGHT, TOP, BOTTOM = 44, 88, 8, 20
TICKS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512, 1000)
MARK = 8.0
LABEL_GAP, NAME_GAP = 15, 8
SPAN_APART = 6.0
SAMPLES = 12
"""Of a line from one mark to the next, when a free corner is looked for."""
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class ErrorPlot(QWidget):
    """Shows a CurveView. Pointing at a mark tells its figures."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view = CurveView((), 24, "", "", "", "")
        self.bubble = Bubble(theme, self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Error against reference")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_view(self, view: CurveView) -> None:
        self._view = view
        self.setAccessibleDescription(view.says)
        self.bubble.hide()
        self.update()

    def spoken(self) -> Spoken:
        return Spoken(Part.CHART, self.accessibleDescription())

    def minimumSizeHint(self) -> QSize:
        return QSize(240, sizes.tall(96))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        near = None
        for line in self._view.lines:
            for x, y in line.points:
                point = self._point(x, y)
                gap = (point - event.position()).manhattanLength()
                if gap < 14 and (near is None or gap < near[0]):
                    near = (gap, point, f"{line.name}: {told_error(y)} at {x:.0f}")
        if near is None:
            self.bubble.hide()
        else:
            self.bubble.show_at(near[1], near[2])

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.bubble.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_curve(painter, self._theme, QRectF(self.rect()), self._view)
            if self.hasFocus():
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(QColor(self._theme.tokens.focus), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)

    def _point(self, x: float, y: float) -> QPointF:
        return Axes(QRectF(self.rect()), self._view).point(x, y)


class Axes:
    """Where figures lie in a box."""

    def __init__(self, box: QRectF, view: CurveView) -> None:
        xs = [x for line in view.lines for x, _ in line.points] or [6.0, 64.0]
        ys = [y for line in view.lines for _, y in line.points] or [1e-3, 1.0]
        ys += [end for line in view.lines for span in line.spans if span is not None for end in span if end > 0.0]
        low, high = math.log10(min(ys)), math.log10(max(ys))
        room = max(0.06 * (high - low), 0.08)
        self.low, self.high = low - room, high + room
        self.first, self.last = math.log(min([*xs, view.evaluations])), math.log(max([*xs, view.evaluations]))
        if self.last - self.first < 0.5:
            self.first, self.last = self.first - 0.5, self.last + 0.5
        self.inner = box.adjusted(sizes.wide(LEFT), TOP, -sizes.wide(RIGHT), -sizes.tall(BOTTOM))

    def point(self, x: float, y: float) -> QPointF:
        across = (math.log(x) - self.first) / (self.last - self.first)
        up = (math.log10(max(y, 1e-30)) - self.low) / (self.high - self.low)
        inner = self.inner.adjusted(12, 0, -12, 0)
        return QPointF(inner.left() + across * inner.width(), inner.bottom() - up * inner.height())

    def ticks(self) -> list[tuple[float, str]]:
        """Decades, with the halves between them where there is but one."""
        decades = [10.0**each for each in range(math.ceil(self.low), math.floor(self.high) + 1)]
        if len(decades) < 2:
            near = (m * 10.0**e for e in range(math.floor(self.low), math.ceil(self.high) + 1) for m in (1, 2, 5))
            decades = [each for each in near if self.low <= math.log10(each) <= self.high]
        return [(each, _decade(each)) for each in decades]


def paint_curve(painter: QPainter, theme: Theme, box: QRectF, view: CurveView) -> None:
    """Axes, lines, names and slopes into a box of any device."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    tokens = theme.tokens
    if view.empty:
        painter.setFont(fonts.label())
        painter.setPen(QColor(tokens.tx3))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), view.empty)
        return
    axes = Axes(box, view)
    _paint_axes(painter, theme, box, axes, view)
    for line in view.lines:
        _paint_line(painter, theme, axes, line, view.evaluations)
    _paint_names(painter, theme, axes, view, box)
    _paint_slopes(painter, theme, axes, view)


def _paint_axes(painter: QPainter, theme: Theme, box: QRectF, axes: Axes, view: CurveView) -> None:
    tokens, inner = theme.tokens, axes.inner
    painter.setFont(fonts.caption())
    for value, words in axes.ticks():
        y = axes.point(math.exp(axes.first), value).y()
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.drawLine(QPointF(inner.left(), y), QPointF(inner.right(), y))
        painter.setPen(QColor(tokens.tx3))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(box.left(), y - 9, sizes.wide(LEFT) - 8, 18), right, words)
    painter.setPen(QPen(QColor(tokens.ctl), 1))
    painter.drawLine(inner.bottomLeft(), inner.bottomRight())
    taken = -math.inf
    for tick in TICKS:
        if not axes.first - 1e-9 <= math.log(tick) <= axes.last + 1e-9:
            continue
        x = axes.point(tick, 1.0).x()
        painter.setPen(QPen(QColor(tokens.ctl), 1))
        painter.drawLine(QPointF(x, inner.bottom()), QPointF(x, inner.bottom() + 3))
        if x - taken < sizes.wide(24):
            continue
        taken = x
        painter.setPen(QColor(tokens.tx3))
        words = QRectF(x - 20, inner.bottom() + 4, 40, sizes.tall(15))
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, str(tick))
    painter.setPen(QColor(tokens.tx3))
    words = QRectF(inner.right() + NAME_GAP, inner.bottom() + 4, sizes.wide(RIGHT), sizes.tall(15))
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, "evaluations")
    x = axes.point(view.evaluations, 1.0).x()
    painter.setPen(QPen(QColor(tokens.acc), 1.4, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(x, inner.top()), QPointF(x, inner.bottom()))


def _paint_line(painter: QPainter, theme: Theme, axes: Axes, line: CurveLine, evaluations: int) -> None:
    series = theme.tokens.series[line.series]
    colour = QColor(series.colour)
    points = [axes.point(x, y) for x, y in line.points]
    pen = QPen(colour, 1.8)
    if series.dash:
        pen.setDashPattern(list(series.dash))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 1))
    for (x, _), span in zip(line.points, line.spans, strict=True):
        if span is not None:
            _paint_span(painter, axes.point(x, span[0]), axes.point(x, span[1]), line.series)
    painter.setPen(pen)
    painter.drawPolyline(QPolygonF(points))
    for (x, _), point in zip(line.points, points, strict=True):
        here = abs(math.log(x / evaluations)) < 0.1
        size = MARK + (3.0 if here else 0.0)
        draw_marker(painter, QRectF(point.x() - size / 2, point.y() - size / 2, size, size), series.marker, colour)


def _paint_span(painter: QPainter, low: QPointF, high: QPointF, series: int) -> None:
    """An interval, a little aside of its mark, so that those of several lanes stand side by side."""
    aside = QPointF(SPAN_APART * (series - 2.5), 0.0)
    painter.drawLine(low + aside, high + aside)
    for end in (low, high):
        painter.drawLine(end + aside - QPointF(2, 0), end + aside + QPointF(2, 0))


def _paint_names(painter: QPainter, theme: Theme, axes: Axes, view: CurveView, box: QRectF) -> None:
    """At each line's end, pushed apart where they would touch."""
    ends = sorted((axes.point(*line.points[-1]).y(), at) for at, line in enumerate(view.lines) if line.points)
    gap = sizes.tall(LABEL_GAP)
    places = [y for y, _ in ends]
    for at in range(1, len(places)):
        places[at] = max(places[at], places[at - 1] + gap)
    over = (places[-1] if places else 0.0) - (axes.inner.bottom() - 4)
    if over > 0:
        for at in range(len(places) - 1, -1, -1):
            limit = axes.inner.bottom() - 4 if at == len(places) - 1 else places[at + 1] - gap
            places[at] = min(places[at], limit)
    painter.setFont(fonts.section())
    painter.setPen(QColor(theme.tokens.tx1))
    left = axes.inner.right() + NAME_GAP
    room = box.right() - left
    for y, (_, at) in zip(places, ends, strict=True):
        name = painter.fontMetrics().elidedText(view.lines[at].name, Qt.TextElideMode.ElideRight, round(room))
        painter.drawText(QRectF(left, y - 9, room, 18), Qt.AlignmentFlag.AlignVCenter, name)


def _paint_slopes(painter: QPainter, theme: Theme, axes: Axes, view: CurveView) -> None:
    """In a corner that the lines leave free: as errors fall, the lower left or the upper right. Else nowhere."""
    told = [line for line in view.lines if line.slope]
    if not told:
        return
    tokens = theme.tokens
    painter.setFont(fonts.caption())
    title = f"Slope near {view.evaluations} evaluations"
    painter.setFont(fonts.section())
    each = [painter.fontMetrics().horizontalAdvance(line.slope) + 24 for line in told]
    wide = max(sum(each) + 12, painter.fontMetrics().horizontalAdvance(title) + 20)
    tall = sizes.tall(44, 2)
    inner = axes.inner
    corners = (
        QRectF(inner.left() + 8, inner.bottom() - tall - 8, wide, tall),
        QRectF(inner.right() - wide, inner.top(), wide, tall),
    )
    box = next((corner for corner in corners if not _crossed(axes, view, corner)), None)
    if box is None:
        return
    painter.setPen(QPen(QColor(tokens.line2), 1))
    painter.setBrush(QColor(tokens.bg2))
    painter.drawRoundedRect(box, 5, 5)
    painter.setFont(fonts.caption())
    painter.setPen(QColor(tokens.tx2))
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(box.left() + 10, box.top() + 4, wide - 12, tall / 2 - 4), middle, title)
    x = box.left() + 10
    for line, room in zip(told, each, strict=True):
        y = box.top() + 0.72 * tall
        draw_series(painter, QRectF(x, y - 3.5, 7, 7), tokens.series[line.series])
        painter.setFont(fonts.section())
        painter.setPen(QColor(tokens.tx1))
        painter.drawText(QRectF(x + 12, y - 10, room, 20), middle, line.slope)
        x += room


def _crossed(axes: Axes, view: CurveView, box: QRectF) -> bool:
    """Whether a line passes through the box."""
    near = box.adjusted(-4, -4, 4, 4)
    for line in view.lines:
        points = [axes.point(x, y) for x, y in line.points]
        for one, other in pairwise(points):
            for part in range(SAMPLES + 1):
                if near.contains(one + (other - one) * (part / SAMPLES)):
                    return True
        if any(near.contains(point) for point in points):
            return True
    return False


def _decade(value: float) -> str:
    exponent = math.floor(math.log10(value) + 1e-9)
    if abs(math.log10(value) - exponent) > 1e-9 or -3 < exponent < 3:
        return f"{value:g}"
    return f"10{str(exponent).translate(SUPERSCRIPT)}"
