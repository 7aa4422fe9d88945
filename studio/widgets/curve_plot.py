"""Curves of time grids over one another: a line, marker and dash each, a ring at the level in hand, handles to bend."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.microscope.picture import Pen, pens
from core.microscope.plot import ACROSS_TITLES, Mark, Plot, Quantity
from studio.theme import Theme, fonts, sizes
from studio.theme.tokens import Series
from studio.viewmodels import wording
from studio.viewmodels.microscope import MOST, NOTHING, Drawable, HandleSpot, log_snr_at_height
from studio.widgets.bubble import Bubble
from studio.widgets.curve_row import paint_sample
from studio.widgets.layer import Layer
from studio.widgets.markers import draw_marker
from studio.widgets.schedule_handle import ScheduleHandle
from studio.widgets.spoken import Part, Span, Spoken

LEFT, RIGHT, TOP, BOTTOM, BOTTOM_SMALL = 56, 18, 24, 40, 10
LEGEND_ROW, SAMPLE, GAP = 20, 28, 16
TICKS_APART = 14
MARK, NEAR, NUDGES = 7.0, 16.0, 100.0
MANY = 60
"""Marks of a curve beyond which they are dots."""
ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
ENDS = {Qt.Key.Key_Home: -10_000, Qt.Key.Key_End: 10_000}


def series_of(theme: Theme) -> tuple[Series, ...]:
    """A series for each pen: the theme's five, then the same colours with other markers and dashes."""
    five = [Pen(each.colour, each.marker, each.dash) for each in theme.tokens.plain_series]
    return tuple(Series(pen.colour, pen.marker, pen.dash) for pen in pens(five, MOST))


class CurvePlot(QWidget):
    """Shows a Plot. small: a strip below another, without handles and with its own title.

    pointed(name, index): a level was pointed at. along(by), over(by): the arrow keys. bent(index, fraction, log_snr),
    added(fraction, log_snr), removed(index): what the user wants of the handles.
    """

    pointed = Signal(str, int)
    along = Signal(int)
    over = Signal(int)
    bent = Signal(int, float, float)
    added = Signal(float, float)
    removed = Signal(int)

    def __init__(self, theme: Theme, name: str, *, small: bool = False) -> None:
        super().__init__()
        self._theme, self._small = theme, small
        self._plot: Plot | None = None
        self._curves: tuple[Drawable, ...] = ()
        self._spots: tuple[HandleSpot, ...] = ()
        self._steps = 1.0
        self._at = 0
        self._ground = Layer(self)
        self._legend_height = 0
        self.handles: list[ScheduleHandle] = []
        self.bubble = Bubble(theme, self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if small else Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._place)
        theme.changed.connect(self.update)

    def show_plot(
        self,
        plot: Plot | None,
        curves: tuple[Drawable, ...],
        at: int,
        says: str,
        handles: tuple[HandleSpot, ...] = (),
        drawn_steps: int = 1,
    ) -> None:
        """at: the level in hand of the current curve. drawn_steps: of the curve that the handles bend."""
        self._plot, self._curves, self._at, self._spots = plot, curves, at, handles
        self._steps = float(max(drawn_steps, 2))
        self.setAccessibleDescription(says)
        self._set_count(len(handles))
        self._place()
        self.update()

    def spoken(self) -> Spoken:
        return Spoken(Part.CHART, self.accessibleDescription())

    def minimumSizeHint(self) -> QSize:
        return QSize(280, sizes.tall(64 if self._small else 132))

    # What the user does

    def event(self, event: QEvent) -> bool:
        asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asked and not event.modifiers() and event.key() in (*ARROWS, *ENDS):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS:
            along, over = ARROWS[key]
            if along:
                self.along.emit(along)
            else:
                self.over.emit(over)
        elif key in ENDS:
            self.along.emit(ENDS[key])
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._mark_near(event.position())
        if found is None:
            self.bubble.hide()
            return
        line, mark = found
        self.pointed.emit(self._curves[line].curve.name, mark.index)
        self._show_bubble(line, mark)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.bubble.hide()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._spots and self._plot is not None and event.button() == Qt.MouseButton.LeftButton:
            self.added.emit(self._fraction_at(event.position().x()), self._log_snr_at(event.position().y()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    # Handles

    def _set_count(self, count: int) -> None:
        while len(self.handles) > count:
            handle = self.handles.pop()
            handle.hide()
            handle.deleteLater()
        while len(self.handles) < count:
            handle, index = ScheduleHandle(self._theme, self), len(self.handles)
            handle.dragged.connect(lambda point, index=index: self._drag(index, point))
            handle.nudged.connect(lambda steps, rise, index=index: self._nudge(index, steps, rise))
            handle.asked.connect(lambda log_snr, index=index: self._ask(index, log_snr))
            handle.risen.connect(lambda part, index=index: self._rise(index, part))
            handle.added.connect(lambda index=index: self._add_beside(index))
            handle.removed.connect(lambda index=index: self.removed.emit(index))
            self.handles.append(handle)
            handle.show()
        self.bubble.raise_()

    def _place(self) -> None:
        self._lay_legend()
        if self._plot is None or not self._spots:
            return
        drawn = next((each for each in self._curves if each.curve.name == "drawn"), None)
        colour = series_of(self._theme)[drawn.pen if drawn is not None else 0].colour
        low, high = sorted(log_snr_at_height(self._plot, height) for height in (0.0, 1.0))
        for index, (widget, spot) in enumerate(zip(self.handles, self._spots, strict=True)):
            name = f"Handle {index + 1} of {len(self._spots)}"
            span = Span(min(max(spot.log_snr, low), high), low, high, (high - low) / NUDGES)
            widget.show_at(self._point(spot.x, spot.y), spot.y, colour, name, spot.words, span)

    def _drag(self, index: int, point: QPointF) -> None:
        self.bent.emit(index, self._fraction_at(point.x()), self._log_snr_at(point.y()))

    def _nudge(self, index: int, steps: float, rise: float) -> None:
        assert self._plot is not None
        spot = self._spots[index]
        fraction = (spot.step - 1.0 + steps) / (self._steps - 1.0)
        self.bent.emit(index, fraction, log_snr_at_height(self._plot, spot.y + rise / NUDGES))

    def _ask(self, index: int, log_snr: float) -> None:
        self.bent.emit(index, (self._spots[index].step - 1.0) / (self._steps - 1.0), log_snr)

    def _rise(self, index: int, part: float) -> None:
        assert self._plot is not None
        self._ask(index, log_snr_at_height(self._plot, part))

    def _add_beside(self, index: int) -> None:
        """Halfway to the next handle."""
        assert self._plot is not None
        here, there = self._spots[min(index, len(self._spots) - 2) :][:2]
        fraction = (0.5 * (here.step + there.step) - 1.0) / (self._steps - 1.0)
        self.added.emit(fraction, log_snr_at_height(self._plot, 0.5 * (here.y + there.y)))

    # Where things lie

    def _box(self) -> QRectF:
        bottom = BOTTOM_SMALL if self._small else sizes.tall(BOTTOM, 2)
        top = sizes.tall(TOP) + self._legend_height + (4 if self._legend_height else 0)
        return QRectF(self.rect()).adjusted(sizes.wide(LEFT), top, -RIGHT, -bottom)

    def _lay_legend(self) -> None:
        """Each curve's name stands above the plot, line by line."""
        self._legend: list[tuple[QRectF, Drawable]] = []
        if self._small or self._plot is None:
            self._legend_height = 0
            return
        metrics, tall = QFontMetricsF(fonts.section()), sizes.tall(LEGEND_ROW)
        x, row, left, right = 8.0, 0, 8.0, self.width() - RIGHT
        for drawable in self._curves:
            wide = min(SAMPLE + 6 + metrics.horizontalAdvance(drawable.curve.title) + 2, right - left)
            if x > left and x + wide > right:
                x, row = left, row + 1
            self._legend.append((QRectF(x, sizes.tall(TOP) + row * tall, wide, tall), drawable))
            x += wide + GAP
        self._legend_height = (row + 1) * tall if self._curves else 0

    def _point(self, x: float, y: float) -> QPointF:
        box = self._box()
        return QPointF(box.left() + x * box.width(), box.bottom() - y * box.height())

    def _fraction_at(self, x: float) -> float:
        assert self._plot is not None
        box = self._box()
        step = self._plot.first + (x - box.left()) / box.width() * (self._plot.last - self._plot.first)
        return min(max((step - 1.0) / (self._steps - 1.0), 0.0), 1.0)

    def _log_snr_at(self, y: float) -> float:
        assert self._plot is not None
        box = self._box()
        return log_snr_at_height(self._plot, (box.bottom() - y) / box.height())

    def _mark_near(self, at: QPointF) -> tuple[int, Mark] | None:
        if self._plot is None:
            return None
        near = [
            (math.hypot(point.x() - at.x(), point.y() - at.y()), line, mark)
            for line, marks in enumerate(self._plot.lines)
            for mark in marks
            if (point := self._point(mark.x, mark.y)) is not None
        ]
        best = min(near, key=lambda each: each[0], default=None)
        return (best[1], best[2]) if best is not None and best[0] <= NEAR else None

    def _show_bubble(self, line: int, mark: Mark) -> None:
        assert self._plot is not None
        words = f"{self._curves[line].curve.title}, step {mark.index + 1}: {_told(mark, self._plot.quantity)}"
        self.bubble.show_at(self._point(mark.x, mark.y), words)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            shown = tuple((each.curve.name, each.pen, each.current) for each in self._curves)
            key = (self._theme.tokens, fonts.text_scale(), self._plot, shown)
            self._ground.draw(painter, key, self._paint)
            self._paint_hand(painter)
            if self.hasFocus():
                painter.setPen(QPen(QColor(self._theme.tokens.focus), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)

    def _paint(self, painter: QPainter) -> None:
        tokens, plot = self._theme.tokens, self._plot
        if plot is None:
            painter.setFont(fonts.label())
            painter.setPen(QColor(tokens.tx3))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), NOTHING)
            return
        self._paint_axes(painter, plot)
        series = series_of(self._theme)
        order = sorted(range(len(self._curves)), key=lambda place: self._curves[place].current)
        for place in order:
            drawable = self._curves[place]
            self._paint_line(painter, plot.lines[place], series[drawable.pen], strong=drawable.current)

        self._paint_legend(painter, series)

    def _paint_legend(self, painter: QPainter, series: Sequence[Series]) -> None:
        for box, drawable in self._legend:
            paint_sample(painter, QRectF(box.left(), box.top(), SAMPLE, box.height()), series[drawable.pen])
            painter.setFont(fonts.section() if drawable.current else fonts.label())
            painter.setPen(QColor(self._theme.tokens.tx1))
            room = box.adjusted(SAMPLE + 6, 0, 0, 0)
            name = painter.fontMetrics().elidedText(
                drawable.curve.title, Qt.TextElideMode.ElideRight, round(room.width())
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_axes(self, painter: QPainter, plot: Plot) -> None:
        tokens, box = self._theme.tokens, self._box()
        painter.setFont(fonts.caption())
        written = math.inf
        for tick in plot.y_ticks:
            y = self._point(0.0, tick.at).y()
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            if written - y < sizes.tall(TICKS_APART):
                continue
            written = y
            painter.setPen(QColor(tokens.tx3))
            room = QRectF(0, y - 10, box.left() - 8, 20)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), tick.words)
        painter.setPen(QPen(QColor(tokens.ctl), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        if plot.zero is not None:
            painter.drawLine(self._point(0.0, plot.zero), self._point(1.0, plot.zero))
        for tick in plot.x_ticks:
            x, half = self._point(tick.at, 0.0).x(), sizes.wide(20)
            painter.setPen(QPen(QColor(tokens.ctl), 1))
            painter.drawLine(QPointF(x, box.bottom()), QPointF(x, box.bottom() + 3))
            if self._small:
                # The plot above has the same axis, and its words.
                continue
            painter.setPen(QColor(tokens.tx3))
            room = QRectF(x - half, box.bottom() + 4, 2 * half, sizes.tall(15))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, tick.words)
        painter.setPen(QColor(tokens.tx2))
        title = QRectF(8, 3, self.width() - 16, sizes.tall(18))
        painter.drawText(title, int(Qt.AlignmentFlag.AlignLeft), plot.title)
        if self._small:
            return
        foot = QRectF(box.left(), box.bottom() + sizes.tall(18), box.width(), sizes.tall(17))
        painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, ACROSS_TITLES[plot.across])

    def _paint_line(self, painter: QPainter, marks: Sequence[Mark], series: Series, *, strong: bool) -> None:
        colour = QColor(series.colour)
        points = [self._point(mark.x, mark.y) for mark in marks]
        pen = QPen(colour, 2.2 if strong else 1.5)
        if series.dash:
            pen.setDashPattern(list(series.dash))
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        side = MARK if len(points) <= MANY else 3.0
        for point, mark in zip(points, marks, strict=True):
            if not mark.beyond:
                draw_marker(
                    painter, QRectF(point.x() - side / 2, point.y() - side / 2, side, side), series.marker, colour
                )

    def _paint_hand(self, painter: QPainter) -> None:
        """A ring round the level in hand."""
        place = next((place for place, each in enumerate(self._curves) if each.current), None)
        if self._plot is None or place is None:
            return
        mark = next((each for each in self._plot.lines[place] if each.index == self._at), None)
        if mark is not None:
            painter.setPen(QPen(QColor(self._theme.tokens.acc), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self._point(mark.x, mark.y), 7.5, 7.5)


def _told(mark: Mark, quantity: Quantity) -> str:
    if mark.beyond:
        return "pure noise"
    if quantity is Quantity.SIGMA:
        return f"σ {wording.sigma(mark.value)}"
    if quantity is Quantity.LOG_SNR:
        return f"log-SNR {wording.signed(mark.value, 2)}"
    if quantity is Quantity.DIFFERENCE:
        return f"{wording.signed(mark.value, 2)} above the base"
    return f"{mark.value:.3f}"
