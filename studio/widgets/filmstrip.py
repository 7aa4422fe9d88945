"""The trajectory drawn: clean guesses over noisy states, threads to the log-SNR ruler, and a playhead."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.pixels import to_image
from studio.theme import Theme, fonts
from studio.viewmodels import wording
from studio.viewmodels.trajectory import RULER, Column, TrajectoryView, nearest, ruler_place

LABELS = 48
GAP = 5
CELL_LEAST, CELL_MOST = 52, 54
RULER_HEIGHT = 62


class Filmstrip(QWidget):
    """picked(place): a step at hand was clicked or dragged to. room(columns): how many fit.

    columns are evenly spaced; a thin thread leads from each to its true place on the ruler.
    """

    picked = Signal(int)
    room = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: TrajectoryView | None = None
        self._images: dict[tuple[object, ...], tuple[QImage | None, QImage | None]] = {}
        self._columns = 12
        self.setAccessibleName("Trajectory")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(CELL_LEAST + RULER_HEIGHT)
        theme.changed.connect(self.update)

    def show_view(self, view: TrajectoryView) -> None:
        """Draw another state; pictures that stay are not converted again."""
        self._view = view
        kept = {column.key for column in view.columns}
        self._images = {key: images for key, images in self._images.items() if key[:-3] in kept}
        self.setAccessibleDescription(view.description)
        self.update()

    def rows(self) -> int:
        """2 where there is height for the noisy states, else 1."""
        return 2 if self.height() >= 2 * CELL_LEAST + GAP + RULER_HEIGHT else 1

    def cell(self, column: int, row: int) -> QRectF:
        """The place of a cell."""
        width = (self._span() - GAP * (self._columns - 1)) / self._columns
        height = min((self.height() - RULER_HEIGHT - GAP * (self.rows() - 1)) / self.rows(), CELL_MOST)
        return QRectF(LABELS + column * (width + GAP), 2 + row * (height + GAP), width, height)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        columns = max(int((self._span() + GAP) // (CELL_LEAST + GAP)), 3)
        columns = min(columns, 7) if self.rows() == 1 else columns
        if columns != self._columns:
            self._columns = columns
            self.room.emit(columns)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pick(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pick(event.position())

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_labels(painter)
            columns = self._view.columns if self._view else ()
            for at in range(self._columns):
                column = columns[at] if at < len(columns) else None
                for row in range(self.rows()):
                    self._paint_cell(painter, self.cell(at, row), column, row)
            self._paint_ruler(painter)
            self._paint_threads(painter)

    def _span(self) -> float:
        return max(self.width() - LABELS - 4.0, 60.0)

    def _ruler_y(self) -> float:
        return self.height() - 33.0

    def _x(self, log_snr: float) -> float:
        return LABELS + ruler_place(log_snr) * self._span()

    def _pick(self, at: QPointF) -> None:
        if self._view is None:
            return
        if at.y() >= self._ruler_y() - 14:
            place = nearest(self._view.marks, (at.x() - LABELS) / self._span())
        else:
            inside = [i for i in range(len(self._view.columns)) if self._reaches(i, at.x())]
            place = self._view.columns[inside[0]].place if inside else -1
        if place >= 0:
            self.picked.emit(place)

    def _reaches(self, column: int, x: float) -> bool:
        box = self.cell(column, 0)
        return box.left() - GAP / 2 <= x <= box.right() + GAP / 2

    def _paint_labels(self, painter: QPainter) -> None:
        painter.setFont(fonts.caption())
        painter.setPen(QColor(self._theme.tokens.tx2))
        for row, words in enumerate(("Clean\nguess\nx̂₀", "Noisy\nstate\nxₜ")[: self.rows()]):
            box = self.cell(0, row)
            painter.drawText(QRectF(0, box.top(), LABELS - 6, box.height()), Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_cell(self, painter: QPainter, box: QRectF, column: Column | None, row: int) -> None:
        tokens = self._theme.tokens
        image = self._image(column, row) if column else None
        if image is not None:
            path = QPainterPath()
            path.addRoundedRect(box, 3, 3)
            painter.save()
            painter.setClipPath(path)
            painter.drawImage(box.topLeft(), image)
            painter.restore()
            return
        painter.setPen(QPen(QColor(tokens.line2 if column else tokens.line), 1))
        painter.setBrush(QColor(tokens.bg2))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if column is None:
            return
        if self._view is not None and self._view.failed:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(QColor(tokens.line2), Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 3, 3)
        elif column.place < 0:
            painter.setFont(fonts.caption())
            painter.setPen(QColor(tokens.tx3))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(column.number))

    def _image(self, column: Column, row: int) -> QImage | None:
        if column.clean is None:
            return None
        size, ratio = self.cell(0, 0).size(), self.devicePixelRatioF()
        key = (*column.key, size.width(), size.height(), ratio)
        images = self._images.get(key)
        if images is None:
            noisy = None if column.noisy is None else filled(to_image(column.noisy), size, ratio)
            images = self._images[key] = (filled(to_image(column.clean), size, ratio), noisy)
        return images[row]

    def _paint_ruler(self, painter: QPainter) -> None:
        tokens, y = self._theme.tokens, self._ruler_y()
        painter.setFont(fonts.caption())
        painter.setPen(QColor(tokens.tx3))
        painter.drawText(QRectF(0, y - 9, LABELS, 18), Qt.AlignmentFlag.AlignVCenter, "log-SNR")
        self._paint_hill(painter, y)
        painter.setPen(QPen(QColor(tokens.ctl), 1))
        painter.drawLine(QPointF(LABELS, y), QPointF(LABELS + self._span(), y))
        for log_snr in range(int(RULER[0]) + 1, int(RULER[1]), 2):
            x = self._x(log_snr)
            painter.setPen(QPen(QColor(tokens.ctl), 1))
            painter.drawLine(QPointF(x, y), QPointF(x, y + 4))
            painter.setPen(QColor(tokens.tx3))
            words = wording.signed(log_snr, 0)
            painter.drawText(QRectF(x - 20, y + 5, 40, 16), Qt.AlignmentFlag.AlignCenter, words)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.tx1))
        for log_snr in self._view.marks if self._view else ():
            painter.drawEllipse(QPointF(self._x(log_snr), y), 2, 2)

    def _paint_hill(self, painter: QPainter, y: float) -> None:
        hill = self._view.hill if self._view else ()
        if len(hill) < 3:
            return
        outline = QPolygonF([QPointF(self._x(hill[0][0]), y)])
        for log_snr, change in hill:
            outline.append(QPointF(self._x(log_snr), y - 18 * change))
        outline.append(QPointF(self._x(hill[-1][0]), y))
        colour = QColor(self._theme.tokens.info)
        colour.setAlphaF(0.22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(outline)

    def _paint_threads(self, painter: QPainter) -> None:
        if self._view is None:
            return
        tokens, y = self._theme.tokens, self._ruler_y()
        last = self.rows() - 1
        for at, column in enumerate(self._view.columns[: self._columns]):
            if column.place < 0 or math.isnan(column.log_snr):
                continue
            now = at == self._view.current
            top = QPointF(self.cell(at, last).center().x(), self.cell(at, last).bottom() + 2)
            foot = QPointF(self._x(column.log_snr), y - 2)
            path = QPainterPath(top)
            middle = (top.y() + foot.y()) / 2
            path.cubicTo(QPointF(top.x(), middle), QPointF(foot.x(), middle), foot)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.acc if now else tokens.ctl), 1.8 if now else 0.8))
            painter.drawPath(path)
        if self._view.current >= 0:
            self._paint_playhead(painter, self._view.columns[self._view.current])

    def _paint_playhead(self, painter: QPainter, column: Column) -> None:
        assert self._view is not None
        tokens, y = self._theme.tokens, self._ruler_y()
        box = self.cell(self._view.current, 0).united(self.cell(self._view.current, self.rows() - 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tokens.acc), 2))
        painter.drawRoundedRect(box.adjusted(-2, -1.5, 2, 2), 5, 5)
        x = self._x(column.log_snr)
        words = wording.signed(column.log_snr)
        painter.setFont(fonts.section())
        width = painter.fontMetrics().horizontalAdvance(words) + 16
        left = min(max(x - width / 2, LABELS), LABELS + self._span() - width)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.acc))
        painter.drawPolygon(QPolygonF([QPointF(x - 5, y + 6), QPointF(x + 5, y + 6), QPointF(x, y - 1)]))
        pill = QRectF(left, y + 5, width, 18)
        painter.drawRoundedRect(pill, 4, 4)
        painter.setPen(QColor(tokens.on_acc))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)


def filled(image: QImage, size: QSizeF, ratio: float) -> QImage:
    """The middle of an image, scaled so that it fills `size` logical pixels on a screen of that pixel ratio."""
    target = (size * ratio).toSize()
    mode = Qt.TransformationMode.SmoothTransformation
    scaled = image.scaled(target, Qt.AspectRatioMode.KeepAspectRatioByExpanding, mode)
    left, top = (scaled.width() - target.width()) // 2, (scaled.height() - target.height()) // 2
    cut = scaled.copy(left, top, target.width(), target.height())
    cut.setDevicePixelRatio(ratio)
    return cut
