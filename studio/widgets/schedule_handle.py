"""A handle of the schedule's plot: dragged, moved by arrow keys, named and valued for screen readers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSlider, QWidget

from studio.theme import Theme
from studio.widgets.spoken import Part, Span, Spoken

SIDE = 24
DEAD_ZONE = 2.0
"""A press that moves less is no drag."""
VALUES = 1000
"""The plot's height in the slider's own units."""

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
REMOVE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
ADD = (Qt.Key.Key_Insert, Qt.Key.Key_Plus)


class ScheduleHandle(QSlider):
    """Tells what the user does to it; the plot moves it.

    dragged(place): to that place in the plot. nudged(steps, rise): by arrow keys, in single units.
    asked(log_snr): a screen reader asks for that; risen(height): for a height of 0 to 1.
    added(), removed(): by Insert, by Delete. pointed(): the pointer or the focus came or went.
    """

    dragged = Signal(QPointF)
    nudged = Signal(float, float)
    asked = Signal(float)
    risen = Signal(float)
    added = Signal()
    removed = Signal()
    pointed = Signal()

    def __init__(self, theme: Theme, plot: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, plot)
        self._theme, self._colour = theme, theme.tokens.tx1
        self._pressed_at: QPointF | None = None
        self._grip, self._moving = QPointF(), False
        self._span = Span(0.0, 0.0, 1.0)
        self.setRange(0, VALUES)
        self.setFixedSize(SIDE, SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self.valueChanged.connect(lambda value: self.risen.emit(value / VALUES))

    @property
    def held(self) -> bool:
        """Pointed at, or being dragged."""
        return self.underMouse() or self._moving

    @property
    def lit(self) -> bool:
        """Held, or focused."""
        return self.held or self.hasFocus()

    @property
    def centre(self) -> QPointF:
        return QPointF(self.pos()) + QPointF(SIDE / 2, SIDE / 2)

    def show_at(self, point: QPointF, height: float, colour: str, name: str, words: str, span: Span) -> None:
        """Stand at a point of the plot. height: 0 to 1 of the plot. span: of log-SNR, for screen readers."""
        self._colour = colour
        self.move(round(point.x() - SIDE / 2), round(point.y() - SIDE / 2))
        with QSignalBlocker(self):
            self.setValue(round(height * VALUES))
        self.setAccessibleName(name)
        self._span = span
        self.setAccessibleDescription(words)
        self.update()

    def spoken(self) -> Spoken:
        return Spoken(Part.SLIDER, self.accessibleDescription(), self._span)

    def put(self, value: float) -> None:
        """Ask for a log-SNR."""
        self.asked.emit(value)

    def event(self, event: QEvent) -> bool:
        # These keys are the handle's while it has the focus, not the window's shortcuts.
        asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asked and _own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if not _own(event):
            # QSlider would take Home, End and the page keys for its own.
            event.ignore()
        elif key in ARROWS:
            factor = 1.0
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                factor = 10.0
            elif event.modifiers() & Qt.KeyboardModifier.AltModifier:
                factor = 0.1
            steps, rise = ARROWS[key]
            self.nudged.emit(steps * factor, rise * factor)
        elif key in REMOVE:
            self.removed.emit()
        else:
            self.added.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = self.mapToParent(event.position())
            self._grip = self.centre
            self._moving = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            return
        way = self.mapToParent(event.position()) - self._pressed_at
        if not self._moving and max(abs(way.x()), abs(way.y())) < DEAD_ZONE:
            return
        self._moving = True
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            way = QPointF(way.x(), 0.0) if abs(way.x()) > abs(way.y()) else QPointF(0.0, way.y())
        self.dragged.emit(self._grip + way)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._pressed_at, self._moving = None, False
        self.pointed.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.pointed.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.pointed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.pointed.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, centre = self._theme.tokens, QPointF(SIDE / 2, SIDE / 2)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self.lit:
                halo = QColor(self._colour)
                halo.setAlphaF(0.35)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(halo)
                painter.drawEllipse(centre, 9, 9)
            painter.setBrush(QColor(tokens.bg1))
            if self.hasFocus():
                painter.setPen(QPen(QColor(tokens.focus), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(centre, 10, 10)
                painter.setBrush(QColor(tokens.bg1))
            painter.setPen(QPen(QColor(self._colour), 1.8))
            painter.drawEllipse(centre, 5, 5)


def _own(event: QKeyEvent) -> bool:
    """Ctrl + zooms, whatever has the focus."""
    others = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier
    return not event.modifiers() & others and event.key() in (*ARROWS, *REMOVE, *ADD)
