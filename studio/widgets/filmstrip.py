"""The trajectory drawn: clean guesses over noisy states, threads to the log-SNR ruler, and a playhead."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.pixels import to_image
from studio.theme import Theme, fonts, sizes
from studio.viewmodels import wording
from studio.viewmodels.trajectory import Column, TrajectoryView, nearest, ruler_place, ruler_value
from studio.widgets.layer import Layer
from studio.widgets.log_snr_ruler import HILL, paint_numbers, paint_scale, paint_steps
from studio.widgets.scrubber import Scrubber
from studio.widgets.spoken import Part, Spoken

LABELLED = ("Clean", "guess", "x̂₀"), ("Noisy", "state", "xₜ")
"""The rows' words, line by line."""
LABELS = 48
"""Room for the words at the left, at text scale 1."""
GAP = 5
CELL_LEAST, CELL_MOST = 50, 120
SPARE = 2.5
"""A column more is shown where cells come so much nearer to one another."""
RULER_HEIGHT = 66
FEWEST = 3


class Filmstrip(QWidget):
    """picked(number): a step was clicked or dragged to. moved(by), ended(side): by keys. room(columns): how many fit.

    asked(number, place): the menu of a step was asked for, at that place of the screen.
    Columns are evenly spaced; a thin thread leads from each to its true place on the ruler.
    """

    picked = Signal(int)
    moved = Signal(int)
    ended = Signal(int)
    asked = Signal(int, QPoint)
    room = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: TrajectoryView | None = None
        self._images: dict[tuple[object, ...], tuple[QImage | None, QImage | None]] = {}
        self._fit = 12
        self._free: float | None = None
        self._ground, self._threads = Layer(self), Layer(self)
        self.scrubber = Scrubber(theme, self)
        self.scrubber.hide()
        self.setAccessibleName("Trajectory")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(CELL_LEAST + RULER_HEIGHT)
        self.scrubber.dragged.connect(self._scrub)
        self.scrubber.released.connect(self._settle)
        self.scrubber.grasped.connect(lambda: self._pick_number(self._view.step if self._view else 0))
        self.scrubber.stepped.connect(self.moved)
        self.scrubber.ended.connect(self.ended)
        self.scrubber.asked.connect(self.picked)
        theme.changed.connect(self._place_scrubber)
        theme.changed.connect(self.update)

    def show_view(self, view: TrajectoryView) -> None:
        """Draw another state; pictures that stay are not converted again."""
        before, self._view = self._view, view
        self.setAccessibleDescription("; ".join(part for part in (view.description, view.summit) if part))
        self._place_scrubber()
        if before is None or _cells(before) != _cells(view):
            kept = {column.key for column in view.columns}
            self._images = {key: images for key, images in self._images.items() if key[:-2] in kept}
            self.update()
        else:
            self.update(0, round(self._foot_of_cells()), self.width(), self.height())

    def spoken(self) -> Spoken:
        return Spoken(Part.CHART, self.accessibleDescription())

    def rows(self) -> int:
        """2 where there is height for the noisy states, else 1."""
        return 2 if self.height() >= 2 * CELL_LEAST + GAP + RULER_HEIGHT else 1

    def cell(self, column: int, row: int) -> QRectF:
        """The place of a cell; the columns at hand are spread over the whole width."""
        side, count = self._side(), self._count()
        pitch = (self._span() - side) / (count - 1) if count > 1 else 0.0
        return QRectF(self._labels() + column * pitch, 2 + row * (side + GAP), side, side)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        fit = max(int((self._span() + GAP) // (self._side() + GAP - SPARE)), FEWEST)
        fit = min(fit, 7) if self.rows() == 1 else fit
        if fit != self._fit:
            self._fit = fit
            self.room.emit(fit)
        self._place_scrubber()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pick(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._pick(event.position())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        number = self._number_at(QPointF(event.pos()))
        if number:
            self.picked.emit(number)
            self.asked.emit(number, event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            tokens, scale, view = self._theme.tokens, fonts.text_scale(), self._view
            ruler = QRectF(self._labels(), self._ruler_y(), self._span(), HILL)
            self._ground.draw(painter, (tokens, scale), lambda under: self._paint_ground(under, ruler))
            covered = QRectF() if self.scrubber.isHidden() else QRectF(self.scrubber.geometry())
            paint_numbers(painter, tokens, ruler, covered)
            if event.rect().top() < self._foot_of_cells():
                self._paint_cells(painter)
            if view is None:
                return
            paint_steps(painter, tokens, ruler, view)
            feet = tuple(column.log_snr for column in view.columns)
            self._threads.draw(painter, (tokens, scale, feet), self._paint_threads)
            if view.current >= 0:
                self._paint_thread(painter, view.current, QPen(QColor(tokens.err if view.fault else tokens.acc), 1.8))
                self._paint_outline(painter, view.current)

    def _labels(self) -> float:
        return float(sizes.wide(LABELS))

    def _side(self) -> float:
        """Of a cell: as large as the height allows."""
        room = self.height() - RULER_HEIGHT - GAP * (self.rows() - 1)
        return min(max(room / self.rows(), CELL_LEAST), CELL_MOST)

    def _count(self) -> int:
        return len(self._view.columns) if self._view and self._view.columns else self._fit

    def _span(self) -> float:
        return max(self.width() - self._labels() - 4.0, 60.0)

    def _foot_of_cells(self) -> float:
        """Below it stands what a step changes though no look at it came."""
        return self.cell(0, self.rows() - 1).bottom() + 4

    def _ruler_y(self) -> float:
        return self.height() - 33.0

    def _x(self, log_snr: float) -> float:
        return self._labels() + ruler_place(log_snr) * self._span()

    def _pick(self, at: QPointF) -> None:
        self._pick_number(self._number_at(at))

    def _pick_number(self, number: int) -> None:
        if number:
            self.picked.emit(number)

    def _number_at(self, at: QPointF) -> int:
        """The step made whose column, or whose place on the ruler, is pointed at; 0 for none."""
        if self._view is None:
            return 0
        if at.y() >= self._ruler_y() - 10:
            return nearest(self._view.marks[: self._view.reached], (at.x() - self._labels()) / self._span())
        column = self._column_at(at.x())
        return column.number if column is not None and column.reached else 0

    def _column_at(self, x: float) -> Column | None:
        columns = self._view.columns if self._view else ()
        return next((column for i, column in enumerate(columns) if self._reaches(i, x)), None)

    def _reaches(self, column: int, x: float) -> bool:
        box = self.cell(column, 0)
        return box.left() - GAP / 2 <= x <= box.right() + GAP / 2

    def _tip_at(self, at: QPointF) -> str:
        number = self._number_at(at)
        if not number or self._view is None:
            return ""
        known = number <= len(self._view.marks)
        return f"Step {number}" + (f", log-SNR {wording.signed(self._view.marks[number - 1])}" if known else "")

    def _scrub(self, x: float, free: bool) -> None:
        """The pill follows a free drag; else it stands on the nearest step."""
        if self._view is None:
            return
        place = min(max((x - self._labels()) / self._span(), 0.0), 1.0)
        self._free = place if free else None
        self._pick_number(nearest(self._view.marks[: self._view.reached], place))
        self._place_scrubber()

    def _settle(self) -> None:
        self._free = None
        self._place_scrubber()

    def _place_scrubber(self) -> None:
        view = self._view
        if view is None or view.current < 0 or math.isnan(view.columns[view.current].log_snr):
            self.scrubber.hide()
            return
        log_snr = view.columns[view.current].log_snr if self._free is None else ruler_value(self._free)
        bounds = (self._labels(), self._labels() + self._span() + 2)
        self.scrubber.show_at(self._x(log_snr), self._ruler_y() - 1, bounds, wording.signed(log_snr), fault=view.fault)
        self.scrubber.show_step(view.step, max(view.last, view.step), view.description)

    def _paint_ground(self, painter: QPainter, ruler: QRectF) -> None:
        paint_scale(painter, self._theme.tokens, ruler)
        painter.setFont(fonts.caption())
        painter.setPen(QColor(self._theme.tokens.tx2))
        for row, words in enumerate(LABELLED[: self.rows()]):
            box = self.cell(0, row)
            # In the largest text the sign has no room.
            lines = words[: max(int(box.height() // painter.fontMetrics().lineSpacing()), 1)]
            place = QRectF(0, box.top(), self._labels() - 6, box.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, "\n".join(lines))
        painter.setPen(QColor(self._theme.tokens.tx3))
        painter.drawText(QRectF(0, self._ruler_y() - 12, self._labels(), 24), Qt.AlignmentFlag.AlignVCenter, "log-SNR")

    def _paint_cells(self, painter: QPainter) -> None:
        columns = self._view.columns if self._view else ()
        first, beside = self.cell(0, 0), self.cell(1, 0).left() - self.cell(0, 0).left()
        for at in range(self._count()):
            column = columns[at] if at < len(columns) else None
            for row in range(self.rows()):
                box = first.translated(at * beside, row * (first.height() + GAP))
                self._paint_cell(painter, box, column, row)

    def _paint_cell(self, painter: QPainter, box: QRectF, column: Column | None, row: int) -> None:
        tokens = self._theme.tokens
        image = self._image(column, row, box.width()) if column else None
        if image is not None:
            painter.drawImage(box.topLeft(), image)
            return
        painter.setPen(QPen(QColor(tokens.line2 if column else tokens.line), 1))
        painter.setBrush(QColor(tokens.bg2))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if column is None or self._view is None:
            return
        if self._view.failed and not column.reached:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(QColor(tokens.line2), Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 3, 3)
        else:
            painter.setFont(fonts.caption())
            painter.setPen(QColor(tokens.tx3))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(column.number))

    def _image(self, column: Column, row: int, side: float) -> QImage | None:
        if column.clean is None:
            return None
        ratio = self.devicePixelRatioF()
        key = (*column.key, side, ratio)
        images = self._images.get(key)
        if images is None:
            size = QSizeF(side, side)
            noisy = None if column.noisy is None else rounded(filled(to_image(column.noisy), size, ratio))
            images = self._images[key] = (rounded(filled(to_image(column.clean), size, ratio)), noisy)
        return images[row]

    def _paint_threads(self, painter: QPainter) -> None:
        pen = QPen(QColor(self._theme.tokens.ctl), 0.8)
        for at in range(len(self._view.columns) if self._view else 0):
            self._paint_thread(painter, at, pen)

    def _paint_thread(self, painter: QPainter, at: int, pen: QPen) -> None:
        """From a column to its place on the ruler, where that is known."""
        assert self._view is not None
        log_snr = self._view.columns[at].log_snr
        if math.isnan(log_snr):
            return
        box = self.cell(at, self.rows() - 1)
        top = QPointF(box.center().x(), box.bottom() + 2)
        foot = QPointF(self._x(log_snr), self._ruler_y() - 2)
        path = QPainterPath(top)
        middle = (top.y() + foot.y()) / 2
        path.cubicTo(QPointF(top.x(), middle), QPointF(foot.x(), middle), foot)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        painter.drawPath(path)

    def _paint_outline(self, painter: QPainter, current: int) -> None:
        """One outline round both rows at the step on show."""
        box = self.cell(current, 0).united(self.cell(current, self.rows() - 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        fault = self._view is not None and self._view.fault
        painter.setPen(QPen(QColor(self._theme.tokens.err if fault else self._theme.tokens.acc), 2))
        painter.drawRoundedRect(box.adjusted(-2, -1.5, 2, 2), 5, 5)


def _cells(view: TrajectoryView) -> tuple[object, ...]:
    """What the columns show. That a step is made shows where it was looked at, or where no look will come."""
    shown = (
        each.key if each.clean is not None else (each.number, view.failed and not each.reached) for each in view.columns
    )
    return (tuple(shown), view.current, view.fault)


def filled(image: QImage, size: QSizeF, ratio: float) -> QImage:
    """The middle of an image, scaled so that it fills `size` logical pixels on a screen of that pixel ratio."""
    target = (size * ratio).toSize()
    mode = Qt.TransformationMode.SmoothTransformation
    scaled = image.scaled(target, Qt.AspectRatioMode.KeepAspectRatioByExpanding, mode)
    left, top = (scaled.width() - target.width()) // 2, (scaled.height() - target.height()) // 2
    cut = scaled.copy(left, top, target.width(), target.height())
    cut.setDevicePixelRatio(ratio)
    return cut


def rounded(image: QImage) -> QImage:
    """With round corners, cut once: a clip at every painting would cost more than the painting."""
    cut = QImage(image.size(), QImage.Format.Format_ARGB32_Premultiplied)
    cut.setDevicePixelRatio(image.devicePixelRatio())
    cut.fill(Qt.GlobalColor.transparent)
    path = QPainterPath()
    path.addRoundedRect(QRectF(QPointF(), image.deviceIndependentSize()), 3, 3)
    with QPainter(cut) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipPath(path)
        painter.drawImage(QPointF(), image)
    return cut
