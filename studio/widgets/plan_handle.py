"""Handles of the plan: an object's own, with its keys and its name for screen readers; its corner; its turn handle."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from studio.focus_keys import OWN_KEYS
from studio.theme import Theme, icons
from studio.theme.tokens import PICTURE_ACCENT, PICTURE_LABEL
from studio.viewmodels.plan_drag import Grip

SIDE = 24
DEAD_ZONE = 2.0
"""A press that moves less is no drag."""
STEP = 0.05
"""Table units that an arrow key moves; Shift ten times, Alt a tenth."""
TURN = math.radians(15.0)
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
LARGER, SMALLER = (Qt.Key.Key_Plus, Qt.Key.Key_Equal), (Qt.Key.Key_Minus, Qt.Key.Key_Underscore)
REMOVE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
KEYS = (
    *ARROWS,
    *LARGER,
    *SMALLER,
    *REMOVE,
    Qt.Key.Key_R,
    Qt.Key.Key_C,
    Qt.Key.Key_Insert,
    Qt.Key.Key_Escape,
)
"""Those of an object that has the focus; the window's shortcuts of the same keys rest meanwhile."""
TIP = (
    "Drag it, or move it with the arrow keys (Shift: ten times, Alt: a tenth).\n"
    "R turns, + and − change the size, C takes the next colour, Delete removes it, Insert adds another, Esc leaves."
)


class PlanHandle(QAbstractButton):
    """Tells in the overlay's own coordinates what the user does to it; the overlay moves it.

    held(point): pressed there. pulled(point): dragged there. dropped(): let go after a drag.
    """

    held = Signal(QPointF)
    pulled = Signal(QPointF)
    dropped = Signal()

    def __init__(self, theme: Theme, overlay: QWidget, grip: Grip) -> None:
        super().__init__(overlay)
        self._theme, self.grip = theme, grip
        self._pressed_at: QPointF | None = None
        self._moving = False
        self.seen = True
        """Painted; an unseen one keeps the focus while no picture is there."""
        self.setFixedSize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        cursors = {Grip.MOVE: Qt.CursorShape.SizeAllCursor, Grip.SIZE: Qt.CursorShape.SizeBDiagCursor}
        self.setCursor(cursors.get(grip, Qt.CursorShape.PointingHandCursor))
        self.hide()

    def stand_at(self, point: QPointF) -> None:
        """Be seen about a point of the overlay."""
        self.seen = True
        self.move(round(point.x() - SIDE / 2), round(point.y() - SIDE / 2))
        self.show()

    def press(self, point: QPointF) -> None:
        """As if it had been pressed at a point of the overlay."""
        self._pressed_at, self._moving = point, False
        self.held.emit(point)

    def pull(self, point: QPointF) -> None:
        """As if the pointer had been dragged to a point of the overlay."""
        if self._pressed_at is None:
            return
        way = point - self._pressed_at
        if self._moving or max(abs(way.x()), abs(way.y())) >= DEAD_ZONE:
            self._moving = True
            self.pulled.emit(point)

    def release(self) -> None:
        """As if the pointer had been let go."""
        self._pressed_at, self._moving = None, False
        self.dropped.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.press(self.mapToParent(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pull(self.mapToParent(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.release()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.seen:
            return
        centre = QPointF(SIDE / 2, SIDE / 2)
        ink, ground, _ = PICTURE_LABEL
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(ground), 1.5))
            painter.setBrush(QColor(PICTURE_ACCENT))
            if self.grip is Grip.SIZE:
                painter.drawRect(QRectF(centre.x() - 4.5, centre.y() - 4.5, 9, 9))
            else:
                painter.setBrush(QColor(ground))
                painter.setPen(QPen(QColor(PICTURE_ACCENT), 1.5))
                painter.drawEllipse(centre, 9, 9)
                icons.paint(painter, "turn", ink, QRectF(centre.x() - 6, centre.y() - 6, 12, 12))


class ObjectHandle(PlanHandle):
    """One object of the plan: it takes the focus, and has keys.

    nudged(right, away): table units as one sees it. turned(radians), sized(size), coloured(by), removed(), added(),
    left(): what else the keys ask for. focused(): it has the focus now.
    """

    nudged = Signal(float, float)
    turned = Signal(float)
    sized = Signal(str)
    coloured = Signal(int)
    removed = Signal()
    added = Signal()
    left = Signal()
    focused = Signal()

    def __init__(self, theme: Theme, overlay: QWidget) -> None:
        super().__init__(theme, overlay, Grip.MOVE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCheckable(True)
        self.setProperty(OWN_KEYS, True)
        self.setToolTip(TIP)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            control = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier)
            if event.key() in KEYS and not control:
                event.accept()
                return True
        if event.type() == QEvent.Type.FocusIn:
            self.focused.emit()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, shift = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if key in ARROWS:
            step = STEP * (10.0 if shift else 0.1 if alt else 1.0)
            right, away = ARROWS[key]
            self.nudged.emit(right * step, away * step)
        elif key == Qt.Key.Key_R:
            self.turned.emit(-TURN if shift else TURN)
        elif key == Qt.Key.Key_C:
            self.coloured.emit(-1 if shift else 1)
        elif key in (*LARGER, *SMALLER):
            self.sized.emit("large" if key in LARGER else "small")
        elif key in REMOVE:
            self.removed.emit()
        elif key == Qt.Key.Key_Insert:
            self.added.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.seen:
            return
        centre, (ink, ground, opacity) = QPointF(SIDE / 2, SIDE / 2), PICTURE_LABEL
        tokens = self._theme.tokens
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self.hasFocus():
                painter.setPen(QPen(QColor(ground), 4))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(centre, 9.5, 9.5)
                painter.setPen(QPen(QColor(tokens.focus), 2))
                painter.drawEllipse(centre, 9.5, 9.5)
            shade = QColor(ground)
            shade.setAlphaF(opacity)
            painter.setBrush(QColor(PICTURE_ACCENT) if self.isChecked() else shade)
            painter.setPen(QPen(QColor(ground if self.isChecked() else ink), 1.5))
            painter.drawEllipse(centre, 5, 5)
