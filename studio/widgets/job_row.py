"""One job of the queue: grip, look, title, state, time, and the one thing that can be done about it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from studio.pixels import to_image
from studio.theme import Theme, fonts, icons
from studio.theme.tokens import RADIUS_BUTTON
from studio.viewmodels.queue import Offer, QueueRow
from studio.viewmodels.run import Frame
from studio.widgets.buttons import Button, IconButton
from studio.widgets.job_tile import Grip, JobTile, ThinBar
from studio.widgets.text import Elided, retone, text

HEIGHT = 58


class JobRow(QWidget):
    """Takes the focus; Alt Up and Down move it, Delete removes, Enter does what its button does.

    offered(): its button was pressed. moved(by): up (−1) or down (+1). removed(): Delete. stepped(by): to another row.
    dragged(y), dropped(y): by its grip, in the parent's coordinates. opened(): the row itself was clicked.
    """

    offered = Signal()
    moved = Signal(int)
    removed = Signal()
    stepped = Signal(int)
    dragged = Signal(int)
    dropped = Signal(int)
    opened = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._row: QueueRow | None = None
        self._look: Frame | None = None
        self._pressed: QPoint | None = None
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._grip, self._tile, self._bar = Grip(theme), JobTile(theme), ThinBar(theme)
        self._title, self._state = Elided("", "tx1", fonts.section()), Elided("", "tx2", fonts.caption())
        self._mark, self._time = QLabel(), text("", "tx2", fonts.value())
        self.cross = IconButton(theme, "close", Offer.CANCEL.value)
        self.remedy = Button(theme, Offer.REMEDY.value)
        self.resume = Button(theme, Offer.RESUME.value, "link")
        for button in (self.cross, self.remedy, self.resume):
            button.clicked.connect(self.offered)
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._lay_out()
        theme.changed.connect(self._tint)
        self._tint()

    def show_row(self, row: QueueRow) -> None:
        """Show a job."""
        self._row = row
        self.setAccessibleName(row.says)
        self._title.setText(row.title)
        self._state.setText(row.state)
        retone(self._state, row.tone)
        self._time.setText(row.time)
        retone(self._time, "tx1" if row.fraction >= 0 else "tx2")
        self._bar.setVisible(row.fraction >= 0)
        self._bar.show_fraction(max(row.fraction, 0.0))
        self._mark.setVisible(row.offer is Offer.REMEDY)
        self._grip.set_shown(row.movable)
        self._show_cross()
        for button, offer in ((self.remedy, Offer.REMEDY), (self.resume, Offer.RESUME)):
            button.setVisible(row.offer is offer)
        self.cross.setAccessibleName(f"Cancel: {row.title}")
        self.remedy.setAccessibleName(f"Remedy for: {row.title}")
        self.resume.setAccessibleName(f"Resume: {row.title}")
        if row.look is not self._look or row.look is None:
            self._look = row.look
            image = to_image(row.look.clean[0]) if row.look is not None else QImage()
            self._tile.show_image(image, faded=row.ended and row.offer is not Offer.NONE)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        by = steps.get(Qt.Key(event.key()))
        if by is not None:
            (self.moved if event.modifiers() & Qt.KeyboardModifier.AltModifier else self.stepped).emit(by)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            ended = self._row is not None and self._row.ended and self._row.offer is not Offer.NONE
            (self.offered if ended else self.opened).emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or self._row is None or not self._row.movable:
            return
        far = (event.position().toPoint() - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        self._dragging = self._dragging or far
        if self._dragging:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(self.mapToParent(event.position().toPoint()).y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if self._dragging:
            self._dragging = False
            self.unsetCursor()
            self.dropped.emit(self.mapToParent(event.position().toPoint()).y())
        elif pressed is not None and self.rect().contains(event.position().toPoint()):
            self.opened.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._show_cross()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_cross()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._show_cross()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._show_cross()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, running = self._theme.tokens, self._row is not None and self._row.fraction >= 0
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            if running or self.underMouse() or self._dragging:
                painter.setBrush(QColor(tokens.bg4 if self._dragging else tokens.bg3))
                painter.drawRoundedRect(box, RADIUS_BUTTON, RADIUS_BUTTON)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(tokens.focus), 2))
                painter.drawRoundedRect(box, RADIUS_BUTTON, RADIUS_BUTTON)

    def _show_cross(self) -> None:
        """The running job always has its cross; one that waits shows it in place of its time while it is looked at."""
        row = self._row
        if row is None:
            return
        looked_at = self.underMouse() or self.hasFocus() or self.cross.hasFocus()
        self.cross.setVisible(row.offer is Offer.CANCEL and (row.fraction >= 0 or looked_at))
        self._time.setVisible(bool(row.time) and (row.fraction >= 0 or self.cross.isHidden()))
        self.update()

    def _lay_out(self) -> None:
        state = QHBoxLayout()
        state.setSpacing(6)
        state.addWidget(self._mark)
        state.addWidget(self._state, 1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(self._title)
        words.addLayout(state)
        words.addSpacing(1)
        words.addWidget(self._bar)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 8, 0)
        row.setSpacing(0)
        row.addWidget(self._grip)
        row.addSpacing(2)
        row.addWidget(self._tile)
        row.addSpacing(10)
        row.addLayout(words, 1)
        row.addSpacing(10)
        row.addWidget(self._time)
        for button in (self.cross, self.remedy, self.resume):
            row.addWidget(button)

    def _tint(self) -> None:
        self._mark.setPixmap(icons.pixmap("error", self._theme.tokens.err, 14, 2.0))
