"""One playhead for all lanes of a race: log-SNR across, a row a lane, a mark for each network evaluation."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QSlider

from studio.theme import Theme, fonts, sizes
from studio.viewmodels.compare_views import LaneMarks, ScrubberView
from studio.viewmodels.trajectory import ruler_value
from studio.widgets.log_snr_ruler import paint_numbers, paint_scale
from studio.widgets.series_mark import draw_series
from studio.widgets.spoken import Part, Span, Spoken

EDGE, FOOT, PILL = 14, 30, 18
NAMES, MARK = (96, 168), 32
"""The least and the most that the lanes' names take, and what of it is not theirs."""
ROW, CLOSE_ROW, FEW = 18, 15, 4
"""Of a lane: how high it is, and how high where they are more than a few, or the window is low."""
PAIR_GAP = 4.0
"""Between two evaluations at one level."""


class RaceScrubber(QSlider):
    """scrubbed(log_snr | None): the user moved the playhead; None is the end.

    Drags snap to the states of any lane; Alt frees them. Left and Right go from stop to stop, Home and End to the ends.
    """

    scrubbed = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme = theme
        self._view = ScrubberView((), -1.0, "", "", (), -1)
        self._held = self._low = False
        self._names = sizes.wide(NAMES[0])
        self.setAccessibleName("Shared scrubber")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Drag to show every lane at one noise; with Alt anywhere between the steps")
        self.valueChanged.connect(self._asked)
        theme.changed.connect(self._resize)

    def show_view(self, view: ScrubberView) -> None:
        fewer = len(view.lanes) != len(self._view.lanes)
        self._view = view
        self._measure()
        self.setAccessibleDescription(view.says.replace("    ", ", "))
        with QSignalBlocker(self):
            self.setRange(0, max(len(view.stops) - 1, 0))
            self.setValue(max(view.at, 0))
        if fewer:
            self._resize()
        self.update()

    def set_low(self, low: bool) -> None:
        """Whether the lanes stand closer."""
        self._low = low
        self._resize()

    def spoken(self) -> Spoken:
        low, high = (self._view.stops[0][0], self._view.stops[-1][0]) if self._view.stops else (0.0, 1.0)
        at = min(max(self._view.place, 0.0), 1.0)
        span = Span(ruler_value(at), ruler_value(low), ruler_value(high), 0.1)
        return Spoken(Part.SLIDER, self.accessibleDescription(), span)

    def put(self, value: float) -> None:
        """Take the stop that is nearest to a log-SNR."""
        stops = self._view.stops
        if stops:
            at = min(range(len(stops)), key=lambda each: abs(ruler_value(stops[each][0]) - value))
            self._go(at)

    def sizeHint(self) -> QSize:
        rows = max(len(self._view.lanes), 2)
        return QSize(400, rows * self._pitch() + sizes.tall(FOOT))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def event(self, event: QEvent) -> bool:
        keys = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Up, Qt.Key.Key_Down)
        asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asked and event.key() in keys:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}.get(
            Qt.Key(event.key()), 0
        )
        last = len(self._view.stops) - 1
        if step:
            self._go(self._view.at + step)
        elif event.key() == Qt.Key.Key_Home:
            self._go(0)
        elif event.key() == Qt.Key.Key_End:
            self._go(last)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = True
            self._drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self._drag(event)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._held = False

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for row, lane in enumerate(self._view.lanes):
                self._paint_lane(painter, row, lane)
            ruler = QRectF(self._left(), self._foot(), self._span(), 20)
            paint_scale(painter, self._theme.tokens, ruler)
            paint_numbers(painter, self._theme.tokens, ruler, self._pill() if self._view.place >= 0.0 else QRectF())
            if self._view.place >= 0.0:
                self._paint_head(painter)

    def _paint_lane(self, painter: QPainter, row: int, lane: LaneMarks) -> None:
        tokens = self._theme.tokens
        series = tokens.series[lane.series]
        y = (row + 0.5) * self._pitch()
        draw_series(painter, QRectF(3, y - 4, 8, 8), series)
        painter.setFont(fonts.caption())
        painter.setPen(QColor(tokens.tx2))
        room = self._left() - MARK
        name = painter.fontMetrics().elidedText(lane.name, Qt.TextElideMode.ElideRight, round(room))
        painter.drawText(QRectF(18, y - 10, room + 4, 20), Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(QPen(QColor(tokens.track), 2))
        painter.drawLine(QPointF(self._left(), y), QPointF(self._left() + self._span(), y))
        half = 0.3 * self._pitch()
        for number, x in enumerate(spread_pairs([self._x(mark) for mark in lane.marks])):
            colour = QColor(series.colour)
            if number >= lane.passed:
                colour.setAlphaF(0.4)
            painter.setPen(QPen(colour, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawLine(QPointF(x, y - half), QPointF(x, y + half))

    def _paint_head(self, painter: QPainter) -> None:
        tokens, x = self._theme.tokens, self._x(self._view.place)
        painter.setPen(QPen(QColor(tokens.acc), 1.6))
        painter.drawLine(QPointF(x, 0), QPointF(x, self._foot() + 4))
        painter.setFont(fonts.section())
        pill = self._pill()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.acc))
        tip = [QPointF(x - 5, pill.top() + 2), QPointF(x + 5, pill.top() + 2), QPointF(x, pill.top() - 4)]
        painter.drawPolygon(QPolygonF(tip))
        painter.drawRoundedRect(pill, 4, 4)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.focus), 2))
            painter.drawRoundedRect(pill.adjusted(1, 1, -1, -1), 4, 4)
        painter.setPen(QColor(tokens.on_acc))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, self._view.pill)

    def _pill(self) -> QRectF:
        width = QFontMetrics(fonts.section()).horizontalAdvance(self._view.pill) + 16
        left = min(max(self._x(self._view.place) - width / 2, self._left() - 6), self.width() - width)
        return QRectF(left, self._foot() + 5, width, sizes.tall(PILL))

    def _pitch(self) -> int:
        return sizes.tall(ROW if len(self._view.lanes) <= FEW and not self._low else CLOSE_ROW)

    def _left(self) -> float:
        return float(self._names)

    def _span(self) -> float:
        return max(self.width() - self._left() - EDGE, 20.0)

    def _foot(self) -> float:
        return float(max(len(self._view.lanes), 2) * self._pitch() + 3)

    def _x(self, place: float) -> float:
        return self._left() + place * self._span()

    def _go(self, at: int) -> None:
        stops = self._view.stops
        if stops:
            at = min(max(at, 0), len(stops) - 1)
            self.scrubbed.emit(None if at == len(stops) - 1 else stops[at][1])

    def _asked(self, at: int) -> None:
        self._go(at)

    def _drag(self, event: QMouseEvent) -> None:
        stops = self._view.stops
        if not stops:
            return
        place = min(max((event.position().x() - self._left()) / self._span(), 0.0), 1.0)
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.scrubbed.emit(None if place >= 1.0 else ruler_value(place))
        else:
            self._go(min(range(len(stops)), key=lambda each: abs(stops[each][0] - place)))

    def _measure(self) -> None:
        """How much room the lanes' names have."""
        face = QFontMetrics(fonts.caption())
        longest = max((face.horizontalAdvance(lane.name) for lane in self._view.lanes), default=0)
        low, high = map(sizes.wide, NAMES)
        self._names = min(max(longest + MARK + 2, low), high)

    def _resize(self) -> None:
        self._measure()
        self.updateGeometry()
        self.update()


def spread_pairs(places: Sequence[float]) -> list[float]:
    """Marks that fall together stand side by side; the pair stays where it was."""
    made = list(places)
    for at in range(1, len(made)):
        if abs(places[at] - places[at - 1]) < 1.0:
            made[at - 1], made[at] = places[at - 1] - PAIR_GAP / 2, places[at] + PAIR_GAP / 2
    return made
