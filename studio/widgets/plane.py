"""A plane of the 2-D twin: density, arrows, paths and particles at one time; the user may draw on it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, qRgb
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.toy import EXTENT, Point, Stroke
from studio.theme import Theme, fonts, sizes
from studio.viewmodels.toy import PEN_WORDS
from studio.viewmodels.toy_planes import Plane
from studio.widgets.series_mark import draw_series
from studio.widgets.spoken import Part, Spoken

HEAD, LEAST = 42, 100
SHOWN_PATHS = 60
SPARSE_BELOW = 260
"""A plane narrower than this shows every second arrow, and finer points."""
FINE = 0.6
MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
PEN_STEP, FINE_STEP = 0.15, 0.03
LEAST_MOVE = 0.04
"""A stroke gets another point after so much of the plane."""


class PlaneView(QWidget):
    """drawn(strokes): the user has drawn another stroke, or taken the last one away."""

    drawn = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._plane: Plane | None = None
        self._time, self._layers = 0.0, frozenset(("density", "arrows", "paths", "particles"))
        self._drawing = False
        self._strokes: list[list[Point]] = []
        self._pen: Point = (0.0, 0.0)
        self._pen_down = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(320, 320 + sizes.tall(HEAD, 2))

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST, LEAST + sizes.tall(HEAD, 2))

    def show_plane(self, plane: Plane) -> None:
        self._plane = plane
        self.setAccessibleName(f"Plane: {plane.title}")
        self.setAccessibleDescription(plane.caption or plane.empty or "nothing yet")
        if not self._drawing:
            self.setToolTip(f"{plane.title}\n{plane.caption}" if plane.caption else "")
        self.update()

    def show_time(self, t: float) -> None:
        """1 is noise, 0 data."""
        self._time = t
        self.update()

    def show_layers(self, layers: frozenset[str]) -> None:
        """Of density, arrows, paths, particles."""
        self._layers = layers
        self.update()

    def set_drawing(self, drawing: bool, strokes: tuple[Stroke, ...] = ()) -> None:
        self._drawing, self._strokes = drawing, [list(stroke) for stroke in strokes]
        self._pen_down = False
        self.setCursor(Qt.CursorShape.CrossCursor if drawing else Qt.CursorShape.ArrowCursor)
        self.setToolTip(PEN_WORDS if drawing else "")
        self.update()

    @property
    def is_drawing(self) -> bool:
        return self._drawing

    def spoken(self) -> Spoken:
        return Spoken(Part.PICTURE, self.accessibleDescription())

    # Drawing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._drawing and event.button() == Qt.MouseButton.LeftButton:
            self._strokes.append([self._place(event.position())])
            self.update()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drawing and event.buttons() & Qt.MouseButton.LeftButton and self._strokes:
            self._draw_to(self._place(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drawing and event.button() == Qt.MouseButton.LeftButton:
            self._tell()

    def event(self, event: QEvent) -> bool:
        # While one draws these keys are the pen's, not the window's shortcuts.
        asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asked and self._drawing and event.key() in (*MOVES, Qt.Key.Key_Space, Qt.Key.Key_Backspace):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if not self._drawing or key not in (*MOVES, Qt.Key.Key_Space, Qt.Key.Key_Backspace):
            super().keyPressEvent(event)
            return
        if key == Qt.Key.Key_Backspace:
            self._pen_down = False
            if self._strokes:
                self._strokes.pop()
                self._tell()
        elif key == Qt.Key.Key_Space:
            self._pen_down = not self._pen_down
            if self._pen_down:
                self._strokes.append([self._pen])
            else:
                self._tell()
        else:
            step = FINE_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else PEN_STEP
            across, up = MOVES[key]
            self._pen = _held(self._pen[0] + step * across, self._pen[1] + step * up)
            if self._pen_down:
                self._draw_to(self._pen)
        self.update()

    def _draw_to(self, place: Point) -> None:
        last = self._strokes[-1][-1]
        if abs(place[0] - last[0]) + abs(place[1] - last[1]) >= min(LEAST_MOVE, FINE_STEP):
            self._strokes[-1].append(place)
            self.update()

    def _tell(self) -> None:
        self.update()
        self.drawn.emit(tuple(tuple(stroke) for stroke in self._strokes))

    # Painting

    def _square(self) -> QRectF:
        head = sizes.tall(HEAD, 2)
        side = max(min(self.width(), self.height() - head), 10)
        left = (self.width() - side) / 2
        return QRectF(left, (self.height() - side - head) / 2 + head, side, side)

    def _place(self, at: QPointF) -> Point:
        box = self._square()
        x = (2.0 * (at.x() - box.left()) / box.width() - 1.0) * EXTENT
        return _held(x, (1.0 - 2.0 * (at.y() - box.top()) / box.height()) * EXTENT)

    def _points(self, places: np.ndarray) -> np.ndarray:
        """(..., 2) places of the plane in pixels."""
        box = self._square()
        x = box.left() + (places[..., 0] / EXTENT + 1.0) * (0.5 * box.width())
        y = box.top() + (1.0 - places[..., 1] / EXTENT) * (0.5 * box.height())
        return np.stack((x, y), axis=-1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, box = self._theme.tokens, self._square()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_head(painter, box)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.canvas))
            painter.drawRect(box)
            painter.save()
            painter.setClipRect(box)
            if self._plane is not None:
                self._paint_layers(painter, box, self._plane)
            if self._drawing:
                self._paint_strokes(painter)
            painter.restore()
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.focus if self.hasFocus() else tokens.line2), 2 if self.hasFocus() else 1))
            painter.drawRect(box.adjusted(1, 1, -1, -1) if self.hasFocus() else box.adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_head(self, painter: QPainter, box: QRectF) -> None:
        plane, tokens = self._plane, self._theme.tokens
        if plane is None:
            return
        series = tokens.series[plane.series]
        top, row = box.top() - sizes.tall(HEAD, 2), sizes.tall(18)
        mark = QRectF(box.left() + 1, top + row / 2 - 4, 8, 8)
        draw_series(painter, mark, series)
        painter.setFont(fonts.section())
        painter.setPen(QColor(tokens.tx1))
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        room = round(box.width() - 16)
        title = painter.fontMetrics().elidedText(plane.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(box.left() + 16, top, room, row), middle, title)
        painter.setFont(fonts.label())
        painter.setPen(QColor(tokens.tx2))
        room = QRectF(box.left(), top + row, box.width(), row)
        metrics = painter.fontMetrics()
        fitting = (words for words in plane.captions if metrics.horizontalAdvance(words) <= room.width())
        words = next(fitting, plane.captions[-1])
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, round(room.width()))
        painter.drawText(room, middle, shown)

    def _paint_layers(self, painter: QPainter, box: QRectF, plane: Plane) -> None:
        field = plane.field
        if field is not None:
            frame = int(np.abs(field.times - self._time).argmin())
            if "density" in self._layers:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawImage(box, self._density(field.density[frame]))
            if "arrows" in self._layers:
                every = 2 if box.width() < SPARSE_BELOW else 1
                self._paint_arrows(painter, box, field.arrows[frame], every)
        if plane.paths is not None and plane.times is not None and not self._drawing:
            self._paint_paths(painter, plane)
        if plane.empty:
            painter.setPen(QColor(self._theme.tokens.tx2))
            painter.setFont(fonts.label())
            room = box.adjusted(20, 20, -20, -20)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), plane.empty)

    def _density(self, frame: np.ndarray) -> QImage:
        pixels = np.ascontiguousarray(frame)
        image = QImage(pixels.data, pixels.shape[1], pixels.shape[0], pixels.strides[0], QImage.Format.Format_Indexed8)
        low, high = QColor(self._theme.tokens.canvas), QColor(self._theme.tokens.tx3)
        ramp = [0.78 * value / 255 for value in range(256)]
        image.setColorTable([qRgb(*(_mixed(low, high, part))) for part in ramp])
        return image.convertToFormat(QImage.Format.Format_RGB32)

    def _paint_arrows(self, painter: QPainter, box: QRectF, arrows: np.ndarray, every: int) -> None:
        side = len(arrows)
        axis = (np.arange(side) + 0.5) * (2 * EXTENT / side) - EXTENT
        starts = self._points(np.stack(np.meshgrid(axis, axis[::-1]), axis=-1))
        starts, arrows = starts[::every, ::every], arrows[::every, ::every]
        lengths = np.linalg.norm(arrows, axis=-1)
        usual = max(float(np.percentile(lengths, 90)), 1e-6)
        reach = 0.8 * every * box.width() / side
        # The longest tenth is drawn at one length: the others stay readable.
        shrunk = reach / np.maximum(lengths, usual)
        ways = arrows * np.array([1.0, -1.0]) * shrunk[..., None]
        path = QPainterPath()
        for (x, y), (dx, dy) in zip(starts.reshape(-1, 2).tolist(), ways.reshape(-1, 2).tolist(), strict=True):
            if dx * dx + dy * dy < 1.0:
                continue
            path.moveTo(x - 0.5 * dx, y - 0.5 * dy)
            tip_x, tip_y = x + 0.5 * dx, y + 0.5 * dy
            path.lineTo(tip_x, tip_y)
            path.moveTo(tip_x - 0.3 * dx + 0.2 * dy, tip_y - 0.3 * dy - 0.2 * dx)
            path.lineTo(tip_x, tip_y)
            path.lineTo(tip_x - 0.3 * dx - 0.2 * dy, tip_y - 0.3 * dy + 0.2 * dx)
        colour = QColor(self._theme.tokens.tx2)
        colour.setAlphaF(0.6)
        painter.setPen(QPen(colour, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

    def _paint_paths(self, painter: QPainter, plane: Plane) -> None:
        assert plane.times is not None
        assert plane.paths is not None
        tokens = self._theme.tokens
        made, now = states_until(plane.times, plane.paths, self._time)
        colour = QColor(tokens.series[plane.series].colour)
        fine = FINE if self._square().width() < SPARSE_BELOW else 1.0
        if "paths" in self._layers and len(made):
            points = self._points(np.concatenate((made, now[None]))[:, :SHOWN_PATHS])
            line = QPainterPath()
            for each in points.transpose(1, 0, 2).tolist():
                line.moveTo(*each[0])
                for x, y in each[1:]:
                    line.lineTo(x, y)
            colour.setAlphaF(0.7)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 1))
            painter.drawPath(line)
            if plane.steps:
                colour.setAlphaF(1.0)
                painter.setPen(_round_pen(colour, 3 * fine))
                painter.drawPoints([QPointF(x, y) for x, y in points[:-1].reshape(-1, 2).tolist()])
        if "particles" in self._layers:
            painter.setPen(_round_pen(QColor(tokens.acc), 3.2 * fine))
            painter.drawPoints([QPointF(x, y) for x, y in self._points(now).tolist()])

    def _paint_strokes(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        painter.setPen(_round_pen(QColor(tokens.acc), 4))
        for stroke in self._strokes:
            points = [QPointF(x, y) for x, y in self._points(np.array(stroke)).tolist()]
            painter.drawPoint(points[0])
            painter.drawPolyline(points)
        if self.hasFocus():
            x, y = self._points(np.array(self._pen)).tolist()
            painter.setPen(QPen(QColor(tokens.tx1), 1.4))
            painter.drawLine(QPointF(x - 7, y), QPointF(x + 7, y))
            painter.drawLine(QPointF(x, y - 7), QPointF(x, y + 7))


def states_until(times: np.ndarray, paths: np.ndarray, t: float) -> tuple[np.ndarray, np.ndarray]:
    """The states of a run made by a time, and where its particles are then: on the line from step to step.

    times: (S,), falling. paths: (S, B, 2). Returns (M, B, 2) and (B, 2).
    """
    made = int((times >= t - 1e-6).sum())
    if made == 0:
        return paths[:0], paths[0]
    if made >= len(times) or times[made - 1] <= t:
        return paths[:made], paths[made - 1]
    part = (times[made - 1] - t) / (times[made - 1] - times[made])
    return paths[:made], paths[made - 1] + part * (paths[made] - paths[made - 1])


def _round_pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def _held(x: float, y: float) -> Point:
    return min(max(x, -EXTENT), EXTENT), min(max(y, -EXTENT), EXTENT)


def _mixed(low: QColor, high: QColor, part: float) -> tuple[int, int, int]:
    pairs = ((low.red(), high.red()), (low.green(), high.green()), (low.blue(), high.blue()))
    red, green, blue = (round(a + part * (b - a)) for a, b in pairs)
    return red, green, blue
