"""Sizes and angles of the guesses over log-SNR: two panes, a line, marker and dash a figure, its value beside it."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.theme import Theme, fonts, sizes
from studio.viewmodels import wording
from studio.viewmodels.dissection import DissectionView, Line
from studio.viewmodels.trajectory import RULER, ruler_place
from studio.widgets.log_snr_ruler import numbers
from studio.widgets.markers import draw_marker
from studio.widgets.series_mark import draw_series
from studio.widgets.spoken import Part, Spoken

AXIS, LEGEND, LEGEND_NARROW, BETWEEN = 32, 134, 112, 10
NARROW, LEAST_PANE = 620, 70
"""Below so many pixels the names beside the lines are cut shorter; and the least width of a pane's plot."""
TOP, FOOT, ROW = 5, 21, 16
MARK, DENSE = 6.0, 60
"""Of a marker; beyond so many evaluations only the lines are drawn."""
KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}
ENDS = {Qt.Key.Key_Home: -1, Qt.Key.Key_End: 1}


class GuidancePlot(QWidget):
    """Shows a DissectionView. picked(step): clicked or dragged to. moved(by), ended(side): by keys."""

    picked = Signal(int)
    moved = Signal(int)
    ended = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: DissectionView | None = None
        self.angles = False
        self.setAccessibleName("Guidance of each step")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_view(self, view: DissectionView) -> None:
        self._view = view
        self.setAccessibleDescription(view.says)
        self.update()

    def spoken(self) -> Spoken:
        return Spoken(Part.CHART, self.accessibleDescription())

    def minimumSizeHint(self) -> QSize:
        return QSize(300, sizes.tall(64))

    @property
    def crowded(self) -> bool:
        """Whether there is room for one pane alone."""
        return self.width() < 2 * (sizes.wide(AXIS) + self._legend() + LEAST_PANE) + BETWEEN

    def show_angles(self, angles: bool) -> None:
        """Which pane is drawn where there is room for one."""
        self.angles = angles
        self.update()

    def panes(self) -> tuple[QRectF, ...]:
        """Where sizes and angles are drawn, or those of them that are chosen, without axes and names."""
        wide = self.width() if self.crowded else (self.width() - BETWEEN) / 2
        left, inner = sizes.wide(AXIS), wide - sizes.wide(AXIS) - self._legend()
        first = QRectF(left, TOP, inner, self.height() - TOP - sizes.tall(FOOT))
        return (first,) if self.crowded else (first, first.translated(wide + BETWEEN, 0))

    def _shown(self, view: DissectionView) -> tuple[tuple[QRectF, tuple[Line, ...], bool], ...]:
        """Panes with what each shows, and whether those are angles."""
        both = ((view.sizes, False), (view.angles, True))
        chosen = both[int(self.angles) :][:1] if self.crowded else both
        return tuple((pane, *each) for pane, each in zip(self.panes(), chosen, strict=True))

    def _legend(self) -> int:
        return sizes.wide(LEGEND_NARROW if self.width() < NARROW else LEGEND)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pick(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._pick(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in KEYS:
            self.moved.emit(KEYS[key])
        elif key in ENDS:
            self.ended.emit(ENDS[key])
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, view = self._theme.tokens, self._view
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self.hasFocus():
                painter.setPen(QPen(QColor(tokens.focus), 2))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
            if view is None or view.empty:
                painter.setFont(fonts.label())
                painter.setPen(QColor(tokens.tx3))
                centre = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
                painter.drawText(self.rect(), centre, view.empty if view else "")
                return
            for pane, lines, angles in self._shown(view):
                shown = lines[: max(int((pane.height() + 6) // sizes.tall(ROW)), 1)]
                low, high, step = bounds(shown, angles=angles)
                self._paint_ground(painter, pane, view, low, high, step, degrees=angles)
                for line in shown:
                    self._paint_line(painter, pane, view, line, low, high)
                self._paint_names(painter, pane, shown)

    def _paint_ground(
        self,
        painter: QPainter,
        pane: QRectF,
        view: DissectionView,
        low: float,
        high: float,
        step: float,
        *,
        degrees: bool,
    ) -> None:
        tokens = self._theme.tokens
        if view.band is not None:
            left, right = (_x(pane, edge) for edge in view.band)
            ground = QColor(tokens.tx3)
            ground.setAlphaF(0.14)
            painter.fillRect(QRectF(left, pane.top(), right - left, pane.height()), ground)
        painter.setFont(fonts.caption())
        # Numbers that would touch are left out.
        skipped = max(math.ceil(sizes.tall(13) / (step / (high - low) * max(pane.height(), 1.0))), 1)
        for at in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1):
            y = _y(pane, at * step, low, high)
            painter.setPen(QPen(QColor(tokens.ctl if at == 0 else tokens.line), 1))
            painter.drawLine(QPointF(pane.left(), y), QPointF(pane.right(), y))
            if at % skipped:
                continue
            painter.setPen(QColor(tokens.tx3))
            words = f"{at * step:g}{'°' if degrees else ''}".replace("-", wording.MINUS)
            box = QRectF(pane.left() - sizes.wide(AXIS), y - 9, sizes.wide(AXIS) - 5, 18)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
        painter.setPen(QPen(QColor(tokens.ctl), 1))
        painter.drawLine(pane.bottomLeft(), pane.bottomRight())
        apart = 4 if pane.width() < sizes.wide(170) else 2
        ruler = QRectF(pane.left(), pane.bottom(), pane.width(), 10)
        for tick, place in numbers(painter.fontMetrics(), ruler):
            painter.setPen(QPen(QColor(tokens.ctl), 1))
            x = _x(pane, tick)
            painter.drawLine(QPointF(x, pane.bottom()), QPointF(x, pane.bottom() + 3))
            if tick % apart == 0:
                painter.setPen(QColor(tokens.tx3))
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, wording.signed(tick, 0))
        painter.setPen(QColor(tokens.tx3))
        box = QRectF(pane.right() + 16, pane.bottom() + 3, sizes.wide(LEGEND), sizes.tall(18))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, "log-SNR")
        if not math.isnan(view.here):
            x = _x(pane, view.here)
            painter.setPen(QPen(QColor(tokens.acc), 1.8))
            painter.drawLine(QPointF(x, pane.top()), QPointF(x, pane.bottom()))

    def _paint_line(
        self, painter: QPainter, pane: QRectF, view: DissectionView, line: Line, low: float, high: float
    ) -> None:
        series = self._theme.tokens.series[line.series]
        colour = QColor(series.colour)
        pen = QPen(colour, 1.2 if series.marker == "none" else 1.6)
        if series.dash:
            pen.setDashPattern(list(series.dash))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stretch in stretches(view.places, line.points):
            points = [QPointF(_x(pane, log_snr), _y(pane, value, low, high)) for log_snr, value in stretch]
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF(points))
            if len(line.points) <= DENSE:
                for point in points:
                    draw_marker(
                        painter, QRectF(point.x() - MARK / 2, point.y() - MARK / 2, MARK, MARK), series.marker, colour
                    )

    def _paint_names(self, painter: QPainter, pane: QRectF, lines: tuple[Line, ...]) -> None:
        tokens, row = self._theme.tokens, sizes.tall(ROW)
        legend = self._legend()
        for at, line in enumerate(lines):
            box = QRectF(pane.right() + 8, pane.top() - 4 + at * row, legend - 10, row)
            middle = box.center().y()
            draw_series(painter, QRectF(box.left(), middle - 4, 8, 8), tokens.series[line.series])
            painter.setFont(fonts.section())
            value = line.value or "–"
            wide = painter.fontMetrics().horizontalAdvance(value)
            painter.setPen(QColor(tokens.tx1))
            vertical = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | vertical, value)
            painter.setFont(fonts.caption())
            painter.setPen(QColor(tokens.tx2))
            room = box.adjusted(14, 0, -wide - 6, 0)
            fits = painter.fontMetrics().horizontalAdvance(line.name) <= room.width()
            name = line.name if fits else line.short
            name = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, round(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | vertical, name)

    def _pick(self, at: QPointF) -> None:
        step = self.step_at(at)
        if step:
            self.picked.emit(step)

    def step_at(self, at: QPointF) -> int:
        """The step whose evaluation stands nearest across, in the pane that is pointed at; 0 for none."""
        if self._view is None or not self._view.places:
            return 0
        for pane in self.panes():
            if pane.left() - 8 <= at.x() <= pane.right() + 8:
                gaps = [(abs(_x(pane, log_snr) - at.x()), step) for step, log_snr in self._view.places]
                return min(gaps)[1]
        return 0

    def _tip_at(self, at: QPointF) -> str:
        view = self._view
        if view is None or view.empty:
            return ""
        for pane, lines, _ in self._shown(view):
            row = int((at.y() - pane.top() + 4) // sizes.tall(ROW))
            beside = at.x() > pane.right() + 8 and at.x() < pane.right() + sizes.wide(LEGEND)
            if beside and 0 <= row < len(lines):
                return lines[row].title
        step = self.step_at(at)
        return f"Step {step}; click to go there" if step else ""


def bounds(lines: tuple[Line, ...], *, angles: bool) -> tuple[float, float, float]:
    """Lowest and highest value of an axis with 0 on it, and the step between its marks: 1, 2 or 5 times a power of 10,
    of degrees 15, 30 or 45."""
    values = [value for line in lines for value in line.points if not math.isnan(value)]
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    if angles:
        high = max(high, 30.0)
        step = next(each for each in (15.0, 30.0, 45.0) if high / each <= 3.0 or each == 45.0)
        return 0.0, math.ceil(high / step) * step, step
    span = (high - low) or 1.0
    power = 10.0 ** math.floor(math.log10(span / 3.0))
    step = next(each * power for each in (1.0, 2.0, 5.0, 10.0) if span / (each * power) <= 5.0)
    return low - 0.02 * span, high + 0.05 * span, step


def stretches(places: tuple[tuple[int, float], ...], points: tuple[float, ...]) -> list[list[tuple[float, float]]]:
    """(log-SNR, value) of the evaluations that have one, broken where some have none."""
    found: list[list[tuple[float, float]]] = [[]]
    for (_, log_snr), value in zip(places, points, strict=True):
        if math.isnan(value):
            found.append([])
        else:
            found[-1].append((log_snr, value))
    return [stretch for stretch in found if stretch]


def _x(pane: QRectF, log_snr: float) -> float:
    return pane.left() + ruler_place(min(max(log_snr, RULER[0]), RULER[1])) * pane.width()


def _y(pane: QRectF, value: float, low: float, high: float) -> float:
    return pane.bottom() - (value - low) / (high - low) * pane.height()
