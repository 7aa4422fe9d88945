"""The plan over the picture: outlines of what stands where, handles, and ghosts of what is not painted yet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QWidget

from core.worlds.tabletop.projection import box, contains
from core.worlds.tabletop.scene import MAX_ITEMS
from studio.theme import Theme
from studio.theme.tokens import PICTURE_ACCENT, PICTURE_LABEL
from studio.viewmodels.plan import Outline, PlanObject, PlanView
from studio.viewmodels.plan_drag import Grip
from studio.viewmodels.plan_shape import Point
from studio.widgets.plan_handle import ObjectHandle, PlanHandle

CORNER_OUT = 8.0
"""How far outside the silhouette's box the corner handle stands, in logical pixels."""
GHOST, CASING = 0.62, 0.7
"""Opacity of what is not painted yet, and of the dark line under every light one."""


class PlanOverlay(QWidget):
    """Lies over `beneath`, a picture, and gives it every press and turn of the wheel that meets no object.

    taken(grip, index, u, v), pulled(u, v), dropped(): drags, in picture coordinates. chosen(index): an object was
    taken up. The keys of an object come as its handle's signals: see `handles`.
    """

    taken = Signal(object, int, float, float)
    pulled = Signal(float, float)
    dropped = Signal()
    chosen = Signal(int)

    def __init__(self, theme: Theme, beneath: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._beneath = theme, beneath
        self._place = QRectF()
        self._view: PlanView | None = None
        self._pressed: PlanHandle | None = None
        self.handles = [ObjectHandle(theme, self) for _ in range(MAX_ITEMS)]
        self.corner, self.turn = PlanHandle(theme, self, Grip.SIZE), PlanHandle(theme, self, Grip.TURN)
        self.corner.setAccessibleName("Size of the selected object")
        self.corner.setToolTip("Pull out for large, push in for small (+ and −)")
        self.turn.setAccessibleName("Turn the selected object")
        self.turn.setToolTip("Turn it on the spot (R, Shift R)")
        self.setAccessibleName("Plan")
        self.setMouseTracking(True)
        self.hide()
        for index, handle in enumerate(self.handles):
            handle.focused.connect(partial(self._focus, index))
            handle.clicked.connect(handle.setFocus)
            self._wire(handle, index)
        self._wire(self.corner, -1)
        self._wire(self.turn, -1)
        theme.changed.connect(self.update)

    def show_plan(self, view: PlanView) -> None:
        """Show a plan, or hide where none is open."""
        self._view = view
        for index, handle in enumerate(self.handles):
            if index < len(view.objects):
                handle.setAccessibleName(view.objects[index].name)
                handle.setChecked(index == view.selected)
        self._stand()
        self.setVisible(view.open)

    def set_place(self, place: QRectF) -> None:
        """Where the picture lies, in this widget."""
        if place != self._place:
            self._place = place
            self._stand()

    def focus_selected(self) -> None:
        """Give the selected object the keys."""
        if self._view is not None and self._view.selected >= 0:
            self.handles[self._view.selected].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def has_focus(self) -> bool:
        """Whether one of its objects has the keys."""
        return any(handle.hasFocus() for handle in self.handles)

    def to_widget(self, point: Point) -> QPointF:
        """From picture coordinates to this widget's."""
        return self._place.topLeft() + QPointF(point[0] * self._place.width(), point[1] * self._place.height())

    def to_picture(self, point: QPointF) -> Point:
        """From this widget's coordinates to the picture's; outside 0 to 1 beside the picture."""
        way = point - self._place.topLeft()
        return way.x() / max(self._place.width(), 1.0), way.y() / max(self._place.height(), 1.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._object_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self._pressed = self.handles[index]
            self._pressed.setFocus(Qt.FocusReason.MouseFocusReason)
            self._pressed.press(event.position())
        else:
            QCoreApplication.sendEvent(self._beneath, event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            self._pressed.pull(event.position())
            return
        over = self._object_at(event.position()) >= 0
        self.setCursor(Qt.CursorShape.SizeAllCursor if over else Qt.CursorShape.ArrowCursor)
        QCoreApplication.sendEvent(self._beneath, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None:
            pressed.release()
        else:
            QCoreApplication.sendEvent(self._beneath, event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._object_at(event.position()) >= 0:
            self.mousePressEvent(event)
        else:
            QCoreApplication.sendEvent(self._beneath, event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        QCoreApplication.sendEvent(self._beneath, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._view is None or self._place.isEmpty():
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setClipRect(self._place.adjusted(-1, -1, 1, 1))
            for outline in self._view.gone:
                self._paint_gone(painter, outline)
            for index in self._from_back():
                self._paint_object(painter, self._view.objects[index], selected=index == self._view.selected)

    def _wire(self, handle: PlanHandle, index: int) -> None:
        handle.held.connect(lambda point: self._take(handle.grip, index, point))
        handle.pulled.connect(lambda point: self.pulled.emit(*self.to_picture(point)))
        handle.dropped.connect(self.dropped)

    def _take(self, grip: Grip, index: int, point: QPointF) -> None:
        if self._view is not None:
            self.taken.emit(grip, index if index >= 0 else self._view.selected, *self.to_picture(point))

    def _focus(self, index: int) -> None:
        if self._view is not None and self._view.selected != index:
            self.chosen.emit(index)

    def _object_at(self, point: QPointF) -> int:
        """The nearest object whose silhouette holds a point, −1 for none."""
        if self._view is None or self._place.isEmpty():
            return -1
        u, v = self.to_picture(point)
        inside = (i for i in reversed(self._from_back()) if contains(self._view.objects[i].shape.outline, u, v))
        return next(inside, -1)

    def _from_back(self) -> list[int]:
        """The objects, the furthest first: what stands nearer touches the table lower in the picture."""
        objects = self._view.objects if self._view is not None else ()
        return sorted(range(len(objects)), key=lambda index: box(objects[index].shape.base)[3])

    def _stand(self) -> None:
        """Put every handle where it belongs."""
        view = self._view
        shown = view is not None and view.open and not self._place.isEmpty()
        for index, handle in enumerate(self.handles):
            if view is not None and shown and index < len(view.objects):
                handle.stand_at(self.to_widget(view.objects[index].shape.centre))
            elif view is None or index >= len(view.objects):
                handle.hide()
            else:
                handle.seen = False
        if view is None or not shown or not view.objects:
            self.corner.hide()
            self.turn.hide()
        else:
            shape = view.objects[view.selected].shape
            self.corner.stand_at(self.to_widget(shape.corner) + QPointF(CORNER_OUT, -CORNER_OUT))
            if shape.turn is None:
                self.turn.hide()
            else:
                self.turn.stand_at(self.to_widget(shape.turn))
        self.update()

    def _polygon(self, outline: Outline) -> QPolygonF:
        return QPolygonF([self.to_widget(point) for point in outline])

    def _paint_object(self, painter: QPainter, shown: PlanObject, *, selected: bool) -> None:
        ink, shape = PICTURE_LABEL[0], shown.shape
        body = QPainterPath()
        body.addPolygon(self._polygon(shape.outline))
        body.closeSubpath()
        if shown.fresh:
            fill = QColor(shown.colour)
            fill.setAlphaF(GHOST)
            filled = QPainterPath(body)
            if shape.hole:
                filled.addPolygon(self._polygon(shape.creases[-1]))
            painter.fillPath(filled, fill)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for crease in shape.creases:
                _cased(painter, lambda line=crease: painter.drawPolyline(self._polygon(line)), QPen(QColor(ink), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if selected:
            floor = QPen(QColor(PICTURE_ACCENT), 1, Qt.PenStyle.DotLine)
            _cased(painter, lambda: painter.drawPolygon(self._polygon(shape.base)), floor)
        style = Qt.PenStyle.DashLine if shown.fresh and not selected else Qt.PenStyle.SolidLine
        pen = QPen(QColor(PICTURE_ACCENT), 2, style) if selected else QPen(QColor(ink), 1.2, style)
        _cased(painter, lambda: painter.drawPath(body), pen)

    def _paint_gone(self, painter: QPainter, outline: Outline) -> None:
        """Hatched: the picture shows it, the plan does not."""
        ink, ground, _ = PICTURE_LABEL
        veil, hatch = QColor(ground), QColor(ink)
        veil.setAlphaF(0.25)
        hatch.setAlphaF(0.7)
        polygon = self._polygon(outline)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(veil)
        painter.drawPolygon(polygon)
        painter.setBrush(QBrush(hatch, Qt.BrushStyle.BDiagPattern))
        painter.setPen(QPen(hatch, 1, Qt.PenStyle.DotLine))
        painter.drawPolygon(polygon)


def _cased(painter: QPainter, draw: Callable[[], object], pen: QPen) -> None:
    """Draw a light line over a dark one, so that it shows on any picture."""
    under = QColor(PICTURE_LABEL[1])
    under.setAlphaF(CASING)
    for each in (QPen(under, pen.widthF() + 2), pen):
        painter.setPen(each)
        draw()
