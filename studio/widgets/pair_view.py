"""Two pictures in one place: swiped over, taken in turns, side by side, or their difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QSlider

from studio.pixels import to_image
from studio.theme import Theme, fonts
from studio.theme.tokens import PICTURE_LABEL, RADIUS_PICTURE
from studio.viewmodels.compare_views import Look
from studio.widgets.spoken import Part, Span, Spoken

if TYPE_CHECKING:
    import numpy as np

    from studio.viewmodels.difference import Difference

BLINK_MS = 700
PLACES = 200
"""Of the swipe line."""


class PairView(QSlider):
    """Shows A and B. The line of the swipe is dragged, or moved with Left and Right (Home and End: all B, all A).

    Space, where the look is Blink, holds the picture on show or lets them go on.
    """

    swiped = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme = theme
        self._a: QImage | None = None
        self._b: QImage | None = None
        self._map: QImage | None = None
        self._look = Look.SWIPE
        self._second = False
        self._names = ("A", "B")
        self._sources: tuple[object, object] = (None, None)
        self._blink = QTimer(self, interval=BLINK_MS)
        self._blink.timeout.connect(self._turn)
        self.setRange(0, PLACES)
        self.setValue(PLACES // 2)
        self.setAccessibleName("A and B")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 120)
        self.valueChanged.connect(lambda _: self.update())
        theme.changed.connect(self.update)

    def show_pair(self, a: np.ndarray | None, b: np.ndarray | None, names: tuple[str, str]) -> None:
        """a, b: (H, W, 3) uint8 sRGB; None for what is not there yet."""
        self._names = names
        if a is not self._sources[0] or b is not self._sources[1]:
            self._sources = (a, b)
            self._a, self._b = (None if each is None else to_image(each) for each in (a, b))
            self.update()
        self._describe()

    def show_difference(self, difference: Difference | None) -> None:
        self._map = None if difference is None else to_image(difference.mapped)
        if self._look is Look.DIFFERENCE:
            self.update()

    def set_look(self, look: Look) -> None:
        self._look = look
        if look is Look.BLINK and self.isVisible():
            self._blink.start()
        else:
            self._blink.stop()
        self._describe()
        self.update()

    def spoken(self) -> Spoken:
        if self._look is Look.SWIPE:
            share = self.value() / PLACES
            return Spoken(Part.SLIDER, self.accessibleDescription(), Span(100.0 * share, 0.0, 100.0, 0.5))
        return Spoken(Part.PICTURE, self.accessibleDescription())

    def put(self, value: float) -> None:
        """So many per cent of A."""
        self.setValue(round(value / 100.0 * PLACES))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return width

    def sizeHint(self) -> QSize:
        return QSize(276, 276)

    def showEvent(self, event: QEvent) -> None:
        self.set_look(self._look)
        super().showEvent(event)  # type: ignore[arg-type]

    def hideEvent(self, event: QEvent) -> None:
        self._blink.stop()
        super().hideEvent(event)  # type: ignore[arg-type]

    def event(self, event: QEvent) -> bool:
        mine = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            blink = self._look is Look.BLINK and event.key() == Qt.Key.Key_Space
            if event.key() in mine or blink:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -PLACES // 20, Qt.Key.Key_Right: PLACES // 20}.get(Qt.Key(event.key()), 0)
        if step:
            self.setValue(self.value() + step)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.setValue(0 if event.key() == Qt.Key.Key_Home else PLACES)
        elif event.key() == Qt.Key.Key_Space and self._look is Look.BLINK:
            self._blink.stop() if self._blink.isActive() else self._blink.start()
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._drag(event)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        return

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
            area = QRectF(self.rect())
            if self._a is None or self._b is None:
                painter.setFont(fonts.label())
                painter.setPen(QColor(self._theme.tokens.tx3))
                words = "A and B show here once they have run"
                painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), words)
            else:
                match self._look:
                    case Look.SWIPE:
                        self._paint_swipe(painter, self._place(self._a, area), self._a, self._b)
                    case Look.BLINK:
                        place = self._place(self._a, area)
                        _put(painter, place, self._b if self._second else self._a)
                        _label(painter, place, "B" if self._second else "A", left=not self._second)
                        self._tell_zoom(painter, place, self._a)
                    case Look.DIFFERENCE:
                        place = self._place(self._a, area)
                        if self._map is not None:
                            _put(painter, place, self._map)
                        _label(painter, place, "A \u2212 B", left=True)
                        self._tell_zoom(painter, place, self._a)
                    case Look.SIDE:
                        self._paint_beside(painter, area, self._a, self._b)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(self._theme.tokens.focus), 2))
                painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), RADIUS_PICTURE, RADIUS_PICTURE)

    def _paint_swipe(self, painter: QPainter, place: QRectF, a: QImage, b: QImage) -> None:
        x = place.left() + place.width() * self.value() / PLACES
        _put(painter, place, b)
        painter.save()
        painter.setClipRect(QRectF(place.left(), place.top(), x - place.left(), place.height()))
        _put(painter, place, a)
        painter.restore()
        painter.setPen(QPen(QColor("#FFFFFF"), 2))
        painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))
        middle = QPointF(x, place.top() + 0.62 * place.height())
        painter.setPen(QPen(QColor("#101012"), 1))
        painter.setBrush(QColor("#FFFFFF"))
        painter.drawEllipse(middle, 13, 13)
        painter.setPen(QPen(QColor("#101012"), 1.6))
        for side in (-1, 1):
            tip, y = middle.x() + side * 6, middle.y() + side * 2.5
            painter.drawLine(QPointF(middle.x() - side * 6, y), QPointF(tip, y))
            painter.drawLine(QPointF(tip, y), QPointF(tip - side * 3, y - 3))
            painter.drawLine(QPointF(tip, y), QPointF(tip - side * 3, y + 3))
        _label(painter, place, "A", left=True)
        _label(painter, place, "B", left=False)
        self._tell_zoom(painter, place, a)

    def _paint_beside(self, painter: QPainter, area: QRectF, a: QImage, b: QImage) -> None:
        half = (area.width() - 6) / 2
        wide = area.width() >= area.height()
        if wide:
            boxes = QRectF(0, 0, half, area.height()), QRectF(half + 6, 0, half, area.height())
        else:
            tall = (area.height() - 6) / 2
            boxes = QRectF(0, 0, area.width(), tall), QRectF(0, tall + 6, area.width(), tall)
        for box, image, name in zip(boxes, (a, b), "AB", strict=True):
            place = self._place(image, box)
            _put(painter, place, image)
            _label(painter, place, name, left=True)

    def _place(self, image: QImage, area: QRectF) -> QRectF:
        scale = min(area.width() / image.width(), area.height() / image.height())
        wide, tall = image.width() * scale, image.height() * scale
        return QRectF(area.center().x() - wide / 2, area.top(), wide, tall)

    def _tell_zoom(self, painter: QPainter, place: QRectF, image: QImage) -> None:
        zoom = place.width() * self.devicePixelRatioF() / image.width()
        _label(painter, place, f"{zoom:.0%}".replace("%", " %"), left=False, top=False)

    def _turn(self) -> None:
        self._second = not self._second
        self.update()

    def _drag(self, event: QMouseEvent) -> None:
        if self._look is Look.SWIPE and self._a is not None and event.buttons() & Qt.MouseButton.LeftButton:
            place = self._place(self._a, QRectF(self.rect()))
            part = (event.position().x() - place.left()) / max(place.width(), 1.0)
            self.setValue(round(min(max(part, 0.0), 1.0) * PLACES))

    def _describe(self) -> None:
        how = {Look.SWIPE: "swiped over", Look.BLINK: "in turns", Look.DIFFERENCE: "their difference"}
        words = f"A {self._names[0]}, B {self._names[1]}, {how.get(self._look, 'side by side')}"
        self.setAccessibleDescription(words)
        with QSignalBlocker(self):
            self.setTracking(True)


def _put(painter: QPainter, place: QRectF, image: QImage) -> None:
    shape = QPainterPath()
    shape.addRoundedRect(place, RADIUS_PICTURE, RADIUS_PICTURE)
    painter.save()
    painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
    painter.drawImage(place, image)
    painter.restore()


def _label(painter: QPainter, place: QRectF, words: str, *, left: bool, top: bool = True) -> None:
    ink, ground, opacity = PICTURE_LABEL
    painter.setFont(fonts.section())
    wide = max(painter.fontMetrics().horizontalAdvance(words) + 14, 22)
    x = place.left() + 8 if left else place.right() - 8 - wide
    box = QRectF(x, place.top() + 8 if top else place.bottom() - 30, wide, 22)
    colour = QColor(ground)
    colour.setAlphaF(opacity)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(ink))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
