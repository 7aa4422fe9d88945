"""Slider tracks: one handle, or two that bound a range."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSlider, QWidget

from studio.theme import Theme
from studio.widgets.spoken import Part, Span, Spoken, tell_value

HANDLE = 12.0
GROOVE = 3.0
INSET = 8.0


def draw_track(
    painter: QPainter, theme: Theme, size: QSize, filled: tuple[float, float], handles: tuple[float, ...], focus: int
) -> None:
    """Groove, filled part and handles; all places in pixels. focus: index of the ringed handle, −1 for none."""
    tokens, middle = theme.tokens, size.height() / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    groove = QRectF(INSET, middle - GROOVE / 2, size.width() - 2 * INSET, GROOVE)
    painter.setBrush(QColor(tokens.track))
    painter.drawRoundedRect(groove, GROOVE / 2, GROOVE / 2)
    painter.setBrush(QColor(tokens.tx2))
    painter.drawRoundedRect(
        QRectF(filled[0], groove.top(), max(filled[1] - filled[0], 0.0), GROOVE), GROOVE / 2, GROOVE / 2
    )
    for index, place in enumerate(handles):
        if index == focus:
            painter.setPen(QPen(QColor(tokens.focus), 2))
            painter.setBrush(QColor(tokens.bg1))
            painter.drawEllipse(QPointF(place, middle), HANDLE / 2 + 1.5, HANDLE / 2 + 1.5)
        dark = tokens.name == "dark"
        painter.setPen(Qt.PenStyle.NoPen if dark else QPen(QColor(tokens.tx2), 1.6))
        painter.setBrush(QColor(tokens.tx1 if dark else tokens.bg2))
        radius = HANDLE / 2 - (2.0 if index == focus else 0.0)
        painter.drawEllipse(QPointF(place, middle), radius, radius)


class Track(QSlider):
    """A horizontal slider with a tick at its default. The wheel acts only where it has the focus."""

    def __init__(self, theme: Theme, name: str, steps: int) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme = theme
        self._default = -1
        self._read: Callable[[int], float] = float
        self._place_for: Callable[[float], int] = round
        self._write: Callable[[float], str] = lambda value: f"{value:g}"
        self.setRange(0, steps)
        self.setAccessibleName(name)
        self.setFixedHeight(24)
        self.setMinimumWidth(44)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)

    def set_default(self, step: int) -> None:
        self._default = step
        self.update()

    def set_scale(
        self, read: Callable[[int], float], place_for: Callable[[float], int], write: Callable[[float], str]
    ) -> None:
        """What a place of the track means, for screen readers: from place to value, back, and in words."""
        self._read, self._place_for, self._write = read, place_for, write

    def spoken(self) -> Spoken:
        low, value, high = (self._read(at) for at in (self.minimum(), self.value(), self.maximum()))
        words = f"{self._write(value)}, from {self._write(low)} to {self._write(high)}"
        return Spoken(Part.SLIDER, words, Span(value, low, high, self._read(self.minimum() + 1) - low))

    def put(self, value: float) -> None:
        """Take the place that is nearest to a value."""
        self.setValue(self._place_for(value))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(True)
        self._drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._drag(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag(event)
        self.setSliderDown(False)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            if 0 <= self._default <= self.maximum():
                painter.setPen(QPen(QColor(self._theme.tokens.ctl), 1))
                x = round(self._place(self._default)) + 0.5
                painter.drawLine(QPointF(x, self.height() / 2 - 5), QPointF(x, self.height() / 2 + 5))
            handle = self._place(self.value())
            focus = 0 if self.hasFocus() else -1
            draw_track(painter, self._theme, self.size(), (INSET, handle), (handle,), focus)

    def _place(self, step: int) -> float:
        span = max(self.maximum() - self.minimum(), 1)
        return INSET + (self.width() - 2 * INSET) * (step - self.minimum()) / span

    def _drag(self, event: QMouseEvent) -> None:
        span = max(self.width() - 2 * INSET, 1.0)
        part = min(max((event.position().x() - INSET) / span, 0.0), 1.0)
        self.setValue(self.minimum() + round(part * (self.maximum() - self.minimum())))


class RangeTrack(QWidget):
    """Two handles, which push but never cross. changed(low, high): fractions of the track.

    Left and Right move the handle in hand, Home and End as far as it goes; Up and Down (or a click) take the other one.
    """

    changed = Signal(float, float)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme, self._ends, self._held, self._step = theme, [0.0, 1.0], 0, 0.05
        self._words = ""
        self.setAccessibleName(name)
        self.setFixedHeight(24)
        self.setMinimumWidth(44)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)

    def set_step(self, step: float) -> None:
        """What an arrow key moves, a fraction of the track."""
        self._step = step

    def set_values(self, low: float, high: float) -> None:
        """Show a range, without `changed`."""
        self._ends = [low, high]
        self._speak()
        self.update()

    def set_words(self, words: str) -> None:
        """The range as users read it, for screen readers: "steps 7 to 19 of 24"."""
        self._words = words
        self._speak()

    def spoken(self) -> Spoken:
        return Spoken(Part.SLIDER, self.accessibleDescription(), Span(self._ends[self._held], 0.0, 1.0, self._step))

    def put(self, value: float) -> None:
        """Move the handle in hand."""
        self._move(value)

    def _speak(self) -> None:
        end = ("the lower", "the upper")[self._held]
        self.setAccessibleDescription(f"{self._words}, {end} end in hand" if self._words else f"{end} end in hand")
        tell_value(self, self._ends[self._held])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match Qt.Key(event.key()):
            case Qt.Key.Key_Left:
                self._move(self._ends[self._held] - self._step)
            case Qt.Key.Key_Right:
                self._move(self._ends[self._held] + self._step)
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                self._held = 1 - self._held
                self._speak()
                self.update()
            case Qt.Key.Key_Home:
                self._move(0.0)
            case Qt.Key.Key_End:
                self._move(1.0)
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._fraction(event)
        gaps = [abs(place - end) for end in self._ends]
        self._held = 0 if gaps[0] < gaps[1] or (gaps[0] == gaps[1] and place < self._ends[0]) else 1
        self._move(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move(self._fraction(event))

    def paintEvent(self, _event: QPaintEvent) -> None:
        span = self.width() - 2 * INSET
        low, high = (INSET + span * end for end in self._ends)
        with QPainter(self) as painter:
            draw_track(
                painter, self._theme, self.size(), (low, high), (low, high), self._held if self.hasFocus() else -1
            )

    def _fraction(self, event: QMouseEvent) -> float:
        return (event.position().x() - INSET) / max(self.width() - 2 * INSET, 1.0)

    def _move(self, place: float) -> None:
        place = min(max(place, 0.0), 1.0)
        self._ends[self._held] = place
        if self._held == 0:
            self._ends[1] = max(self._ends[1], place)
        else:
            self._ends[0] = min(self._ends[0], place)
        self._speak()
        self.update()
        self.changed.emit(*self._ends)
