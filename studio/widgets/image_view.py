"""A picture that can be zoomed and moved, alone or with another pinned at its left. It says the true zoom."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSizeF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QSizePolicy, QWidget

from studio.pixels import to_image
from studio.theme import Theme, fonts
from studio.theme.tokens import PICTURE_LABEL, RADIUS_PICTURE
from studio.viewmodels.canvas import Picture
from studio.viewmodels.zoom import GRID_FROM, Zoom, level_beyond, settled
from studio.widgets.spoken import Part, Spoken

NOTCH = 120
"""Of a wheel, in Qt's units."""
NUDGE = 40.0
GRIP = 10.0
"""How near to the split line a press takes it in hand, logical pixels."""
PANES_GAP = 10.0
CHEQUER = 8
"""Of the ground behind what is transparent, logical pixels."""
SCALED_MOST = 4096
SCALED_KEPT = 4
FADE_MS = 80
FADE_LEVELS = 4
"""Of a cross-fade: so many paints, not one for each frame of the screen."""
ARROWS = {
    Qt.Key.Key_Left: (NUDGE, 0.0),
    Qt.Key.Key_Right: (-NUDGE, 0.0),
    Qt.Key.Key_Up: (0.0, NUDGE),
    Qt.Key.Key_Down: (0.0, -NUDGE),
}


class ImageView(QWidget):
    """described(size, zoom): in words, after each change. Wheel and pinch zoom about the pointer, dragging moves.

    reserved, reserved_right: logical pixels at the foot and at the right that the fitted picture leaves free.
    fade: of one step of a run into the next.
    A pinned picture stands at the left, with the same zoom and in the same place.
    """

    described = Signal(str, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._picture: Picture | None = None
        self._left: QImage | None = None
        self._right: QImage | None = None
        self._pinned: QImage | None = None
        self._before: QImage | None = None
        self._course, self._risen = "", FADE_LEVELS
        self.fade = QVariantAnimation(self)
        self.fade.setStartValue(0)
        self.fade.setEndValue(FADE_LEVELS)
        self.fade.valueChanged.connect(self._rise)
        self.fade.finished.connect(self._end_fade)
        self._scaled: dict[tuple[object, ...], QImage] = {}
        self._zoom, self._split, self._turned = Zoom(), 0.5, 0
        self._grab: QPointF | None = None
        self._splitting = False
        self.smooth, self.grid, self.shows_clear = True, False, False
        self.reserved = self.reserved_right = 0
        self._lies: object = ()
        self.setAccessibleName("Picture")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(60, 60)
        self.setMouseTracking(True)
        self.grabGesture(Qt.GestureType.PinchGesture)
        theme.changed.connect(self.update)

    def show_picture(self, picture: Picture | None, course: str = "") -> None:
        """Show another picture at the same zoom. course: of the same one as before, it fades in."""
        if picture is None or picture != self._picture:
            before, same = self._left, bool(course) and course == self._course
            self._course = course
            self._left = self._image_of(picture)
            self._right = None if picture is None or picture.right is None else to_image(picture.right)
            self._start_fade(before if same else None)
        self._picture = picture
        self._changed()

    def set_clear(self, shown: bool) -> None:
        """A chequered ground where a picture can do without its own."""
        self.shows_clear = shown
        self._left = self._image_of(self._picture)
        self._start_fade(None)
        self._changed()

    def show_pinned(self, picture: Picture | None) -> None:
        """Stand a picture beside the present one; None takes it away."""
        self._pinned = None if picture is None else to_image(picture.left)
        self._changed()

    def set_smooth(self, smooth: bool) -> None:
        """Smooth between pixels, or show them as squares."""
        self.smooth = smooth
        self._changed()

    def set_grid(self, grid: bool) -> None:
        """Draw lines between pixels, at 800 % and above."""
        self.grid = grid
        self.update()

    def spoken(self) -> Spoken:
        return Spoken(Part.PICTURE, self.accessibleDescription())

    def fit(self) -> None:
        """As large as the place allows, at a whole-number zoom where it enlarges."""
        self._zoom = Zoom()
        self._changed()

    def real_size(self) -> None:
        """One picture pixel to one device pixel."""
        self._zoom_to(1.0)

    def zoom_by(self, levels: int) -> None:
        """So many levels in (above 0) or out."""
        self._zoom_to(level_beyond(self._scale(), levels))

    def zoom(self) -> float:
        """Logical pixels to one picture pixel."""
        return self._scale() / self.devicePixelRatioF()

    def place(self) -> QRectF:
        """Where the present picture lies, in this widget."""
        return QRectF() if self._left is None else self._lie(self._left, self._pane(present=True))

    def pinned_place(self) -> QRectF:
        """Where the pinned picture lies; empty for none."""
        return QRectF() if self._pinned is None else self._lie(self._pinned, self._pane(present=False))

    def split_x(self) -> float:
        """Where the line between clean guess and noisy state stands."""
        place = self.place()
        return place.left() + place.width() * self._split

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._zoom_to(self._scale() * (1.0 + event.value()), event.position())
            return True
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                scale = self._scale() * pinch.scaleFactor()
                ended = pinch.state() == Qt.GestureState.GestureFinished
                middle = QPointF(self.mapFromGlobal(pinch.centerPoint()))
                self._zoom_to(settled(scale) if ended else scale, middle)
                return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._left is None:
            return
        self._turned += event.angleDelta().y()
        levels = int(self._turned / NOTCH)
        if levels:
            self._turned -= levels * NOTCH
            self._zoom_to(level_beyond(self._scale(), levels), event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS and self._left is not None:
            self._move(*ARROWS[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.zoom_by(1 if key == Qt.Key.Key_Plus else -1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grab = event.position()
            self._splitting = self._on_split(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grab is None:
            shape = Qt.CursorShape.SplitHCursor if self._on_split(event.position()) else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
        elif self._splitting:
            place = self.place()
            self._split = min(max((event.position().x() - place.left()) / place.width(), 0.0), 1.0)
            self.update()
        elif self._movable():
            way = event.position() - self._grab
            self._grab = event.position()
            self._move(way.x(), way.y())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._grab, self._splitting = None, False

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.fit()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._describe()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._left is None:
            return
        place = self.place()
        with QPainter(self) as painter:
            if self._pinned is not None:
                self._paint_pane(painter, self._pinned, self._pane(present=False), "Pinned")
                painter.setClipRect(self._pane(present=True))
            if self._before is not None:
                self._paint_image(painter, self._before, place)
                painter.setOpacity(self._risen / FADE_LEVELS)
            if self._left.hasAlphaChannel():
                self._paint_chequers(painter, place)
            self._paint_image(painter, self._left, place)
            painter.setOpacity(1.0)
            if self._right is not None:
                self._paint_split(painter, self._right, place)
            self._paint_grid(painter, self._left, place)
            painter.setClipping(False)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(self._theme.tokens.focus), 2))
                ring = place.adjusted(-3, -3, 3, 3).intersected(QRectF(self.rect()).adjusted(1, 1, -1, -1))
                painter.drawRoundedRect(ring, RADIUS_PICTURE, RADIUS_PICTURE)

    def _image_of(self, picture: Picture | None) -> QImage | None:
        if picture is None:
            return None
        return to_image(picture.clear if self.shows_clear and picture.clear is not None else picture.left)

    def _paint_chequers(self, painter: QPainter, place: QRectF) -> None:
        tile = QImage(2 * CHEQUER, 2 * CHEQUER, QImage.Format.Format_RGB32)
        tile.fill(QColor(self._theme.tokens.bg2))
        with QPainter(tile) as pen:
            for corner in (0, CHEQUER):
                pen.fillRect(corner, corner, CHEQUER, CHEQUER, QColor(self._theme.tokens.bg4))
        painter.setBrushOrigin(place.topLeft())
        painter.fillRect(place, QBrush(tile))

    def _start_fade(self, before: QImage | None) -> None:
        self.fade.stop()
        now, self._before = self._left, None
        alike = before is not None and now is not None and before.size() == now.size()
        if alike and self.isVisible() and (milliseconds := self._theme.duration(FADE_MS)):
            self._before, self._risen = before, 0
            self.fade.setDuration(milliseconds)
            self.fade.start()

    def _rise(self, level: int) -> None:
        if level != self._risen and self._before is not None:
            self._risen = level
            self.update(self.place().toAlignedRect())

    def _end_fade(self) -> None:
        self._before = None
        self.update(self.place().toAlignedRect())

    def _pane(self, *, present: bool) -> QRectF:
        """The room of the present picture, or of the pinned one."""
        room = QRectF(0, 0, self.width() - self.reserved_right, self.height() - self.reserved)
        if self._pinned is None:
            return room
        half = (room.width() - PANES_GAP) / 2
        return QRectF(half + PANES_GAP if present else 0.0, 0, half, room.height())

    def _scale(self) -> float:
        """Device pixels to one pixel of the present picture."""
        if self._left is None:
            return 1.0
        room, ratio = self._pane(present=True), self.devicePixelRatioF()
        return self._zoom.value(
            (self._left.width(), self._left.height()), (room.width() * ratio, room.height() * ratio)
        )

    def _lie(self, image: QImage, pane: QRectF) -> QRectF:
        size = QSizeF(image.size()) * self.zoom()
        middle = pane.center() + QPointF(*self._zoom.shift)
        return QRectF(QPointF(round(middle.x() - size.width() / 2), round(middle.y() - size.height() / 2)), size)

    def _movable(self) -> bool:
        """Not where the whole picture is in sight at the fitting zoom."""
        return self._zoom.scale is not None

    def _move(self, x: float, y: float) -> None:
        scale = self._scale()
        self._zoom = Zoom(scale, self._zoom.shift).moved((x, y))
        self._changed()

    def _zoom_to(self, scale: float, at: QPointF | None = None) -> None:
        if self._left is None:
            return
        pane = self._pane(present=True)
        if at is not None and self._pinned is not None and self._pane(present=False).contains(at):
            pane = self._pane(present=False)
        about = QPointF(*self._zoom.shift) if at is None else at - pane.center()
        self._zoom = self._zoom.to(scale, self._scale(), (about.x(), about.y()))
        self._changed()

    def _on_split(self, at: QPointF) -> bool:
        return self._right is not None and abs(at.x() - self.split_x()) <= GRIP and self.place().contains(at)

    def _changed(self) -> None:
        self._describe()
        self.update()

    def _describe(self) -> None:
        """Nothing is said where another picture lies as the one before did."""
        lies = None if self._left is None else (self._left.size(), self._scale(), self.place())
        if lies == self._lies:
            return
        self._lies = lies
        if self._left is None:
            self.described.emit("", "")
            return
        size = f"{self._left.width()} × {self._left.height()}"
        zoom = f"{self._scale() * 100:.0f} %"
        self.described.emit(size, zoom)
        self.setAccessibleDescription(f"{size}, shown at {zoom}")

    def _paint_pane(self, painter: QPainter, image: QImage, pane: QRectF, words: str) -> None:
        painter.setClipRect(pane)
        place = self._lie(image, pane)
        self._paint_image(painter, image, place)
        self._paint_grid(painter, image, place)
        self._label(painter, words, place.intersected(pane).bottomLeft() + QPointF(6, -6), left=True)

    def _paint_split(self, painter: QPainter, right: QImage, place: QRectF) -> None:
        x = self.split_x()
        whole = painter.clipBoundingRect() if painter.hasClipping() else QRectF(self.rect())
        painter.setClipRect(QRectF(x, place.top(), place.right() - x, place.height()).intersected(whole))
        self._paint_image(painter, right, place)
        painter.setClipRect(whole)
        painter.setPen(QPen(QColor(PICTURE_LABEL[0]), 1))
        painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))
        seen = place.intersected(whole)
        self._label(painter, "Clean guess", seen.bottomLeft() + QPointF(6, -6), left=True)
        self._label(painter, "Noisy state", seen.bottomRight() + QPointF(-6, -6), left=False)

    def _paint_image(self, painter: QPainter, image: QImage, place: QRectF) -> None:
        ratio = self.devicePixelRatioF()
        target = (place.size() * ratio).toSize()
        if max(target.width(), target.height()) > SCALED_MOST:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.smooth)
            painter.drawImage(place, image)
            return
        key = (image.cacheKey(), target.width(), target.height(), self.smooth)
        if key not in self._scaled:
            if len(self._scaled) >= SCALED_KEPT:
                del self._scaled[next(iter(self._scaled))]
            smooth, fast = Qt.TransformationMode.SmoothTransformation, Qt.TransformationMode.FastTransformation
            mode = smooth if self.smooth else fast
            self._scaled[key] = image.scaled(target, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
        painter.drawImage(place, self._scaled[key])

    def _paint_grid(self, painter: QPainter, image: QImage, place: QRectF) -> None:
        if not self.grid or self._scale() < GRID_FROM:
            return
        zoom, seen = self.zoom(), place.intersected(QRectF(self.rect()))
        first, last = int((seen.left() - place.left()) / zoom), int((seen.right() - place.left()) / zoom) + 1
        top, foot = int((seen.top() - place.top()) / zoom), int((seen.bottom() - place.top()) / zoom) + 1
        xs = (place.left() + column * zoom for column in range(max(first, 1), min(last, image.width() - 1) + 1))
        ys = (place.top() + row * zoom for row in range(max(top, 1), min(foot, image.height() - 1) + 1))
        lines = [QLineF(x, seen.top(), x, seen.bottom()) for x in xs]
        lines += [QLineF(seen.left(), y, seen.right(), y) for y in ys]
        colour = QColor(self._theme.tokens.ctl)
        colour.setAlphaF(0.5)
        pen = QPen(colour, 0)
        painter.setPen(pen)
        painter.drawLines(lines)

    def _label(self, painter: QPainter, words: str, corner: QPointF, *, left: bool) -> None:
        painter.setFont(fonts.caption())
        width = painter.fontMetrics().horizontalAdvance(words) + 12
        box = QRectF(corner.x() - (0 if left else width), corner.y() - 20, width, 20)
        ink, ground, opacity = PICTURE_LABEL
        colour = QColor(ground)
        colour.setAlphaF(opacity)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
