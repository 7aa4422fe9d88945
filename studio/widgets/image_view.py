"""A picture that can be zoomed and moved. It prefers whole-number zoom and says the true figure."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.pixels import to_image
from studio.theme import Theme, fonts
from studio.theme.tokens import PICTURE_LABEL, RADIUS_PICTURE
from studio.viewmodels.canvas import Picture

LARGEST, SMALLEST = 32.0, 0.05
WHEEL_FACTOR = 1.25


class ImageView(QWidget):
    """described(size, zoom): in words, after each change. Wheel zooms about the pointer, dragging moves.

    reserved, reserved_right: logical pixels at the foot and at the right that the fitted picture leaves free.
    """

    described = Signal(str, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._left: QImage | None = None
        self._right: QImage | None = None
        self._scaled: tuple[object, QImage] | None = None
        self._fit, self._zoom, self._shift = True, 1.0, QPointF(0, 0)
        self._grab: QPointF | None = None
        self.smooth = True
        self.reserved = self.reserved_right = 0
        self.setAccessibleName("Picture")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 120)
        theme.changed.connect(self.update)

    def show_picture(self, picture: Picture | None) -> None:
        """Show another picture at the same zoom."""
        self._left = None if picture is None else to_image(picture.left)
        self._right = None if picture is None or picture.right is None else to_image(picture.right)
        self._scaled = None
        self._describe()
        self.update()

    def set_smooth(self, smooth: bool) -> None:
        """Smooth between pixels, or show them as squares."""
        self.smooth = smooth
        self._scaled = None
        self.update()

    def fit(self) -> None:
        """As large as the place allows, at a whole-number zoom where it enlarges."""
        self._fit, self._shift = True, QPointF(0, 0)
        self._describe()
        self.update()

    def real_size(self) -> None:
        """One picture pixel to one device pixel."""
        self._set_zoom(1.0 / self.devicePixelRatioF())

    def zoom(self) -> float:
        """Logical pixels to one picture pixel."""
        if not self._fit or self._left is None:
            return self._zoom
        room = QSizeF(self.width() - self.reserved_right, self.height() - self.reserved)
        scale = min(room.width() / self._left.width(), room.height() / self._left.height())
        ratio = self.devicePixelRatioF()
        return int(scale * ratio) / ratio if scale * ratio >= 1 else max(scale, SMALLEST)

    def place(self) -> QRectF:
        """Where the picture lies, in this widget."""
        if self._left is None:
            return QRectF()
        size = QSizeF(self._left.size()) * self.zoom()
        middle = self._centre() + self._shift
        corner = middle - QPointF(size.width() / 2, size.height() / 2)
        return QRectF(QPointF(round(corner.x()), round(corner.y())), size)

    def _centre(self) -> QPointF:
        return QPointF((self.width() - self.reserved_right) / 2, (self.height() - self.reserved) / 2)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._left is not None and event.angleDelta().y():
            about = event.position()
            self._set_zoom(self.zoom() * WHEEL_FACTOR ** (event.angleDelta().y() / 120), about)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grab = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grab is not None and not self._fit:
            self._shift += event.position() - self._grab
            self._grab = event.position()
            self._describe()
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._grab = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.fit()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._describe()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._left is None:
            return
        place = self.place()
        with QPainter(self) as painter:
            painter.drawImage(place, self._drawn(self._left, place.size(), "left"))
            if self._right is not None:
                half = QRectF(place.center().x(), place.top(), place.width() / 2, place.height())
                painter.setClipRect(half)
                painter.drawImage(place, self._scale(self._right, place.size()))
                painter.setClipping(False)
                painter.setPen(QPen(QColor(PICTURE_LABEL[0]), 1))
                painter.drawLine(half.topLeft(), half.bottomLeft())
                self._label(painter, "Clean guess", place.bottomLeft() + QPointF(6, -6), left=True)
                self._label(painter, "Noisy state", place.bottomRight() + QPointF(-6, -6), left=False)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(self._theme.tokens.focus), 2))
                painter.drawRoundedRect(place.adjusted(-3, -3, 3, 3), RADIUS_PICTURE, RADIUS_PICTURE)

    def _drawn(self, image: QImage, size: QSizeF, name: str) -> QImage:
        key = (name, image.cacheKey(), size.width(), size.height(), self.smooth)
        if self._scaled is None or self._scaled[0] != key:
            self._scaled = (key, self._scale(image, size))
        return self._scaled[1]

    def _scale(self, image: QImage, size: QSizeF) -> QImage:
        ratio = self.devicePixelRatioF()
        target = (size * ratio).toSize()
        if target == image.size() or max(target.width(), target.height()) > 4096:
            return image
        mode = Qt.TransformationMode.SmoothTransformation if self.smooth else Qt.TransformationMode.FastTransformation
        return image.scaled(target, Qt.AspectRatioMode.IgnoreAspectRatio, mode)

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

    def _set_zoom(self, zoom: float, about: QPointF | None = None) -> None:
        if self._left is None:
            return
        before, place = self.zoom(), self.place()
        zoom = min(max(zoom, SMALLEST), LARGEST)
        anchor = place.center() if about is None else about
        moved = anchor + (place.center() - anchor) * (zoom / before)
        self._fit, self._zoom = False, zoom
        self._shift = moved - self._centre()
        self._describe()
        self.update()

    def _describe(self) -> None:
        if self._left is None:
            self.described.emit("", "")
            return
        zoom = self.zoom() * self.devicePixelRatioF()
        size = f"{self._left.width()} × {self._left.height()}"
        self.described.emit(size, f"{zoom * 100:.0f} %")
        self.setAccessibleDescription(size)
