"""The playhead on the trajectory's ruler: a pill that carries its log-SNR and is dragged from step to step."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSlider, QWidget

from studio.theme import Theme, fonts
from studio.widgets.spoken import Part, Span, Spoken

PILL, TIP, HEIGHT = 18, 6, 26
KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1}
ENDS = {Qt.Key.Key_Home: -1, Qt.Key.Key_End: 1}


class Scrubber(QSlider):
    """dragged(x, free): to that place in its parent; free: Alt is held, so that it need not stand on a step.

    released(): a drag has ended. stepped(by), ended(side): the arrow keys; Home (−1), End (+1).
    asked(number): a screen reader asks for that step. pressed at all: the strip pins its step.
    """

    dragged = Signal(float, bool)
    released = Signal()
    stepped = Signal(int)
    ended = Signal(int)
    asked = Signal(int)
    grasped = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme, self._words, self._tip, self._fault = theme, "", 0.0, False
        self._grip: float | None = None
        self.setAccessibleName("Step")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setToolTip(
            "Drag from step to step; with Alt anywhere between them.\nDuring a run the view then stays at that step, "
            "until Follow."
        )
        self.setFont(fonts.section())
        self.valueChanged.connect(self.asked)
        theme.changed.connect(self.update)

    @property
    def held(self) -> bool:
        """Being dragged."""
        return self._grip is not None

    def show_at(self, x: float, y: float, bounds: tuple[float, float], words: str, *, fault: bool = False) -> None:
        """Point at (x, y) of the parent; the pill keeps within the bounds. fault: here something went wrong."""
        width = max(self.fontMetrics().horizontalAdvance(words) + 16, 28)
        left = min(max(x - width / 2, bounds[0]), bounds[1] - width)
        self._words, self._tip, self._fault = words, x - round(left), fault
        self.setGeometry(round(left), round(y), width, HEIGHT)
        self.show()
        self.update()

    def show_step(self, number: int, last: int, words: str) -> None:
        """What a screen reader says."""
        with QSignalBlocker(self):
            self.setRange(min(1, last), last)
            self.setValue(number)
        self.setAccessibleDescription(words)

    def spoken(self) -> Spoken:
        span = Span(self.value(), self.minimum(), self.maximum(), 1.0)
        return Spoken(Part.SLIDER, self.accessibleDescription(), span)

    def put(self, value: float) -> None:
        """Ask for that step."""
        self.setValue(round(value))

    def event(self, event: QEvent) -> bool:
        # These keys are the scrubber's while it has the focus, not the window's shortcuts.
        asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asked and event.key() in (*KEYS, *ENDS):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in KEYS:
            self.stepped.emit(KEYS[key])
        elif key in ENDS:
            self.ended.emit(ENDS[key])
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = self._tip - event.position().x()
            self.grasped.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            free = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            self.dragged.emit(self.mapToParent(event.position()).x() + self._grip, free)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        if self._grip is not None:
            self._grip = None
            self.released.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        pill = QRectF(0, TIP, self.width(), PILL)
        tip = min(max(self._tip, 7.0), self.width() - 7.0)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.err if self._fault else tokens.acc))
            painter.drawPolygon(QPolygonF([QPointF(tip - 6, TIP + 1), QPointF(tip + 6, TIP + 1), QPointF(tip, 0)]))
            painter.drawRoundedRect(pill, 4, 4)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(tokens.focus), 2))
                painter.drawRoundedRect(pill.adjusted(1, 1, -1, -1), 4, 4)
            painter.setPen(QColor(tokens.on_acc))
            painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, self._words)
